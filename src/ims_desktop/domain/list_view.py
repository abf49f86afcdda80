"""How somebody looks at a list: words, filters, order and columns as one value that can be kept and read again.

What is read may come from an older or a newer program: what cannot be understood is left out, never an error.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from uuid import UUID

from ims_desktop.domain.listing import Filter, Match, Sort
from ims_desktop.domain.moving_days import MovingDays

WRITTEN_AS = 1  # of what is kept; a later program may read an earlier one's
NARROWEST, WIDEST = 20, 2000


class Density(StrEnum):
    """How close together the rows of a list stand."""

    COMPACT = "compact"
    NORMAL = "normal"
    COMFORTABLE = "comfortable"


@dataclass(frozen=True)
class Arrangement:
    """How the columns of a list stand, by their keys; `widths` holds those that somebody changed."""

    order: tuple[str, ...] = ()
    hidden: frozenset[str] | None = None  # None: as the list describes it
    widths: Mapping[str, int] = field(default_factory=dict)
    density: Density = Density.NORMAL


@dataclass(frozen=True)
class ListView:
    """Everything that makes a view of a list."""

    search: str = ""
    filters: tuple[Filter, ...] = ()
    sort: tuple[Sort, ...] = ()
    arrangement: Arrangement = Arrangement()


@dataclass(frozen=True)
class SavedView:
    """A view that was kept; `is_mine`: by the person who asks."""

    key: UUID
    name: str
    view: ListView
    is_shared: bool = False
    is_mine: bool = True
    owner: str = ""
    version: int = 1


@dataclass(frozen=True)
class ViewDraft:
    """A view to be kept; without a key it is new. `needs` is the permission that opens the list."""

    list: str
    name: str
    view: ListView
    is_shared: bool = False
    needs: str | None = None
    key: UUID | None = None
    version: int = 0


def written(view: ListView) -> dict[str, Any]:
    """A view as JSON."""
    return {
        "written_as": WRITTEN_AS,
        "search": view.search,
        "filters": [
            {"key": one.key, "test": one.test.value, "values": [_write(value) for value in one.values]}
            for one in view.filters
        ],
        "sort": [{"key": sort.key, "descending": sort.descending} for sort in view.sort],
        **arrangement_written(view.arrangement),
    }


def arrangement_written(arrangement: Arrangement) -> dict[str, Any]:
    """An arrangement as JSON."""
    hidden = arrangement.hidden
    return {
        "order": list(arrangement.order),
        "hidden": None if hidden is None else sorted(hidden),
        "widths": dict(arrangement.widths),
        "density": arrangement.density.value,
    }


def view_of(found: object) -> ListView:
    """The view that JSON stands for, as far as it can be understood."""
    kept = found if isinstance(found, Mapping) else {}
    filters = (_filter(one) for one in _listed(kept.get("filters")))
    sorts = (_sort(one) for one in _listed(kept.get("sort")))
    return ListView(
        search=str(kept.get("search") or ""),
        filters=tuple(one for one in filters if one is not None),
        sort=tuple(one for one in sorts if one is not None),
        arrangement=arrangement_of(kept),
    )


def arrangement_of(found: object) -> Arrangement:
    """The arrangement that JSON stands for, as far as it can be understood."""
    kept = found if isinstance(found, Mapping) else {}
    hidden, widths, density = kept.get("hidden"), kept.get("widths"), kept.get("density")
    known = widths.items() if isinstance(widths, Mapping) else ()
    return Arrangement(
        order=tuple(key for key in _listed(kept.get("order")) if isinstance(key, str)),
        hidden=frozenset(key for key in hidden if isinstance(key, str)) if isinstance(hidden, list) else None,
        widths={str(key): width for key, width in known if type(width) is int and NARROWEST <= width <= WIDEST},
        density=Density(density) if density in set(Density) else Density.NORMAL,
    )


def _listed(found: object) -> Sequence[Any]:
    return found if isinstance(found, list) else ()


def _sort(found: object) -> Sort | None:
    if not isinstance(found, Mapping) or not isinstance(found.get("key"), str):
        return None
    return Sort(found["key"], found.get("descending") is True)


def _filter(found: object) -> Filter | None:
    if not isinstance(found, Mapping) or not isinstance(found.get("key"), str):
        return None
    try:
        test, values = Match(found.get("test")), tuple(_read(value) for value in _listed(found.get("values")))
    except (ValueError, TypeError, KeyError, InvalidOperation):
        return None
    fits = test.most in (None, len(values)) and (test is not Match.MOVING or values[0] in set(MovingDays))
    return Filter(found["key"], test, values) if fits else None


def _write(value: Any) -> Any:
    """A value of a filter; JSON has no keys, days, moments and exact numbers, so these carry their kind."""
    for kind, name, write in _KINDS:
        if isinstance(value, kind):
            return {name: write(value)}
    return value


def _read(value: Any) -> Any:
    if isinstance(value, Mapping):
        [(name, words)] = value.items()
        return _READERS[name](words)
    if value is None or isinstance(value, str | int):
        return value
    raise ValueError(value)


_KINDS: tuple[tuple[type, str, Callable[[Any], str]], ...] = (
    (UUID, "id", str),
    (Decimal, "number", str),
    (datetime, "moment", datetime.isoformat),  # before date, which it is one of
    (date, "day", date.isoformat),
)
_READERS: Mapping[str, Callable[[str], Any]] = {
    "id": UUID,
    "number": Decimal,
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
}

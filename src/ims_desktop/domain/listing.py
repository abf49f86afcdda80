"""What a list asks for and what it gets: values shared by screens and services."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from typing import Any, Generic, TypeVar
from uuid import UUID

Row = TypeVar("Row")

PAGE_SIZE = 200
COUNT_CAP = 10_001


class Match(Enum):
    """How a filter compares."""

    IN = "in"  # values: any of these; None among them means "empty"
    BETWEEN = "between"  # values: (low or None, high or None), both ends included
    CONTAINS = "contains"  # values: a text that occurs somewhere, whatever its case and accents
    EMPTY = "empty"  # no values: nothing stands there
    FILLED = "filled"  # no values: something stands there
    MOVING = "moving"  # values: one of MovingDays by its name; a list asks with the days it means at that moment

    @property
    def most(self) -> int | None:
        """How many values it takes exactly; None: as many as one likes."""
        return {Match.BETWEEN: 2, Match.CONTAINS: 1, Match.EMPTY: 0, Match.FILLED: 0, Match.MOVING: 1}.get(self)


@dataclass(frozen=True)
class Filter:
    """One filter chip: the column key, the test and its values."""

    key: str
    test: Match
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Sort:
    """One sort key."""

    key: str
    descending: bool = False


@dataclass(frozen=True)
class ListQuery:
    """Everything that decides which rows a list shows; `after` is the cursor of the page before."""

    search: str = ""
    filters: tuple[Filter, ...] = ()
    sort: tuple[Sort, ...] = ()
    site: UUID | None = None
    after: tuple[Any, ...] | None = None
    limit: int = PAGE_SIZE

    def following(self, after: tuple[Any, ...] | None) -> "ListQuery":
        """The same query for the page behind `after`."""
        return replace(self, after=after)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Up to `limit` rows, and the cursor of the next page (None: this was the last)."""

    rows: tuple[Row, ...]
    after: tuple[Any, ...] | None = None


@dataclass(frozen=True)
class Summary:
    """The count (capped at COUNT_CAP unless `exact`) and the totals by column key of everything the query selects."""

    count: int = 0
    totals: Mapping[str, Decimal] = field(default_factory=dict)
    exact: bool = False

    @property
    def capped(self) -> bool:
        """Whether there are more rows than were counted."""
        return not self.exact and self.count >= COUNT_CAP

"""The description of a list page: frozen values that a capability writes down once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Protocol

from ims_desktop.domain.listing import Filter, Sort, Summary
from ims_desktop.domain.wording import Words
from ims_desktop.ui.choices import FilterBy
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import DetailSpec, Section
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import Formats


class Needs(Enum):
    """How many rows must be selected for an action."""

    NONE = "none"
    ONE = "one"
    SOME = "some"


class ActionPage(Protocol):
    """What an action may do with the page it was started from."""

    desk: Desk

    def start(self, done: Callable[[Any], None], use_case: Callable[..., Any], *args: Any) -> None:
        """Run a use case off the GUI thread; `done(result)` comes back while the page is there."""

    def reload(self) -> None:
        """Read the rows again."""

    def open_form(self, spec: FormSpec, initial: Any = None, key: Any = None) -> None:
        """Show a form in the side panel: empty, from a value, or read by key."""

    def open_record(self, key: Any) -> None:
        """Show the detail of a record."""

    def show_tab(self, key: str) -> None:
        """Show one of the preset views."""

    def selected_rows(self) -> tuple[Any, ...]:
        """The selected row values."""


@dataclass(frozen=True)
class Action:
    """A button: `run(page, rows)` gets the selected rows. Without the permission it is not there at all."""

    title: Words
    run: Callable[[ActionPage, tuple[Any, ...]], None]
    icon: str | None = None
    permission: str | None = None
    needs: Needs = Needs.NONE
    danger: bool = False
    why_not: Callable[[tuple[Any, ...]], Words | None] | None = None  # rows -> the reason it is disabled
    shortcut: str = ""
    words: Callable[[int], Words] | None = None  # how many rows are selected -> the words of its button


def opening(
    title: Words, page: str, permission: str | None = None, icon: str | None = None, record: Any = None
) -> Action:
    """The action that leads to another page, and perhaps to a record there."""
    return Action(title, lambda here, _rows: here.desk.navigation.open(page, record), icon, permission)


@dataclass(frozen=True)
class Empty:
    """What to say when there is nothing to show yet, and the next step: the first of `actions` the person may do."""

    title: Words
    text: Words = ""
    action: Action | None = None
    others: tuple[Action, ...] = ()

    def step(self, may: Callable[[str | None], bool]) -> Action | None:
        """What to offer to somebody."""
        offered = (self.action, *self.others)
        return next((action for action in offered if action is not None and may(action.permission)), None)


@dataclass(frozen=True)
class Tab:
    """A preset view: filters (and an order) that belong to its name; `empty` where it has words of its own."""

    key: str
    title: Words
    filters: tuple[Filter, ...] = ()
    sort: tuple[Sort, ...] = ()
    empty: Empty | None = None


@dataclass(frozen=True)
class FilterField:
    """A filter that is not a column; one that is not `offered` is only shown when another page sets it.

    One that stands `aside` waits in the menu of further filters until somebody wants it. With `empties` what is empty
    and what is not can be asked for, too. What the list is `about` does not narrow it: clearing the filters keeps it.
    """

    key: str
    title: Words
    by: FilterBy
    kind: Kind = Kind.TEXT
    offered: bool = True
    aside: bool = False
    empties: bool = False
    about: bool = False


@dataclass(frozen=True)
class Scan:
    """What a scanned barcode does: `find(connection, code)` answers an Option or None; the list is narrowed to it by
    `filter`, or its record is opened where the rows are what is scanned."""

    find: Callable[..., Any]
    filter: str = ""


@dataclass(frozen=True)
class RowOrder:
    """Rows stand in an order of their own and are dragged: move(page, row, by) takes one up (below 0) or down.

    Places mean something while the list is sorted by `sort` first and, where it has tabs, on this one.
    """

    sort: str
    move: Callable[[ActionPage, Any, int], None]
    permission: str | None = None
    tab: str = "all"


@dataclass(frozen=True)
class ListSpec:
    """A list page. The use cases: read(connection, ListQuery) -> Page, summary(connection, ListQuery) -> Summary,
    counts(connection, ListQuery) -> Mapping[tab key, int], save(connection, Sequence[CellChange]) -> Changed."""

    key: str
    title: Words
    columns: tuple[Column, ...]
    read: Callable[..., Any]
    summary: Callable[..., Summary] | None = None
    counts: Callable[..., Mapping[str, int]] | None = None
    save: Callable[..., Any] | None = None  # writes the cells of columns that say how they are edited
    subjects: frozenset[str] = frozenset()
    row_key: Callable[[Any], Any] = lambda row: row.id
    noun: tuple[Words, Words] = ("row", "rows")
    subtitle: Callable[[Summary, Formats], Words] | None = None
    search_hint: Words = ""
    filters: tuple[FilterField, ...] = ()
    filters_by_kind: bool = True  # every column that is not derived can be filtered by what its kind allows
    tabs: tuple[Tab, ...] = ()
    sort: tuple[Sort, ...] = ()
    order: RowOrder | None = None
    scan: Scan | None = None
    primary: Action | None = None
    actions: tuple[Action, ...] = ()
    detail: DetailSpec | None = None
    empty: Empty = Empty("Nothing here yet")
    site_bound: bool = False
    export: bool = True

    def with_sections(self, sections: tuple[Section, ...]) -> "ListSpec":
        """The same page with more sections under the detail: what other capabilities add."""
        if self.detail is None or not sections:
            return self
        return replace(self, detail=replace(self.detail, sections=(*self.detail.sections, *sections)))

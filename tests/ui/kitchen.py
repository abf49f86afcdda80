"""A made-up list of kitchen items for the pages under test."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from ims_desktop.domain.errors import Conflict, Problem, UserError
from ims_desktop.domain.listing import Filter, ListQuery, Page, Sort, Summary
from ims_desktop.domain.listing import Match as How
from ims_desktop.domain.work import Changed, read
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Between, Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Related, Trend
from ims_desktop.ui.fields import Field, FieldKind, Group
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, Empty, ListSpec, Needs, Tab
from ims_desktop.ui.theme import Tone

REHEARSED = object()  # instead of a connection: nothing of what is done may stay
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NAMES = ("Arborio rice", "Basil", "Cream", "Flour", "Lemon", "Olive oil", "Prawns", "Salmon", "Yeast")
STATES = {"ok": Chip("In stock", Tone.OK), "low": Chip("Below par", Tone.WARN), "out": Chip("Out of stock", Tone.BAD)}


@dataclass(frozen=True)
class Item:
    """A row of the list."""

    id: int
    name: str
    code: str
    area: str
    on_hand: Decimal
    unit: str
    value: Decimal | None
    counted: datetime
    state: str


def make_items(count: int) -> tuple[Item, ...]:
    """As many items as wanted, in name order."""
    return tuple(
        Item(
            number,
            f"{NAMES[number % len(NAMES)]} {number:04}",
            f"K-{number:04}",
            ("Dry store", "Walk-in")[number % 2],
            Decimal(number) - 2,
            "kg",
            None if number == 3 else Decimal(number) * 10,
            NOON - timedelta(days=number % 40),
            ("ok", "low", "out")[number % 3],
        )
        for number in range(count)
    )


class Kitchen:
    """Stands in for the services; counts how often it is asked, and may be made to fail or to wait."""

    def __init__(self, count: int = 450) -> None:
        self.items = make_items(count)
        self.queries: list[ListQuery] = []
        self.saved: list[Any] = []
        self.error: Exception | None = None
        self.wait: Callable[[ListQuery], None] = lambda query: None
        self.item, self.areas = self._item(), self._areas()
        self.rows, self.summary, self.counts = self._rows(), self._summary(), self._counts()

    def select(self, query: ListQuery) -> list[Item]:
        """The items a query selects, in its order."""
        found = [item for item in self.items if query.search.lower() in item.name.lower()]
        for wanted in query.filters:
            found = [item for item in found if _passes(item, wanted)]
        for key in reversed(query.sort):
            found.sort(key=lambda item, key=key: getattr(item, key.key), reverse=key.descending)
        return found

    def _rows(self) -> Callable[..., Page[Item]]:
        @read
        def rows(connection: Any, query: ListQuery) -> Page[Item]:
            self.queries.append(query)
            self.wait(query)
            if self.error is not None:
                raise self.error
            found = self.select(query)
            start = query.after[0] if query.after else 0
            end = start + query.limit
            return Page(tuple(found[start:end]), (end,) if end < len(found) else None)

        return rows

    def _summary(self) -> Callable[..., Summary]:
        @read
        def summary(connection: Any, query: ListQuery) -> Summary:
            found = self.select(query)
            return Summary(len(found), {"value": sum((item.value or Decimal(0) for item in found), Decimal(0))})

        return summary

    def _counts(self) -> Callable[..., dict[str, int]]:
        @read
        def counts(connection: Any, query: ListQuery) -> dict[str, int]:
            return {"all": len(self.items), "low": sum(item.state == "low" for item in self.items)}

        return counts

    def _item(self) -> Callable[..., Item]:
        @read
        def item(connection: Any, key: int) -> Item:
            return self.items[key]

        return item

    def _areas(self) -> Callable[..., list[Choice]]:
        @read
        def areas(connection: Any) -> list[Choice]:
            return [Choice("Dry store", "Dry store", "12 items"), Choice("Walk-in", "Walk-in", "9 items")]

        return areas

    def save(self, connection: Any, values: dict[str, Any]) -> Changed:
        """Take a new item; some names are refused on purpose."""
        if values["name"] == "taken":
            problems = [Problem("This code is taken.", "code"), Problem("The same pack twice.", "packs", 2)]
            raise UserError("Two things are wrong.", problems)
        if values["name"] == "race":
            raise Conflict("Lucia changed this item at 10:31.")
        if connection is not REHEARSED:
            self.saved.append(values)
        return Changed(values, frozenset({"items"}))

    def spec(self, **more: Any) -> ListSpec:
        """The page of these items."""
        form = self.form()
        usual: dict[str, Any] = {
            "key": "items", "title": "Items", "columns": COLUMNS, "read": self.rows, "summary": self.summary,
            "counts": self.counts, "subjects": frozenset({"items"}), "noun": ("item", "items"),
            "search_hint": "Filter by name", "sort": (Sort("name"),),
            "tabs": (Tab("all", "All items"), Tab("low", "Below par", (Filter("state", How.IN, ("low",)),))),
            "primary": Action("New item", lambda page, rows: page.open_form(form), "plus"),
            "actions": (Action("Archive", lambda page, rows: self.saved.append(rows), needs=Needs.SOME),),
            "detail": DetailSpec(self.item, describe, frozenset({"items"}), BUTTONS),
            "empty": Empty("No items yet", "Add the first one."), "site_bound": True,
        }  # fmt: skip
        return ListSpec(**usual | more)

    def form(self, **more: Any) -> FormSpec:
        """The form of a new item."""
        usual: dict[str, Any] = {
            "title": "New item", "groups": GROUPS, "save": self.save, "read": self.item,
            "said": lambda saved: f"Saved {saved['name']}",
        }  # fmt: skip
        areas = Field("area", "Area", FieldKind.CHOICE, choices=Choices(load=self.areas))
        return FormSpec(**{**usual, "groups": (*GROUPS, areas), **more})


COLUMNS = (
    Column("name", "Item", Kind.TITLE, 220, sub="code", sortable=True, stretch=True),
    Column("area", "Area", filter=Choices.of("Dry store", "Walk-in")),
    Column("on_hand", "On hand", Kind.QUANTITY, 140, unit="unit", sortable=True),
    Column("value", "Value", Kind.MONEY, 110, total=True, sortable=True, filter=Between(), permission="costs.see"),
    Column("counted", "Last counted", Kind.DATETIME, 140, filter=Between()),
    Column("state", "Status", Kind.CHIP, 120, chips=STATES, filter=Choices.of("ok", "low", "out")),
)

GROUPS = (
    Group("Item", (
        Field("name", "Name", required=True),
        Field("code", "Code", half=True),
        Field("cost", "Cost", FieldKind.MONEY, half=True),
        Field("unit", "Unit", FieldKind.CHOICE, required=True, choices=Choices.of("kg", "L", "each"), default="kg"),
        Field("from_day", "From", FieldKind.DATE),
        Field("yield_", "Yield", FieldKind.PERCENT),
    )),
    Group("Packs", (
        Field("packs", "Packs", FieldKind.ROWS, columns=(
            Field("name", "Pack", required=True),
            Field("content", "Content", FieldKind.QUANTITY, required=True, width=90),
        )),
    )),
)  # fmt: skip

BUTTONS = (
    DetailButton("Edit", lambda page, item: page.open_form(page.form, key=item.id)),
    DetailButton("Delete", lambda page, item: None, permission="items.delete"),
    DetailButton("Post", lambda page, item: None, why_not=lambda item: "The count is not finished."),
)


def describe(item: Item, formats: Any) -> Detail:
    """What the panel shows."""
    return Detail(
        item.name,
        item.code,
        (STATES[item.state],),
        item.area,
        facts=(Fact("On hand", formats.quantity(item.on_hand, item.unit)), Fact("Value", formats.money(item.value))),
        trends=(Trend("Last days", tuple(map(Decimal, (5, 4, 3, 6))), target=Decimal(4), target_label="par"),),
        related=(Related("Movements", (Line("Count", "today", "−1"),), 64, Place("movements", item.id)),),
    )


def _passes(item: Item, wanted: Filter) -> bool:
    value = getattr(item, wanted.key)
    if wanted.test is How.IN:
        return value in wanted.values
    if wanted.test in (How.EMPTY, How.FILLED):
        return (value is None) == (wanted.test is How.EMPTY)
    if wanted.test is How.CONTAINS:
        return wanted.values[0].casefold() in value.casefold()
    low, high = wanted.values
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def names(page: ListPage) -> list[str]:
    """What stands in the first column."""
    return [str(page.model.index(row, 0).data()) for row in range(page.model.rowCount())]

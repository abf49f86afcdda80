"""The card of one item: every movement at one site with what there was after it."""

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import Filter, Match, Summary
from ims_desktop.domain.valuation import quotient
from ims_desktop.domain.wording import Words, say
from ims_desktop.features.items.rules import places
from ims_desktop.features.items.service import site_choices
from ims_desktop.features.stock import service
from ims_desktop.features.stock.screen import movement_panel
from ims_desktop.features.stock.screen.movements import (
    ITEMS,
    KIND,
    LOCATION,
    QUANTITY,
    REASON,
    SCAN,
    STATE,
    VALUE,
    WHEN,
)
from ims_desktop.features.stock.screen.words import AS_AT, value_tone
from ims_desktop.ui.choices import Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Section
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import said
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, ActionPage, Empty, FilterField, ListSpec

COLUMNS = (
    replace(WHEN, sortable=False, width=122),
    replace(KIND, filter=None, width=92),
    replace(QUANTITY, width=116),
    Column("balance", "Balance", Kind.QUANTITY, 106, unit="unit", places="balance_decimals"),
    VALUE,
    Column("correction", "Corrected", Kind.MONEY, 84, signed=True, tone=value_tone, permission="stock.cost"),
    Column("balance_value", "Value after", Kind.MONEY, 94, permission="stock.cost"),
    Column("unit_cost", "Unit cost", Kind.COST, 90, permission="stock.cost"),
    replace(REASON, filter=None, stretch=True, width=94),
    Column("document", "Document", width=90, hidden=True),
    replace(STATE, width=86),
    replace(LOCATION, filter=None),
    Column("by", "By", width=112, hidden=True),
)


def subtitle(summary: Summary, formats: Formats) -> Words:
    """What there was before and after, and what came and went."""

    def words(key: str) -> str:
        value = summary.totals[key]
        return formats.number(value, places("kg", value) if value != value.to_integral_value() else 0)

    moved = say(
        "Opening {opening} · in {incoming} · out {outgoing} · closing {closing}",
        **{key: words(key) for key in ("opening", "incoming", "outgoing", "closing")},
    )
    value = summary.totals.get("closing_value")
    if value is None:
        return moved
    worth, closing = formats.money(value, currency=True), summary.totals["closing"]
    if closing <= 0:
        return say("{moved} · worth {value}", moved=moved, value=worth)
    cost = formats.cost(quotient(value, closing))
    return say("{moved} · worth {value} · average cost {cost}", moved=moved, value=worth, cost=cost)


def _open_item(page: ActionPage, _rows: tuple[service.CardRow, ...]) -> None:
    chosen = next((chip for chip in _filters(page) if chip.key == "item"), None)
    if chosen is not None:
        page.desk.navigation.open("items", chosen.values[0])


def _choose(page: ActionPage, _rows: tuple[service.CardRow, ...]) -> None:
    if isinstance(page, ListPage):
        page.body.filters.open_by_key("item")


def _filters(page: ActionPage) -> tuple[Filter, ...]:
    return page.body.query.filters if isinstance(page, ListPage) else ()


SPEC = ListSpec(
    key="item_card",
    title="Item card",
    noun=("movement", "movements"),
    columns=COLUMNS,
    filters_by_kind=False,  # a card is added up line by line
    read=service.card,
    summary=service.card_summary,
    subjects=frozenset({"stock", "postings"}),
    subtitle=subtitle,
    filters=(
        FilterField("item", "Item", replace(ITEMS, many=False), about=True),
        FilterField("site", "Site", Choices(load=site_choices), offered=False, about=True),
        AS_AT,
    ),
    scan=SCAN,
    actions=(Action("Open item", _open_item, "package", permission="items.view"),),
    detail=movement_panel.DETAIL,
    empty=Empty(
        "It has not moved here yet",
        "Deliveries, sales, waste, adjustments and counts of this item appear here.",
        Action("Choose another item", _choose, "identification-card"),
    ),
    site_bound=True,
)


class CardPage(ListPage):
    """Carries the name of its item."""

    def show_filters(self, filters: tuple[Filter, ...]) -> None:
        """Show the card of another item."""
        super().show_filters(filters)
        self.desk.start(self, self._name, service.item_filter_choices, replace="name")

    def _read_failed(self, error: Exception) -> None:
        """Without an item there is nothing to read: say so, and lead to the choice."""
        super()._read_failed(error)
        if not any(chip.key == "item" for chip in self.body.query.filters):
            self.body.header.title.say(said(SPEC.title))
            choose = self.body.filters.chips["item"].click
            self.body.empty.say(
                "identification-card",
                "Choose an item",
                error.text if isinstance(error, UserError) else str(error),
                "Choose an item",
                choose,
            )

    def _name(self, choices: tuple[object, ...]) -> None:
        chosen = next(
            (chip.values[0] for chip in self.body.query.filters if chip.key == "item" and chip.test is Match.IN), None
        )
        named = next((choice for choice in choices if getattr(choice, "value", None) == chosen), None)
        if named is not None:
            self.body.header.title.say(str(getattr(named, "text", SPEC.title)))


def build_card(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page; `sections` are what other capabilities show under a document."""
    return CardPage(desk, SPEC.with_sections(sections))

"""The pages of price changes: what suppliers ask more or less for, and what the dishes cost for it."""

from dataclasses import replace
from datetime import timedelta

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match, Sort
from ims_desktop.domain.wording import dotted, meant, say, word
from ims_desktop.features.items.service.pictures import scanned
from ims_desktop.features.prices import service
from ims_desktop.features.suppliers.service import supplier_choices
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Between, Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, DetailSpec, Fact, Line, Related, Section
from ims_desktop.ui.formats import UNKNOWN, Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, Empty, FilterField, ListSpec, Scan, Tab, opening
from ims_desktop.ui.theme import Tone

COST_RIGHT = "stock.cost"
STATES = {
    "crossed": Chip("Crossed its target", Tone.BAD),
    "above": Chip("Above target", Tone.WARN),
    "back": Chip("Back within target", Tone.OK),
    "within": Chip("Within target", Tone.OK),
    "unknown": Chip("Cost not known", Tone.NEUTRAL),
}


def _moved(row: service.PriceChange | service.PlateChange) -> Tone:
    """What costs more is bad news."""
    return Tone.PLAIN if not row.change else Tone.BAD if row.change > 0 else Tone.OK


CHANGES = ListSpec(
    key="price_changes",
    title="Price changes",
    noun=("price change", "price changes"),
    columns=(
        Column("item", "Item", Kind.TITLE, 220, sub="sku", sortable=True, stretch=True, opens="items", link="item_id"),
        Column(
            "supplier", "Supplier", width=160, sortable=True, filter=Choices(load=supplier_choices),
            opens="supplier_items", link="offer_id",
        ),
        Column("pack", "Pack", width=160),
        Column("before", "Before", Kind.MONEY, 110, unit="currency"),
        Column("price", "Now", Kind.MONEY, 110, unit="currency"),
        Column(
            "change",
            meant("Change", "difference"),
            Kind.PERCENT,
            96,
            signed=True,
            tone=_moved,
            sortable=True,
            filter=Between(),
        ),
        Column("valid_from", "From", Kind.DATE, 110, sortable=True, filter=Between()),
    ),
    read=service.price_changes,
    summary=service.price_changes_summary,
    subjects=service.SUBJECTS,
    search_hint="Find by item, SKU or supplier",
    filters=(FilterField("item_id", "Item", Choices(), offered=False),),
    scan=Scan(scanned, "item_id"),
    sort=(Sort("valid_from", descending=True),),
    empty=Empty(
        "No price has changed",
        "As soon as a supplier asks something else for a pack, it is told here.",
        opening("Import a price list", "import", "suppliers.edit", "upload-simple", "supplier_prices"),
        (opening("Supplier items", "supplier_items", "suppliers.view", "tag"),),
    ),
)  # fmt: skip
PLATES = ListSpec(
    key="plate_costs",
    title="Plate cost changes",
    noun=("dish", "dishes"),
    columns=(
        Column("name", "Dish", Kind.TITLE, 190, sub="code", sortable=True, stretch=True, opens="menu", link="id"),
        Column("size", "Size", width=64),
        Column("before", "Cost then", Kind.COST, 110),
        Column("after", "Cost now", Kind.COST, 110, sortable=True),
        Column("change", meant("Change", "difference"), Kind.PERCENT, 96, signed=True, tone=_moved, sortable=True),
        Column("food_cost_before", "Food cost then", Kind.PERCENT, 120),
        Column("food_cost", "Food cost now", Kind.PERCENT, 120, sortable=True),
        Column("target", "Target", Kind.PERCENT, 72),
        Column(
            "state", "Status", Kind.CHIP, 160, chips=STATES,
            filter=Choices(tuple(Choice(key, chip.text) for key, chip in STATES.items())),
        ),
    ),
    read=service.plate_changes,
    summary=service.plate_changes_summary,
    subjects=service.SUBJECTS,
    search_hint="Find a dish",
    filters=(FilterField("since", "Since", Between(), Kind.DATE),),
    filters_by_kind=False,
    tabs=(
        Tab("all", "All dishes"),
        Tab("crossed", "Crossed their target", (Filter("state", Match.IN, ("crossed",)),)),
        Tab("back", "Back within target", (Filter("state", Match.IN, ("back",)),)),
    ),
    sort=(Sort("change", descending=True),),
    empty=Empty(
        "No dish has a recipe yet",
        "Dishes are costed through their recipes, with the prices of suppliers.",
        opening("Recipes", "recipes", "recipes.view", "cooking-pot"),
        (opening("Menu", "menu", "menu.view", "fork-knife"),),
    ),
    site_bound=True,
)  # fmt: skip


def describe(change: service.ChangedPrice, formats: Formats) -> Detail:
    """A change in words, with the dishes it moved."""
    lines = tuple(
        Line(
            " ".join(filter(None, (dish.name, dish.size))),
            dotted(f"{formats.cost(dish.before)} → {formats.cost(dish.after)}", word(STATES[dish.state].text)),
            formats.percent(dish.change, 1, signed=True) if dish.change is not None else UNKNOWN,
            _moved(dish),
            Place("menu", dish.id),
        )
        for dish in change.dishes
    )
    crossed = sum(dish.state == "crossed" for dish in change.dishes)
    return Detail(
        title=change.item,
        code=change.sku,
        line=f"{change.supplier} · {change.pack}",
        facts=(
            Fact("Before", formats.money(change.before), change.currency),
            Fact(
                "Now", formats.money(change.price), say("from {valid_from}", valid_from=formats.date(change.valid_from))
            ),
            Fact(meant("Change", "difference"), formats.percent(change.change, 1, signed=True), tone=_moved(change)),
            Fact(
                "Dishes over target", formats.number(crossed), say("of {count:,} that use it", count=len(change.dishes))
            ),
        ),
        related=(
            Related("What it costs on the plate", lines, place=Place("plate_costs"), empty="No dish uses this item."),
        ),
    )


CALM = Empty(
    "No price has changed in 30 days",
    "As soon as a supplier asks something else for a pack, it is told here.",
    Action("Show all changes", lambda page, _rows: page.show_tab("all")),
)


def price_key(price: service.ChangedPrice) -> str:
    """What the audit log calls a price."""
    return f"{price.offer_id}/{price.valid_from}"


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page of price changes: the last month first; `sections` are what other capabilities add under the detail."""
    today = desk.formats.today()
    month = Filter("valid_from", Match.BETWEEN, (today - timedelta(days=service.DAYS), None))
    detail = DetailSpec(service.price_change, describe, subjects=service.SUBJECTS)
    tabs = (
        Tab("month", "Last 30 days", (month,), empty=CALM),
        Tab("rises", "Dearer", (month, Filter("rises", Match.IN, (True,)))),
        Tab("falls", "Cheaper", (month, Filter("rises", Match.IN, (False,)))),
        Tab("all", "All"),
    )
    return ListPage(desk, replace(CHANGES, tabs=tabs, detail=detail).with_sections(sections))


def build_plates(desk: Desk) -> QWidget:
    """The page of dishes whose cost moved."""
    return ListPage(desk, PLATES)

"""The page of what is on hand."""

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match, Sort, Summary
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.features.items.service import category_choices
from ims_desktop.features.items.service.pictures import scanned
from ims_desktop.features.stock import service
from ims_desktop.features.stock.screen import level_panel
from ims_desktop.features.stock.screen.words import AS_AT, STATES
from ims_desktop.ui.choices import Between, Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Section
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Empty, ListSpec, Scan, Tab, opening

COLUMNS = (
    Column("item", "Item", Kind.TITLE, 190, sub="code", sortable=True, stretch=True),
    Column("category", "Category", width=108, sortable=True, filter=Choices(load=category_choices)),
    Column("location", "Kept in", width=116, filter=Choices(load=service.place_choices)),
    Column("on_hand", "On hand", Kind.QUANTITY, 128, unit="unit", places="decimals", sortable=True),
    Column("reserved", "Reserved", Kind.QUANTITY, 100, places="decimals", sortable=True, hidden=True),
    Column("available", "Available", Kind.QUANTITY, 100, places="decimals", sortable=True, hidden=True),
    Column("on_the_way", "On the way", Kind.QUANTITY, 92, places="decimals", sortable=True, nothing=False),
    Column("par", "Par", Kind.QUANTITY, 72, places="par_decimals"),
    Column("average_cost", "Avg cost", Kind.COST, 84, permission="stock.cost"),
    Column("value", "Value", Kind.MONEY, 94, total=True, sortable=True, permission="stock.cost"),
    Column("last_movement_at", "Last moved", Kind.DATETIME, 112, sortable=True, hidden=True),
    Column("last_counted_at", "Last counted", Kind.DATETIME, 112, filter=Between(), hidden=True),
    Column("at", "As at", Kind.DATETIME, 124, hidden=True, derived=True),
    Column(
        "state",
        "Status",
        Kind.CHIP,
        140,
        chips=STATES,
        filter=Choices(tuple(Choice(key, chip.text) for key, chip in STATES.items())),
    ),
)


def subtitle(summary: Summary, formats: Formats) -> Words:
    """How many rows, and what they are worth."""
    items = say_count("{count} item", "{count:,} items", summary.count)
    value = summary.totals.get("value")
    if value is None:
        return items
    return say("{items} · {value} on hand", items=items, value=formats.money(value, currency=True))


SPEC = ListSpec(
    key="stock",
    title="Stock on hand",
    noun=("item", "items"),
    columns=COLUMNS,
    read=service.levels,
    summary=service.levels_summary,
    counts=service.levels_tab_counts,
    subjects=frozenset({"stock", "items", "sites", "storage", "orders", "transfers"}),
    filters=(AS_AT,),
    subtitle=subtitle,
    search_hint="Find by name, SKU or barcode",
    tabs=(
        Tab("all", "All"),
        Tab("low", "Below par", (Filter("state", Match.IN, ("low",)),)),
        Tab("negative", "Negative", (Filter("state", Match.IN, ("negative",)),)),
        Tab("short", "Short for orders", (Filter("is_short", Match.IN, (True,)),)),
        Tab("out", "Out of stock", (Filter("state", Match.IN, ("out",)),)),
    ),
    sort=(Sort("item"),),
    scan=Scan(scanned, "item"),
    detail=level_panel.DETAIL,
    empty=Empty(
        "Nothing is in stock yet",
        "Receive a delivery, import sales or count to begin.",
        opening("Record what is there", "adjustments", "adjustments.record", "plus-minus"),
        (opening("Items", "items", "items.view", "package"),),
    ),
    site_bound=True,
)


def build_levels(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page; `sections` are what other capabilities show under an item at a site."""
    return ListPage(desk, SPEC.with_sections(sections))

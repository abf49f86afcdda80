"""The page of every movement: where figures of other pages lead to."""

from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import ListQuery, Sort
from ims_desktop.domain.posting_kinds import KINDS
from ims_desktop.domain.wording import meant
from ims_desktop.domain.work import read
from ims_desktop.features.items.service import category_choices, items
from ims_desktop.features.items.service.pictures import scanned
from ims_desktop.features.stock import service
from ims_desktop.features.stock.screen import movement_panel
from ims_desktop.features.stock.screen.words import KIND_CHOICES, UNDOING, moved_tone, value_tone
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Between, Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Section
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Empty, FilterField, ListSpec, Scan, opening

MOST_FOUND = 30


@read
def find_items(connection: Any, words: str) -> tuple[Choice, ...]:
    """Items by name, SKU or barcode, archived ones too: they have moved as well."""
    found = items(connection, ListQuery(words, sort=(Sort("name"),), limit=MOST_FOUND))
    return tuple(Choice(row.id, row.name, row.sku) for row in found.rows)


COST_CLASSES = Choices(
    (
        Choice("COST_OF_FOOD", "Cost of food sold"),
        Choice("WASTE", "Waste"),
        Choice("NEITHER", "Staff meals, gratis and other uses"),
    )
)
SCAN = Scan(scanned, "item")
ITEMS = Choices(load=service.item_filter_choices, search=find_items)
WHEN = Column("effective_at", "Time", Kind.DATETIME, 124, sortable=True, filter=Between())
ITEM = Column("item", "Item", Kind.TITLE, 170, sub="where", stretch=True, filter=ITEMS)
KIND = Column(
    "kind", "Kind", Kind.CHIP, 100, chips={key: Chip(title) for key, title in KINDS.items()}, filter=KIND_CHOICES
)
QUANTITY = Column(
    "quantity", "Quantity", Kind.QUANTITY, 124, unit="unit", places="decimals", signed=True, tone=moved_tone
)
VALUE = Column("value", "Value", Kind.MONEY, 80, signed=True, tone=value_tone, permission="stock.cost")
LOCATION = Column("location", "Location", width=110, hidden=True, filter=Choices(load=service.place_choices))
REASON = Column("reason", "Reason", Kind.TITLE, 134, sub="note", filter=Choices(load=service.reason_choices))
BY = Column("by", "By", Kind.TITLE, 112, sub="document", filter=Choices(load=service.person_choices))
STATE = Column("state", meant("State", "condition"), Kind.CHIP, 96, chips=UNDOING, derived=True)
SITE = Column("site", "Site", width=110, hidden=True)

COLUMNS = (WHEN, ITEM, KIND, QUANTITY, VALUE, LOCATION, REASON, BY, STATE, SITE)

SPEC = ListSpec(
    key="movements",
    title="Movements",
    noun=("movement", "movements"),
    columns=COLUMNS,
    read=service.movements,
    summary=service.movements_summary,
    subjects=frozenset({"stock", "postings"}),
    search_hint="Find by item, note or number",
    filters=(
        FilterField("business_day", "Business day", Between(), Kind.DATE),
        FilterField("posting", "One document", Choices(), offered=False),
        FilterField(service.LINEAGE, "Item with those merged into it", ITEMS, aside=True),
        FilterField("category", "Category", Choices(load=category_choices), aside=True),
        FilterField("cost_class", "Counts as", COST_CLASSES, aside=True),
    ),
    sort=(Sort("effective_at", descending=True),),
    scan=SCAN,
    detail=movement_panel.DETAIL,
    empty=Empty(
        "Nothing has moved yet",
        "Deliveries, sales, waste, adjustments and counts appear here.",
        opening("Import sales", "sales_import", "sales.import", "upload-simple"),
        (
            opening("Record an adjustment", "adjustments", "adjustments.record", "plus-minus"),
            opening("Record waste", "waste", "waste.record", "trash"),
        ),
    ),
    site_bound=True,
)


def build_movements(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page; `sections` are what other capabilities show under a document."""
    return MovementsPage(desk, SPEC.with_sections(sections))


class MovementsPage(ListPage):
    """Its records are movements by their number."""

    def show_record(self, key: Any) -> None:
        """Show the document of one movement."""
        super().show_record(int(key))

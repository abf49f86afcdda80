"""The list of items."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from ims_desktop.domain.listing import Filter, Match, Sort, Summary
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.domain.work import read
from ims_desktop.features.items import service
from ims_desktop.features.items.screen.detail import describe
from ims_desktop.features.items.screen.form import CATEGORIES, EDIT, FORM, METHODS, UNITS
from ims_desktop.features.items.screen.label_panel import LabelPanel
from ims_desktop.features.items.screen.merging import MergePanel
from ims_desktop.features.items.screen.photos import PHOTO, choose_photo, remove_photo
from ims_desktop.features.items.screen.states import STATES
from ims_desktop.features.items.service.cells import LONGEST_LIFE, LONGEST_NAME, MOST, save_cells
from ims_desktop.features.items.service.pictures import scanned
from ims_desktop.ui.cell_edit import CellEdit
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Between, Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import DetailButton, DetailSpec, Section
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, Empty, ListSpec, Needs, Scan, Tab
from ims_desktop.ui.records import records_of
from ims_desktop.ui.theme import Tone

SUBJECTS = frozenset({"items", "stock", "sites", "storage"})
EDIT_RIGHT, COST_RIGHT, MERGE_RIGHT = "items.edit", "stock.cost", "items.merge"
EMPTY_STATES = frozenset({"out", "negative"})


def _on_hand_tone(row: service.ItemRow) -> Tone:
    return Tone.BAD if row.state in EMPTY_STATES else Tone.PLAIN


LIFE = Decimal(LONGEST_LIFE)
METHOD_CHIPS = {method: Chip(title) for method, title in service.METHODS.items()}
ALLERGENS = Choices(tuple(Choice(code, title) for code, title in service.ALLERGENS.items()))
LEVEL = CellEdit(EDIT_RIGHT, high=Decimal(MOST), units=lambda row: row.units, by_site=True)
COLUMNS = (
    Column(
        "name",
        "Item",
        Kind.TITLE,
        240,
        sub="sku",
        sortable=True,
        stretch=True,
        edit=CellEdit(EDIT_RIGHT, required=True, most=LONGEST_NAME),
    ),
    Column(
        "category",
        "Category",
        width=148,
        sortable=True,
        filter=CATEGORIES,
        edit=CellEdit(EDIT_RIGHT, "category_id", CATEGORIES, required=True),
    ),
    Column(
        "on_hand",
        "On hand",
        Kind.QUANTITY,
        140,
        unit="base_unit",
        places="decimals",
        tone=_on_hand_tone,
        sortable=True,
    ),
    Column("par", "Par", Kind.QUANTITY, 90, places="par_decimals", edit=LEVEL),
    Column("reorder_point", "Reorder at", Kind.QUANTITY, 100, places="reorder_decimals", hidden=True, edit=LEVEL),
    Column("average_cost", "Avg cost", Kind.COST, 100, permission=COST_RIGHT),
    Column("value", "Value", Kind.MONEY, 110, sortable=True, total=True, filter=Between(), permission=COST_RIGHT),
    Column("suppliers", "Suppliers", Kind.NUMBER, 100, hidden=True, permission="suppliers.view"),
    Column("last_price", "Last price", Kind.COST, 150, unit="price_unit", hidden=True, permission=COST_RIGHT),
    Column("last_counted_at", "Last counted", Kind.DATETIME, 124, hidden=True),
    Column("base_unit", "Stock unit", width=100, hidden=True, filter=UNITS),
    Column("cost_method", "Cost method", Kind.CHIP, 130, chips=METHOD_CHIPS, hidden=True, filter=METHODS),
    Column("shelf_life_days", "Shelf life (days)", Kind.NUMBER, 130, hidden=True, edit=CellEdit(EDIT_RIGHT, high=LIFE)),
    Column(
        "allergens_text",
        "Allergens",
        width=160,
        hidden=True,
        edit=CellEdit(EDIT_RIGHT, "allergens", ALLERGENS, several=True),
        derived=True,
    ),
    Column(
        "state",
        "Status",
        Kind.CHIP,
        120,
        chips=STATES,
        filter=Choices(tuple(Choice(key, chip.text) for key, chip in STATES.items() if key != "archived")),
    ),
)
ACTIVE = Filter("archived", Match.IN, (False,))
TABS = (
    Tab("all", "All items", (ACTIVE,)),
    Tab("low", "Below par", (ACTIVE, Filter("low", Match.IN, (True,)))),
    Tab("negative", "Negative", (ACTIVE, Filter("negative", Match.IN, (True,)))),
    Tab("archived", "Archived", (Filter("archived", Match.IN, (True,)),)),
)


def subtitle(summary: Summary, formats: Formats) -> Words:
    """How many, and what they are worth."""
    items = say_count("{count} item", "{count:,} items", summary.count)
    value = summary.totals.get("value")
    if value is None:
        return items
    return say("{items} · {value} on hand", items=items, value=formats.money(value, currency=True))


def _new(page: Any, _rows: tuple[Any, ...]) -> None:
    page.open_form(FORM)


def _archive(page: Any, rows: tuple[service.ItemRow, ...]) -> None:
    _set_active(page, tuple(row.id for row in rows), rows[0].name, active=False)


def _restore(page: Any, rows: tuple[service.ItemRow, ...]) -> None:
    _set_active(page, tuple(row.id for row in rows), rows[0].name, active=True)


def _set_active(page: Any, keys: tuple[UUID, ...], name: str, *, active: bool) -> None:
    """Do it at once and offer the way back, instead of asking beforehand."""
    there, back = (service.restore, service.archive) if active else (service.archive, service.restore)
    restored = say_count("Restored {name}", "Restored {count} items", len(keys), name=name)
    archived = say_count("Archived {name}", "Archived {count} items", len(keys), name=name)

    def done(_count: int) -> None:
        words = restored if active else archived
        page.desk.messages.done(words, lambda: page.start(lambda _back: None, back, keys))

    page.start(done, there, keys)


def _labels(page: Any, rows: tuple[service.ItemRow, ...]) -> None:
    _print_labels(page, tuple(row.id for row in rows))


def _print_labels(page: Any, keys: tuple[UUID, ...]) -> None:
    page.open_panel(LabelPanel(page.desk, keys))


def _merge(page: Any, rows: tuple[service.ItemRow, ...]) -> None:
    page.open_panel(MergePanel(page.desk, rows[1].id, rows[0].id))


def _why_not_merge(rows: tuple[service.ItemRow, ...]) -> Words | None:
    if len(rows) != 2:
        return "Select two items."
    return None if all(row.is_active for row in rows) else "Archived items are not merged."


def _why_not_archive(rows: tuple[service.ItemRow, ...]) -> Words | None:
    return None if all(row.is_active for row in rows) else "Archived already."


def _why_not_restore(rows: tuple[service.ItemRow, ...]) -> Words | None:
    return "These are not archived." if any(row.is_active for row in rows) else None


NEW = Action("New item", _new, icon="plus", permission=EDIT_RIGHT)
DETAIL = DetailSpec(
    service.item,
    describe,
    SUBJECTS,
    (
        DetailButton(
            "Edit",
            lambda page, item: page.open_form(EDIT, key=item.id),
            icon="pencil-simple",
            permission=EDIT_RIGHT,
        ),
        DetailButton("Labels", lambda page, item: _print_labels(page, (item.id,)), icon="barcode"),
        DetailButton("Photo …", choose_photo, icon="image", permission=EDIT_RIGHT, menu=True),
        DetailButton("Remove photo", remove_photo, permission=EDIT_RIGHT, show=lambda item: item.has_photo, menu=True),
        DetailButton(
            "Merge into another …",
            lambda page, item: page.open_panel(MergePanel(page.desk, item.id)),
            icon="arrows-in",
            permission=MERGE_RIGHT,
            show=lambda item: item.is_active,
            menu=True,
        ),
        DetailButton(
            "Archive",
            lambda page, item: _set_active(page, (item.id,), item.name, active=False),
            icon="archive",
            permission=EDIT_RIGHT,
            show=lambda item: item.is_active,
            menu=True,
        ),
        DetailButton(
            "Restore",
            lambda page, item: _set_active(page, (item.id,), item.name, active=True),
            icon="arrow-counter-clockwise",
            permission=EDIT_RIGHT,
            show=lambda item: not item.is_active and item.merged_into is None,
            menu=True,
        ),
    ),
)
FIND = records_of(service.items, "name", "sku")
SPEC = ListSpec(
    key="items",
    title="Items",
    noun=("item", "items"),
    columns=COLUMNS,
    read=service.items,
    summary=service.items_summary,
    counts=service.items_tab_counts,
    save=save_cells,
    subjects=SUBJECTS,
    subtitle=subtitle,
    search_hint="Filter by name, SKU or barcode",
    tabs=TABS,
    sort=(Sort("name"),),
    scan=Scan(scanned),
    primary=NEW,
    actions=(
        Action("Labels", _labels, "barcode", needs=Needs.SOME),
        Action("Merge …", _merge, "arrows-in", MERGE_RIGHT, Needs.SOME, why_not=_why_not_merge),
        Action("Archive", _archive, "archive", EDIT_RIGHT, Needs.SOME, why_not=_why_not_archive),
        Action("Restore", _restore, "arrow-counter-clockwise", EDIT_RIGHT, Needs.SOME, why_not=_why_not_restore),
    ),
    detail=DETAIL,
    empty=Empty("No items yet", "Add the first one, or import a list of them.", NEW),
    site_bound=True,
)


class ItemsPage(ListPage):
    """The list with a panel that looks from the site chosen at the desk, as the list does."""

    def __init__(self, desk: Desk, sections: tuple[Section, ...] = (), buttons: tuple[DetailButton, ...] = ()) -> None:
        every = (*DETAIL.buttons, *buttons)
        detail = replace(DETAIL, read=self._reader(desk), sections=(PHOTO, *sections), buttons=every)
        super().__init__(desk, replace(SPEC, detail=detail))

    def _reader(self, desk: Desk) -> Callable[..., service.Item]:
        @read
        def item_here(connection: Any, key: UUID) -> service.Item:
            return service.item(connection, key, desk.site)

        return item_here


def build(desk: Desk, sections: tuple[Section, ...] = (), buttons: tuple[DetailButton, ...] = ()) -> ListPage:
    """The page of the items; `sections` and `buttons` are what other capabilities show and do with an item."""
    return ItemsPage(desk, sections, buttons)

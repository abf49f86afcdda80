"""Every list of the navigation keeps the habits of lists: order, search, filters, columns, views, files, keys, themes.

A new list is covered by being in the navigation.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from python_calamine import CalamineWorkbook

from ims_desktop.app.navigation import ENTRIES
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.list_view import Density
from ims_desktop.domain.listing import Filter, Match, Sort
from ims_desktop.features.customers.rules import CustomerDraft
from ims_desktop.features.customers.service import save_customer
from ims_desktop.ui.choices import Choices, Contains
from ims_desktop.ui.columns import NUMERIC, Column, Kind
from ims_desktop.ui.filter_fields import by_kind, filter_fields
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import FilterField
from ims_desktop.ui.theme import apply
from ims_desktop.ui.value_popovers import TextPopover
from tests.app.keyboard import reached_by_tab
from tests.app.test_pages import unnamed
from tests.features.reports import history
from tests.features.windows import Window, window_of
from tests.restaurant import Restaurant, seed
from tests.security.plans import asked_per_row, plan_of, recorded
from tests.tenants import Server, Tenant, new_tenant

UNTIL = date.today() - timedelta(days=1)
MOST_STATEMENTS = 8  # to open a list: rows, summary, counts, views, and what its page says besides
LEAST_LISTS = 15
TABS = {  # of pages on which something is entered, the tabs that are lists
    "deliveries": ("list",),
    "waste": ("log", "reasons", "reviews"),
    "adjustments": ("log", "reasons", "reviews"),
    "production": ("list", "reviews"),
}
AS_OF_WASTE = {("adjustments", "reasons"), ("adjustments", "reviews"), ("production", "reviews")}
LISTS = [(one, tab) for one in ENTRIES for tab in TABS.get(one.key, ("",)) if (one.key, tab) not in AS_OF_WASTE]
NARROW = (1366 - 220, 768 - 52)  # what the smallest window leaves beside navigation and top bar
Holds = Callable[[Any], bool]


@dataclass
class House:
    """A restaurant group with a week of history."""

    tenant: Tenant
    made: Restaurant
    desk: TenantDatabase


@pytest.fixture(scope="module")
def house(server: Server) -> Iterator[House]:
    tenant = new_tenant(server)
    made = seed(tenant)
    tenant.desk().run(save_customer, CustomerDraft("C-1", "Harbour Museum", payment_days=Decimal(14)))
    history.live(tenant.desk(), made, UNTIL - timedelta(days=3), UNTIL)
    yield House(tenant, made, tenant.desk())
    tenant.close()


@dataclass
class Seen:
    """A list as it stands open on a desk."""

    window: Window
    page: ListPage
    about: tuple[Filter, ...]

    def show(self, *filters: Filter) -> None:
        """With these filters besides what the page is about."""
        mine = {one.key for one in filters}
        self.page.show_filters((*(one for one in self.about if one.key not in mine), *filters))
        self.settle()

    def order(self, *sort: Sort) -> list[Any]:
        """The keys of the rows in an order."""
        self.page.table.header.order_by(sort)
        self.settle()
        return self.keys()

    def settle(self) -> None:
        """Wait until everything is read."""
        self.window.settle(0)
        assert not [message.text for message in self.window.said if message.tone.value == "bad"]

    def keys(self) -> list[Any]:
        """The keys of the rows that are loaded."""
        return [self.page.spec.row_key(row) for row in self.page.model.rows]


@pytest.fixture(scope="module")
def window(house: House, qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    with window_of(house.desk, tmp_path_factory.mktemp("desk"), site=house.made.site) as opened:
        yield opened


@pytest.fixture(params=LISTS, ids=lambda one: " ".join(filter(None, (one[0].key, one[1]))))
def seen(request: pytest.FixtureRequest, house: House, window: Window, qtbot: QtBot) -> Seen:
    entry, tab = request.param
    about: tuple[Filter, ...] = ()
    if entry.key == "item_card":
        about = (
            Filter("item", Match.IN, (house.made.items["Mozzarella"],)),
            Filter("site", Match.IN, (house.made.site,)),
        )
    if entry.key == "lot_trace":  # nothing is kept by lots here
        about = (Filter("lot", Match.IN, (house.made.site,)),)
    window.said.clear()
    window.crashes.clear()
    page = entry.build(window.desk)
    qtbot.addWidget(page)
    if tab:
        page = ListPage(window.desk, getattr(page, tab).spec)
        qtbot.addWidget(page)
    if not isinstance(page, ListPage):
        pytest.skip("not a list")
    return Seen(window, page, about)


def opens_with_few_statements_that_ask_for_rights_once(seen: Seen, house: House) -> None:
    """Few statements open it, and each asks for rights once."""
    with recorded() as sent:
        seen.window.show(seen.page)
        if seen.about:
            seen.show()
    assert seen.page.model.rowCount() or seen.page.body.empty.title.text()
    reads = [statement for statement in sent if "opening()" not in statement]
    assert len(reads) <= MOST_STATEMENTS * (2 if seen.about else 1), reads
    desk = house.desk
    assert not [place for statement, given in sent.items() for place in asked_per_row(plan_of(desk, statement, given))]


def is_sorted_by_every_column_and_by_two(seen: Seen) -> None:
    """Every order has the same rows; down is up reversed."""
    everything = set(seen.keys())
    sortable = [column.key for column in seen.page.model.columns if column.sortable]
    for key in sortable:
        up, down = seen.order(Sort(key)), seen.order(Sort(key, True))
        assert set(up) == everything or not seen.page.model.complete
        assert up == down[::-1] or not seen.page.model.complete, key
    for first, second in pairwise(sortable):
        mixed = seen.order(Sort(first, True), Sort(second))
        assert len(set(mixed)) == len(mixed)
        assert set(mixed) == everything or not seen.page.model.complete, (first, second)


def is_searched(seen: Seen) -> None:
    """Three letters search by themselves, Enter at once."""
    search, rows = seen.page.body.filters.search, seen.page.model.rowCount()
    if search.isHidden():
        return
    QTest.keyClicks(search, "qzx")
    while seen.page.body.filters.words != "qzx":
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    seen.settle()
    assert seen.page.model.rowCount() == 0
    assert seen.page.body.empty.title.text() == "Nothing matches"
    search.clear()
    QTest.keyClick(search, Qt.Key.Key_Return)
    seen.settle()
    assert seen.page.model.rowCount() == rows


def asked_of(field: FilterField, column: Column | None, rows: Sequence[Any]) -> Iterator[tuple[Filter, Holds]]:
    """Filters with something to find, and what every row must then hold."""
    values = [getattr(row, field.key) for row in rows] if column is not None else []
    known = [value for value in values if value not in (None, "")]
    if isinstance(field.by, Choices):
        options = [one.value for one in field.by.options]
        if column is not None and column.kind is Kind.CHIP and known and known[0] in options:
            yield Filter(field.key, Match.IN, (known[0],)), lambda value: value == known[0]
        elif options:
            yield Filter(field.key, Match.IN, (options[0],)), lambda _value: True
        return
    if column is not None and field.empties:
        yield Filter(field.key, Match.EMPTY, ()), lambda value: value in (None, "")
        yield Filter(field.key, Match.FILLED, ()), lambda value: value not in (None, "")
    if not known:
        return
    if field.kind is Kind.DATETIME:
        yield Filter(field.key, Match.BETWEEN, (known[0], None)), lambda value: value >= known[0]
    elif isinstance(field.by, Contains):
        word = max(str(known[0]).split(), key=len)
        yield Filter(field.key, Match.CONTAINS, (word.upper(),)), lambda value: word.casefold() in value.casefold()
    else:
        yield Filter(field.key, Match.BETWEEN, (known[0], known[0])), lambda value: value == known[0]


def is_narrowed_by_every_filter(seen: Seen) -> None:
    """Every filter shows the rows that fit and no other, says so on its chip, and goes with Delete."""
    page, everything = seen.page, set(seen.keys())
    columns = {column.key: column for column in page.model.columns}
    fixed = {one.key for one in seen.about}
    rows = tuple(page.model.rows)
    held = {key: [getattr(row, key) for row in rows] for key in columns}
    for field in filter_fields(page.spec, page.model.columns):
        column = columns.get(field.key)
        if not field.offered or field.key in fixed:
            continue
        for chosen, holds in list(asked_of(field, column, rows)):
            seen.show(chosen)
            assert set(seen.keys()) <= everything or not page.model.complete, field.key
            shown = [getattr(row, field.key) for row in page.model.rows] if column is not None else []
            assert all(holds(value) for value in shown), (chosen, shown[:5])
            if chosen.test is Match.CONTAINS or (
                column is not None and chosen.values[:1] in [(v,) for v in held[field.key]]
            ):
                assert shown, chosen
            chip = page.body.filters.chips[field.key]
            assert not chip.isHidden()
            assert chip.text().startswith(f"{field.title}:")
        if field.key in {one.key for one in page.body.filters.filters}:
            QTest.keyClick(page.body.filters.chips[field.key], Qt.Key.Key_Delete)
            assert field.key not in {one.key for one in page.body.filters.filters}
            assert page.body.filters.chips[field.key].isHidden() == field.aside


def is_filtered_by_a_column_with_keys(seen: Seen) -> None:
    """Ctrl+Shift+F asks about the column the keyboard stands on."""
    page, filters = seen.page, seen.page.body.filters
    texts = [place for place, one in enumerate(page.model.columns) if isinstance(by_kind(one), Contains)]
    places = [place for place in texts if page.model.columns[place].filter is None]
    if not page.model.rowCount() or not page.spec.filters_by_kind or not places:
        return
    page.table.setCurrentIndex(page.model.index(0, places[0]))
    QTest.keyClick(page.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    popover = filters.popover
    assert isinstance(popover, TextPopover)
    QTest.keyClicks(popover.line, "qzx")
    QTest.keyClick(popover.line, Qt.Key.Key_Return)
    seen.settle()
    assert page.model.rowCount() == 0
    filters.clear()
    seen.show()


def is_arranged_and_a_view_brings_that_back(seen: Seen) -> None:
    """Columns are hidden, ordered, put closer; a saved view brings all that back."""
    if seen.about:
        return  # without its subject the list is empty
    page, layout = seen.page, seen.page.table.column_layout
    before = page.body.view()
    keys = [column.key for column in page.table.shown_columns()]
    layout.put(list(reversed([page.model.columns[section].key for section in layout.order()])))
    page.table.show_column(layout.order()[0], False)
    layout.stand(Density.COMPACT)
    kept = page.body.view()
    assert kept != before
    failures: list[Exception] = []
    page.body.views.save_as("Other way round", True, failures.append)
    seen.settle()
    assert not failures
    layout.reset()
    page.show_tab(page.body.presets[0][0])
    seen.settle()
    assert [column.key for column in page.table.shown_columns()] == keys
    page.show_tab(str(page.body.views.views[0].key))
    seen.settle()
    assert page.body.view().arrangement == kept.arrangement
    assert not page.body.views.modified
    page.body.views.remove()
    seen.settle()
    assert page.body.views.views == ()


def leaves_as_a_file_of_what_is_shown(seen: Seen, tmp_path: Path) -> None:
    """A file has the shown columns in their order, and every row: the same as text and as a workbook; a PDF is one."""
    page, folder = seen.page, tmp_path
    if page.body.export is None or not page.model.rowCount():
        return
    page.table.show_column(page.table.column_layout.order()[-1], False)
    page.reload()  # what the test did meanwhile is in the audit log
    seen.settle()
    for ending in ("csv", "xlsx", "pdf"):
        page.output.export_to(str(folder / f"list.{ending}"))
        seen.settle()
    with (folder / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        titles, *rows = csv.reader(file)
    shown = [column.title for column in page.table.shown_columns()]
    assert [title for title in titles if title in shown] == [title for title in shown if title]
    assert len(rows) == page.model.rowCount() or not page.model.complete
    sheet = [
        [str(cell) for cell in line]
        for line in CalamineWorkbook.from_path(folder / "list.xlsx").get_sheet_by_index(0).to_python()
    ]
    assert next(place for place, line in enumerate(sheet) if line[: len(titles)] == titles) + len(rows) < len(sheet) + 1
    assert (folder / "list.pdf").read_bytes().startswith(b"%PDF-")


def is_edited_where_it_says_so(seen: Seen) -> None:
    """What is typed into a cell is staged, taken back, and saved; then it is read again."""
    page, editing = seen.page, seen.page.editing
    if editing is None or not page.model.rowCount():
        return
    grid = editing.grid
    column = next(one for one in page.model.columns if one.kind in NUMERIC and one in grid.cells.editable)
    row, before = page.model.rows[0], getattr(page.model.rows[0], column.key)
    typed = "7" if before != 7 else "8"
    grid.type_into(column, row, typed)
    assert grid.staging.cells
    grid.undo()
    assert not grid.staging.cells
    for words in (typed, "" if before is None else seen.window.desk.formats.typed_number(before)):
        grid.type_into(column, row, words)
        QTest.keyClick(page.table, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        seen.settle()
        assert not grid.staging.cells
        row = next(one for one in page.model.rows if page.spec.row_key(one) == page.spec.row_key(row))
        assert getattr(row, column.key) == (Decimal(words) if words else None)


def is_painted_in_both_themes_and_fits_the_smallest_window(seen: Seen, dark: bool) -> None:
    """Light and dark, at the smallest size, with a name on every control."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    try:
        apply(application, dark=dark)
        seen.page.resize(*NARROW)
        seen.settle()
        assert (seen.page.width(), seen.page.height()) == NARROW
        image = seen.page.grab().toImage()
        light = image.pixelColor(2, image.height() - 2).lightness()
        assert light < 100 if dark else light > 200
        assert not unnamed(seen.page)
    finally:
        apply(application, dark=False)


def is_walked_through_by_tab(seen: Seen) -> None:
    """Tab reaches every control and is never trapped."""
    page = seen.page
    page.activateWindow()
    seen.settle()
    page.setFocus()
    forward = reached_by_tab(Qt.Key.Key_Tab)
    page.setFocus()
    way = [*forward, *reached_by_tab(Qt.Key.Key_Backtab)]
    wanted = [
        widget
        for widget in page.findChildren(QWidget)
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    ]  # fmt: skip
    missed = [f"{type(widget).__name__} {widget.accessibleName()}" for widget in wanted if widget not in way]
    assert not missed
    assert len(forward) < 300
    body = page.body
    landmarks = [
        body.export,
        next(iter(body.tabs.buttons.values())),
        body.filters.search,
        body.columns_button,
        page.table,
    ]
    passed = [forward.index(one) for one in landmarks if one in forward]
    first = passed[0]
    assert passed == sorted(passed, key=lambda place: (place - first) % len(forward)), "not in the order of reading"


def test_it_keeps_the_habits_of_lists(seen: Seen, house: House, tmp_path: Path) -> None:
    tester = QAbstractItemModelTester(seen.page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    opens_with_few_statements_that_ask_for_rights_once(seen, house)
    is_sorted_by_every_column_and_by_two(seen)
    is_searched(seen)
    is_narrowed_by_every_filter(seen)
    seen.show()
    is_filtered_by_a_column_with_keys(seen)
    is_edited_where_it_says_so(seen)
    is_arranged_and_a_view_brings_that_back(seen)
    leaves_as_a_file_of_what_is_shown(seen, tmp_path)
    is_walked_through_by_tab(seen)
    for dark in (True, False):
        is_painted_in_both_themes_and_fits_the_smallest_window(seen, dark)
    assert tester.model() is seen.page.model


def test_what_is_looked_at_are_the_lists_of_the_navigation(house: House, window: Window, qtbot: QtBot) -> None:
    pages = {entry.key: entry.build(window.desk) for entry in ENTRIES}
    for page in pages.values():
        qtbot.addWidget(page)
    assert len([key for key, page in pages.items() if isinstance(page, ListPage)]) >= LEAST_LISTS
    for key, page in pages.items():
        inside = {one.spec.key for one in page.findChildren(ListPage)}
        assert inside == {getattr(page, tab).spec.key for tab in TABS.get(key, ())}, key

"""Every list of the navigation keeps the habits of lists: order, search, filters, columns, views, files, keys, themes.

A new list is covered by being in the navigation.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.app.navigation import ENTRIES
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.list_view import Density
from ims_desktop.domain.listing import Filter, Match, Sort
from ims_desktop.ui.choices import Between, Choices
from ims_desktop.ui.columns import DATED, NUMERIC
from ims_desktop.ui.filter_bar import filter_fields
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.navigation_bar import Entry
from ims_desktop.ui.theme import apply
from tests.app.test_pages import unnamed
from tests.features.reports import history
from tests.features.windows import Window, window_of
from tests.restaurant import Restaurant, seed
from tests.security.plans import asked_per_row, plan_of, recorded
from tests.tenants import Server, Tenant, new_tenant

UNTIL = date.today() - timedelta(days=1)
MOST_STATEMENTS = 8  # to open a list: rows, summary, counts, views, and what its page says besides
LEAST_LISTS = 11
NARROW = (1366 - 220, 768 - 52)  # what the smallest window leaves beside navigation and top bar
BUILT: set[str] = set()


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
        self.window.settle(0.02)
        assert not [message.text for message in self.window.said if message.tone.value == "bad"]

    def keys(self) -> list[Any]:
        """The keys of the rows that are loaded."""
        return [self.page.spec.row_key(row) for row in self.page.model.rows]


@pytest.fixture(params=ENTRIES, ids=lambda entry: entry.key)
def seen(request: pytest.FixtureRequest, house: House, qtbot: QtBot, tmp_path: Path) -> Iterator[Seen]:
    entry: Entry = request.param
    about: tuple[Filter, ...] = ()
    if entry.key == "item_card":
        about = (
            Filter("item", Match.IN, (house.made.items["Mozzarella"],)),
            Filter("site", Match.IN, (house.made.site,)),
        )
    with window_of(house.desk, tmp_path, site=house.made.site) as window:
        page = entry.build(window.desk)
        qtbot.addWidget(page)
        if not isinstance(page, ListPage):
            pytest.skip("not a list")
        BUILT.add(entry.key)
        yield Seen(window, page, about)


def open_list(seen: Seen) -> None:
    seen.window.show(seen.page)
    if seen.about:
        seen.show()


def opens_with_few_statements_that_ask_for_rights_once(seen: Seen, house: House) -> None:
    """Few statements open it, and each asks for rights once."""
    with recorded() as sent:
        open_list(seen)
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
    seen.window.settle(0.35)
    assert seen.page.model.rowCount() == 0
    assert seen.page.body.empty.title.text() == "Nothing matches"
    search.clear()
    QTest.keyClick(search, Qt.Key.Key_Return)
    seen.settle()
    assert seen.page.model.rowCount() == rows


def some_values(field: Any, seen: Seen) -> Filter | None:
    """A filter with something to choose."""
    if isinstance(field.by, Choices):
        return Filter(field.key, Match.IN, (field.by.options[0].value,)) if field.by.options else None
    if not isinstance(field.by, Between) or field.kind not in DATED | NUMERIC:
        return None
    formats = seen.window.desk.formats
    low = formats.today() - timedelta(days=400) if field.kind in DATED else formats.parse_number("0")
    if field.kind.value == "datetime":
        low = formats.parse_moment(low) if hasattr(formats, "parse_moment") else None
    return Filter(field.key, Match.BETWEEN, (low, None)) if low is not None else None


def is_narrowed_by_every_filter(seen: Seen) -> None:
    """Every filter narrows, tells so on its chip, and goes with Delete."""
    page, everything = seen.page, set(seen.keys())
    for field in filter_fields(page.spec, page.model.columns):
        chosen = some_values(field, seen)
        if chosen is None or not field.offered or field.key in {one.key for one in seen.about}:
            continue
        seen.show(chosen)
        assert set(seen.keys()) <= everything or not page.model.complete, field.key
        chip = page.body.filters.chips[field.key]
        assert chip.text().startswith(f"{field.title}:")
        QTest.keyClick(chip, Qt.Key.Key_Delete)
        seen.settle()
        assert field.key not in {one.key for one in page.body.filters.filters}


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
    """A file has the shown columns in their order, and every row."""
    page, path = seen.page, tmp_path / "list.csv"
    if page.body.export is None or not page.model.rowCount():
        return
    page.table.show_column(page.table.column_layout.order()[-1], False)
    page.output.export_to(str(path))
    seen.settle()
    with path.open(encoding="utf-8-sig", newline="") as file:
        titles, *rows = csv.reader(file)
    shown = [column.title for column in page.table.shown_columns()]
    assert [title for title in titles if title in shown] == [title for title in shown if title]
    assert len(rows) == page.model.rowCount() or not page.model.complete


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


def reached_by_tab(page: QWidget, key: Qt.Key) -> list[QWidget]:
    """What Tab goes through, until it comes back to where it began."""
    way: list[QWidget] = []
    for _ in range(300):
        here = QApplication.focusWidget()
        if here is None or here in way:
            return way
        way.append(here)
        QTest.keyClick(here, key)
    return way


def is_walked_through_by_tab(seen: Seen) -> None:
    """Tab reaches every control and is never trapped."""
    page = seen.page
    page.activateWindow()
    page.setFocus()
    forward = reached_by_tab(page, Qt.Key.Key_Tab)
    page.setFocus()
    way = [*forward, *reached_by_tab(page, Qt.Key.Key_Backtab)]
    wanted = [
        widget
        for widget in page.findChildren(QWidget)
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    ]  # fmt: skip
    missed = [f"{type(widget).__name__} {widget.accessibleName()}" for widget in wanted if widget not in way]
    assert not missed
    assert len(forward) < 300


def test_it_keeps_the_habits_of_lists(seen: Seen, house: House, tmp_path: Path) -> None:
    tester = QAbstractItemModelTester(seen.page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    opens_with_few_statements_that_ask_for_rights_once(seen, house)
    is_sorted_by_every_column_and_by_two(seen)
    is_searched(seen)
    is_narrowed_by_every_filter(seen)
    seen.show()
    is_arranged_and_a_view_brings_that_back(seen)
    leaves_as_a_file_of_what_is_shown(seen, tmp_path)
    is_walked_through_by_tab(seen)
    for dark in (True, False):
        is_painted_in_both_themes_and_fits_the_smallest_window(seen, dark)
    assert tester.model() is seen.page.model


def test_every_list_was_looked_at():
    assert len(BUILT) >= LEAST_LISTS, BUILT

"""What a list is asked for: searched, filtered, sorted, of a tab, of a site."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from ims_desktop.domain.listing import Filter, ListQuery, Sort
from ims_desktop.domain.listing import Match as How
from ims_desktop.domain.work import read
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.controls import Button
from ims_desktop.ui.desk import Desk, Site
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.popovers import ChoicePopover, SearchPopover
from ims_desktop.ui.value_popovers import RangePopover
from tests.ui.kitchen import COLUMNS, Kitchen, names

Settle = Callable[..., None]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_search_as_you_type_from_three_letters(page: ListPage, kitchen: Kitchen, settle: Settle):
    QTest.keyClick(page, Qt.Key.Key_F, CTRL)
    search = page.body.filters.search
    assert search.hasFocus()
    before = len(kitchen.queries)
    QTest.keyClicks(search, "le")
    settle()
    assert len(kitchen.queries) == before
    QTest.keyClicks(search, "mon")
    settle()
    assert len(kitchen.queries) == before + 1
    assert kitchen.queries[-1].search == "lemon"
    assert all("Lemon" in name for name in names(page))
    assert page.body.totals.accessibleName().startswith("50 items · filtered")


def test_enter_searches_at_once_whatever_the_length(page: ListPage, kitchen: Kitchen, settle: Settle):
    QTest.keyClicks(page.body.filters.search, "ba")
    QTest.keyClick(page.body.filters.search, Qt.Key.Key_Return)
    settle()
    assert kitchen.queries[-1].search == "ba"


def test_a_stale_answer_never_overwrites_a_newer_one(page: ListPage, kitchen: Kitchen, settle: Settle):
    gate = threading.Event()
    kitchen.wait = lambda query: gate.wait(2) if query.search == "salmon" else None
    for words in ("salmon", "lemon"):
        page.body.filters.search.setText(words)
        QTest.keyClick(page.body.filters.search, Qt.Key.Key_Return)
    threading.Timer(0.05, gate.set).start()
    settle()
    assert all("Lemon" in name for name in names(page))


def test_nothing_matches_offers_to_clear(page: ListPage, settle: Settle):
    page.body.filters.search.setText("nothing")
    QTest.keyClick(page.body.filters.search, Qt.Key.Key_Return)
    settle()
    assert page.body.empty.title.text() == "Nothing matches"
    page.body.empty.button.click()
    settle()
    assert page.model.rowCount() == 200
    assert not page.body.filters.clear_button.isVisible()


def test_choices_filter_at_once_and_the_chip_tells(page: ListPage, kitchen: Kitchen, settle: Settle):
    bar = page.body.filters
    bar.chips["state"].click()
    settle()
    assert isinstance(bar.popover, ChoicePopover)
    QTest.keyClick(bar.popover, Qt.Key.Key_Down)
    bar.popover.list.setCurrentIndex(bar.popover.list.model().index(1, 0))
    QTest.keyClick(bar.popover, Qt.Key.Key_Space)
    settle()
    assert kitchen.queries[-1].filters == (Filter("state", How.IN, ("low",)),)
    assert bar.chips["state"].text() == "Status: low"
    bar.popover.close()
    bar.clear_button.click()
    settle()
    assert kitchen.queries[-1].filters == ()
    assert bar.chips["state"].text() == "Status"


def test_a_range_says_what_it_cannot_read_and_keeps_it(page: ListPage, kitchen: Kitchen, settle: Settle):
    bar = page.body.filters
    bar.chips["value"].click()
    popover = bar.popover
    assert isinstance(popover, RangePopover)
    QTest.keyClicks(popover.low, "lots")
    QTest.keyClick(popover.low, Qt.Key.Key_Return)
    assert popover.isVisible()
    assert popover.low.text() == "lots"
    popover.low.clear()
    QTest.keyClicks(popover.low, "1,000")
    QTest.keyClick(popover.low, Qt.Key.Key_Return)
    settle()
    assert kitchen.queries[-1].filters == (Filter("value", How.BETWEEN, (Decimal(1000), None)),)
    assert bar.chips["value"].text() == "Value: ≥ 1000"


def test_days_of_moments_reach_from_midnight_to_midnight(page: ListPage, kitchen: Kitchen, settle: Settle):
    page.body.filters.chips["counted"].click()
    popover = page.body.filters.popover
    assert isinstance(popover, RangePopover)
    popover.low.setText("2026-11-01")
    popover.high.setText("2026-11-02")
    popover.apply()
    settle()
    low, high = kitchen.queries[-1].filters[0].values
    assert (low.date(), high.date()) == (date(2026, 11, 1), date(2026, 11, 2))
    assert (low.hour, high.hour) == (0, 23)
    assert low.tzinfo is not None


def test_a_tab_brings_its_filters(page: ListPage, kitchen: Kitchen, settle: Settle):
    page.body.tabs.buttons["low"].click()
    settle()
    assert kitchen.queries[-1].filters == (Filter("state", How.IN, ("low",)),)
    page.show_filters((Filter("state", How.IN, ("out",)),))
    settle()
    assert kitchen.queries[-1].filters == (Filter("state", How.IN, ("out",)),)


def test_sorting_happens_in_the_query(page: ListPage, kitchen: Kitchen, settle: Settle):
    page.table.header.sort_by(2)
    settle()
    assert kitchen.queries[-1].sort == (Sort("on_hand"),)
    page.table.header.sort_by(1)
    settle()
    assert kitchen.queries[-1].sort == (Sort("on_hand"),)


def test_the_site_belongs_to_the_query_of_a_site_bound_page(
    page: ListPage, kitchen: Kitchen, desk: Desk, settle: Settle
):
    site = Site(uuid4(), "Via Roma")
    desk.choose_site(site.key)
    settle()
    assert kitchen.queries[-1].site == site.key


def test_the_query_of_a_fresh_page(page: ListPage):
    assert page.body.query == ListQuery(sort=(Sort("name"),))


def test_a_filter_from_elsewhere_without_a_chip_shows_one_that_takes_it_away(
    page: ListPage, kitchen: Kitchen, settle: Settle
):
    page.show_filters((Filter("code", How.IN, ("K-0003",)),))
    settle()
    bar = page.body.filters
    made = next(button for button in bar.findChildren(Button) if button.text().strip() == "Code")
    assert made.accessibleName() == "Take away: Code"
    made.click()
    settle()
    assert kitchen.queries[-1].filters == ()
    assert made.isHidden()


def test_a_filter_from_elsewhere_is_called_by_its_name(kitchen: Kitchen, open_page, settle: Settle):
    columns = tuple(replace(c, filter=Choices(load=kitchen.areas)) if c.key == "area" else c for c in COLUMNS)
    page = open_page(spec=kitchen.spec(columns=columns))
    page.show_filters((Filter("area", How.IN, ("Walk-in",)),))
    settle()
    assert page.body.filters.chips["area"].text() == "Area: Walk-in"


def test_choices_that_are_too_many_are_searched_and_stay_ticked(kitchen: Kitchen, open_page, settle: Settle):
    @read
    def find(connection: Any, words: str) -> list[Choice]:
        return [Choice(item.area, item.name) for item in kitchen.items[:9] if words.lower() in item.name.lower()]

    columns = tuple(replace(c, filter=Choices(search=find)) if c.key == "area" else c for c in COLUMNS)
    page = open_page(spec=kitchen.spec(columns=columns))
    bar = page.body.filters
    bar.chips["area"].click()
    settle()
    popover = bar.popover
    assert isinstance(popover, SearchPopover)
    QTest.keyClicks(popover.search, "lemon")
    settle()
    QTest.keyClick(popover, Qt.Key.Key_Space)
    QTest.keyClicks(popover.search, "s")
    settle()
    assert popover.values() == ("Dry store",)
    assert bar.chips["area"].text() == "Area: Lemon 0004"
    assert kitchen.queries[-1].filters == (Filter("area", How.IN, ("Dry store",)),)
    popover.close()


def test_many_chips_go_on_in_the_next_line(kitchen: Kitchen, open_page, settle: Settle):
    page = open_page(900)
    page.show_filters(tuple(Filter(key, How.IN, ("x", "y")) for key in ("area", "state", "code", "unit", "name")))
    settle()
    bar = page.body.filters
    lines = {chip.y() for chip in bar.findChildren(Button) if chip.isVisible()}
    assert len(lines) > 1
    assert all(chip.geometry().right() <= bar.width() for chip in bar.findChildren(Button) if chip.isVisible())

"""Filters of a list: by the kind of every column, by keys alone, and in words."""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from ims_desktop.domain.list_view import ListView, view_of, written
from ims_desktop.domain.listing import Filter, Match
from ims_desktop.ui.choices import Between, Choices, Contains
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.filter_fields import by_kind, filter_fields
from ims_desktop.ui.filter_words import filter_words
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import FilterField
from ims_desktop.ui.value_popovers import RangePopover, TextPopover
from tests.ui.kitchen import COLUMNS, Kitchen

Settle = Callable[..., None]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(desk: Desk, kitchen: Kitchen, qtbot: QtBot, settle: Settle) -> Iterator[ListPage]:
    made = ListPage(desk, kitchen.spec())
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    settle()
    yield made
    made.close()


def words_of(popover: Any) -> list[str]:
    return [button.text() for button in popover.findChildren(QPushButton)]


def test_every_column_is_filtered_by_what_its_kind_allows(kitchen: Kitchen) -> None:
    fields = {field.key: field for field in filter_fields(kitchen.spec(), COLUMNS)}
    assert set(fields) >= {column.key for column in COLUMNS if column.kind is not Kind.TIME}
    for column in COLUMNS:
        assert fields[column.key].aside == (column.filter is None)
    assert isinstance(by_kind(Column("a", "A")), Contains)
    assert isinstance(by_kind(Column("a", "A", Kind.COST)), Between)
    flag = by_kind(Column("a", "A", Kind.FLAG))
    assert isinstance(flag, Choices)
    assert [choice.value for choice in flag.options] == [True, False]
    assert by_kind(Column("a", "A", derived=True)) is None


def test_a_text_is_asked_for_with_keys_alone(page: ListPage, kitchen: Kitchen, settle: Settle) -> None:
    place = next(n for n, column in enumerate(page.model.columns) if column.key == "name")
    page.table.setFocus()
    page.table.setCurrentIndex(page.model.index(0, place))
    QTest.keyClick(page.table, Qt.Key.Key_F, CTRL | SHIFT)
    popover = page.body.filters.popover
    assert isinstance(popover, TextPopover)
    QTest.keyClicks(popover.line, "basil")
    QTest.keyClick(popover.line, Qt.Key.Key_Return)
    settle()
    assert kitchen.queries[-1].filters == (Filter("name", Match.CONTAINS, ("basil",)),)
    chip = page.body.filters.chips["name"]
    assert (chip.isVisible(), chip.text()) == (True, "Item: “basil”")
    QTest.keyClick(chip, Qt.Key.Key_Backspace)
    settle()
    assert not kitchen.queries[-1].filters
    assert not chip.isVisible()


def test_what_is_empty_is_asked_for_and_what_is_not(page: ListPage, kitchen: Kitchen, settle: Settle) -> None:
    for words, test, said in (("Empty", Match.EMPTY, "empty"), ("Not empty", Match.FILLED, "not empty")):
        page.body.filters.open_by_key("value")
        popover = page.body.filters.popover
        assert popover is not None
        next(button for button in popover.findChildren(QPushButton) if button.text() == words).click()
        settle()
        assert kitchen.queries[-1].filters == (Filter("value", test, ()),)
        assert page.body.filters.chips["value"].text() == f"Value: {said}"
    assert page.model.rowCount() == 200


def test_the_days_people_ask_for(page: ListPage, kitchen: Kitchen, settle: Settle) -> None:
    today = page.desk.formats.today()
    month = today.replace(day=1)
    wanted = {
        "Today": (today, today),
        "Yesterday": (today - timedelta(1), today - timedelta(1)),
        "This week": (today - timedelta(today.weekday()), today),
        "Last 7 days": (today - timedelta(6), today),
        "Last 30 days": (today - timedelta(29), today),
        "This month": (month, today),
        "Last month": ((month - timedelta(1)).replace(day=1), month - timedelta(1)),
    }
    for words, days in wanted.items():
        page.body.filters.open_by_key("counted")
        popover = page.body.filters.popover
        assert isinstance(popover, RangePopover)
        next(button for button in popover.findChildren(QPushButton) if button.text() == words).click()
        settle()
        low, high = kitchen.queries[-1].filters[0].values
        assert (low.date(), high.date()) == days, words
        view = page.body.view()
        assert view.filters == (Filter("counted", Match.MOVING, (words.casefold(),)),), "it is kept as what moves on"
        assert view_of(json.loads(json.dumps(written(view)))) == view
        assert words in page.body.filters.chips["counted"].text()
        assert page.body.filters.described()[0].startswith(f"Last counted: {words} · Last counted: ")


def test_a_view_of_this_week_means_the_week_it_is_looked_at(page: ListPage, monkeypatch: pytest.MonkeyPatch) -> None:
    view = ListView(filters=(Filter("counted", Match.MOVING, ("this week",)),))
    for today in (date(2026, 11, 18), date(2026, 11, 30)):  # a Wednesday, a Monday
        monkeypatch.setattr(page.desk.formats, "today", lambda today=today: today)
        low, high = page.body.query_of(view).filters[0].values
        assert (low.date(), high.date()) == (today - timedelta(today.weekday()), today)
    assert view_of({"filters": [{"key": "counted", "test": "moving", "values": ["next year"]}]}).filters == ()


def test_further_filters_wait_in_a_menu(page: ListPage) -> None:
    page.body.filters.more.click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    titles = [action.text() for action in menu.actions()]
    shown = {chip.text() for chip in page.body.filters.chips.values() if chip.isVisible()}
    assert "Item" in titles
    assert not shown & set(titles)
    menu.actions()[titles.index("Item")].trigger()
    menu.close()
    assert isinstance(page.body.filters.popover, TextPopover)


@pytest.mark.parametrize(
    ("kind", "chosen", "said"),
    [
        (Kind.TEXT, Filter("x", Match.CONTAINS, ("oil",)), "X: “oil”"),
        (Kind.MONEY, Filter("x", Match.BETWEEN, (Decimal(1), Decimal("2.50"))), "X: 1 – 2.5"),
        (Kind.NUMBER, Filter("x", Match.BETWEEN, (7, 7)), "X: 7"),
        (Kind.PERCENT, Filter("x", Match.BETWEEN, (None, Decimal("0.3"))), "X: ≤ 30%"),
        (Kind.DATE, Filter("x", Match.BETWEEN, (date(2026, 11, 1), None)), "X: ≥ 1 Nov 2026"),
        (Kind.DATE, Filter("x", Match.FILLED, ()), "X: not empty"),
        (Kind.TEXT, Filter("x", Match.IN, ("a", "b")), "X"),
    ],
)
def test_a_filter_in_words(kind: Kind, chosen: Filter, said: str) -> None:
    field = FilterField("x", "X", by_kind(Column("x", "X", kind)) or Contains(), kind)
    assert filter_words(field, chosen, None, Formats()) == said

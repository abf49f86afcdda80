"""Finding things and the way back: links, Ctrl+K over actions and records, keys, the order of a list by key."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from ims_desktop.domain.listing import Sort
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.column_menu import ColumnMenu
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail_panel import DetailPanel
from ims_desktop.ui.links import link_of, place_of
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.messages import Message
from ims_desktop.ui.navigation_bar import Entry
from ims_desktop.ui.palette_box import Command
from ims_desktop.ui.shell import Shell
from tests.ui.kitchen import Kitchen

Settle = Callable[..., None]
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def shell(desk: Desk, kitchen: Kitchen, qtbot, settle: Settle) -> Shell:
    def find(connection: Any, words: str) -> tuple[Choice, ...]:
        return tuple(Choice(item.id, item.name) for item in kitchen.items[:20] if words in item.name.casefold())[:5]

    find.lane, find.autocommit = kitchen.rows.lane, True  # type: ignore[attr-defined]
    entries = (
        Entry("items", "Items", "Stock", "package", lambda desk: ListPage(desk, kitchen.spec()), find=find),
        Entry(
            "orders",
            "Orders",
            "Sales",
            "receipt",
            lambda desk: ListPage(desk, kitchen.spec(key="orders", title="Orders")),
        ),
        Entry("bank", "Bank", "Sales", "receipt", lambda desk: ListPage(desk, kitchen.spec()), "bank.see"),
    )
    made = Shell(desk, entries)
    qtbot.addWidget(made)
    made.show()
    desk.navigation.open("items")
    settle()
    return made


def page_of(shell: Shell) -> ListPage:
    assert isinstance(shell.current, ListPage)
    return shell.current


@pytest.mark.parametrize("record", [None, uuid4(), 4711, "SO 12/7 ü"])
def test_a_link_leads_where_it_came_from(record: Any):
    place = Place("items", record)
    assert place_of(link_of(place)) == place


@pytest.mark.parametrize("words", ["", "items", "ims://", "http://items", "ims:items"])
def test_other_words_are_no_link(words: str):
    assert place_of(words) is None


def test_a_link_is_copied_and_opened_and_refused_without_the_right(shell: Shell, said: list[Message], settle: Settle):
    page = page_of(shell)
    page.open_record(7)
    settle()
    page.copy_link()
    link = QGuiApplication.clipboard().text()
    assert link == "ims://items/7"
    page.close_panel()
    shell.find_anything()
    QTest.keyClicks(shell.palette_box.search, link)
    QTest.keyClick(shell.palette_box.search, Qt.Key.Key_Return)
    settle()
    assert isinstance(page.panel, DetailPanel)
    assert page.panel.key == 7
    shell.open_link("ims://bank")
    assert "ims://bank" in said[-1].text


def test_back_and_forward_lead_over_records_and_pages(shell: Shell, desk: Desk, settle: Settle):
    page = page_of(shell)
    page.table.setCurrentIndex(page.model.index(2, 0))
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    settle()
    first = page.panel.key
    desk.navigation.open("orders")
    settle()
    QTest.keyClick(shell, Qt.Key.Key_Left, ALT)
    settle()
    assert shell.current is page
    assert page.panel.key == first
    QTest.keyClick(shell, Qt.Key.Key_Left, ALT)
    settle()
    assert page.panel is None
    QTest.keyClick(shell, Qt.Key.Key_Right, ALT)
    settle()
    assert page.panel.key == first
    QTest.keyClick(shell, Qt.Key.Key_Right, ALT)
    settle()
    assert page_of(shell).spec.key == "orders"


def test_the_box_offers_what_can_be_done_here_with_its_keys(shell: Shell, settle: Settle):
    shell.find_anything()
    titles = {command.title: command for command in shell.palette_box._commands.values()}
    assert titles["New item"].keys == "Ctrl+N"
    assert "Archive" not in titles, "nothing is selected"
    assert "Print the list" in titles
    shell.palette_box.close_box()
    page_of(shell).table.selectRow(1)
    shell.find_anything()
    assert "Archive" in [command.title for command in shell.palette_box._commands.values()]


def test_records_stand_in_the_order_of_their_pages_whichever_answers_first(shell: Shell):
    box = shell.palette_box
    box.open([])
    QTest.keyClicks(box.search, "moz")
    opened: list[str] = []

    def found(key: str, place: int) -> Command:
        return Command(key, "Mozzarella", partial(opened.append, key), place=place)

    box.add([found("movement 1", 5), found("movement 2", 5)])
    box.add([found("item", 2)])
    QTest.keyClick(box.search, Qt.Key.Key_Return)
    assert opened == ["item"]
    box.open([])
    QTest.keyClicks(box.search, "moz")
    box.add([found("movement 1", 5), found("movement 2", 5)])
    QTest.keyClick(box.search, Qt.Key.Key_Down)
    box.add([found("item", 2)])
    QTest.keyClick(box.search, Qt.Key.Key_Return)
    assert opened == ["item", "movement 2"], "who walked there stays there"


def test_a_record_that_was_opened_is_among_the_recents_of_another_day(shell: Shell, desk: Desk, settle: Settle):
    shell.find_anything()
    QTest.keyClicks(shell.palette_box.search, "lemon")
    settle()
    titles = [command.title for command in shell.palette_box._found]
    QTest.keyClick(shell.palette_box.search, Qt.Key.Key_Return)
    settle()
    opened = page_of(shell).panel.record
    assert opened.name == titles[0]
    another = Shell(desk, tuple(shell._entries.values()))
    another.find_anything()
    assert another.palette_box._found[0].title == opened.name
    another.deleteLater()


def test_f1_lists_the_keys_of_the_page_and_those_of_everywhere(shell: Shell):
    shown = shell.show_keys()
    here, everywhere = (dict(keys) for _title, keys in shown.groups)
    assert here["Ctrl+N"] == "New item"
    assert here["Ctrl+F"] == "Search the list"
    assert "Enter" in here
    assert "Alt+Right" in everywhere
    shown.accept()


def test_the_order_of_a_list_is_changed_by_key(shell: Shell, kitchen: Kitchen, settle: Settle):
    page = page_of(shell)

    def choose(section: int, title: str) -> None:
        menu = ColumnMenu(page.table, section)
        next(action for action in menu.actions() if action.text() == title).trigger()
        menu.close()
        settle()

    choose(2, "Sort descending")
    choose(0, "Then by this, ascending")
    assert kitchen.queries[-1].sort == (Sort("on_hand", True), Sort("name"))
    choose(2, "No longer by this")
    assert kitchen.queries[-1].sort == (Sort("name"),)
    choose(0, "Move right")
    assert page.table.shown_columns()[1].key == "name"
    choose(1, "Hide")
    assert "area" not in [column.key for column in page.table.shown_columns()]

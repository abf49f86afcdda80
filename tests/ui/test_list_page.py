"""A list page as a person uses it: typing, clicking, walking with keys."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from ims_desktop.domain.errors import Offline, UserError
from ims_desktop.domain.listing import Filter
from ims_desktop.domain.listing import Match as How
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail_panel import DetailPanel
from ims_desktop.ui.form_panel import FormPanel
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, Needs
from ims_desktop.ui.messages import Message
from tests.ui.kitchen import Kitchen, names

Settle = Callable[..., None]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_it_shows_rows_count_totals_and_tabs(page: ListPage):
    assert page.model.rowCount() == 200
    assert page.body.totals.accessibleName() == "450 items, Value 1,010,220.00"
    assert page.body.header.subtitle.whole() == "450 items"
    assert page.body.tabs.buttons["low"].text() == "Below par  150"


def test_scrolling_down_reads_the_next_pages(page: ListPage, settle: Settle):
    for _ in range(3):
        page.table.scrollToBottom()
        settle()
    assert page.model.rowCount() == 450
    assert len(set(names(page))) == 450


def test_an_empty_list_says_what_to_do(desk: Desk, open_page):
    assert open_page(spec=Kitchen(0).spec()).body.empty.title.text() == "No items yet"


def test_it_reads_again_when_its_subject_changed_and_keeps_the_place(
    page: ListPage, kitchen: Kitchen, desk: Desk, settle: Settle
):
    page.table.scrollToBottom()
    settle()
    page.table.choose(210)
    chosen, place = page.selected_rows(), page.table.verticalScrollBar().value()
    asked = len(kitchen.queries)
    desk.background.changed.emit(frozenset({"suppliers"}))
    settle()
    assert len(kitchen.queries) == asked
    desk.background.changed.emit(frozenset({"items", "stock"}))
    settle()
    assert kitchen.queries[-1].limit == 400
    assert page.selected_rows() == chosen
    assert page.table.verticalScrollBar().value() == place


def test_a_hidden_page_waits_until_it_is_seen(page: ListPage, kitchen: Kitchen, desk: Desk, settle: Settle):
    page.hide()
    asked = len(kitchen.queries)
    desk.background.changed.emit(frozenset({"items"}))
    settle()
    assert len(kitchen.queries) == asked
    page.show()
    settle()
    assert len(kitchen.queries) == asked + 1


def test_a_column_without_permission_is_not_there(desk: Desk, open_page):
    desk.rights = frozenset()
    shown = open_page()
    assert [column.key for column in shown.model.columns] == ["name", "area", "on_hand", "counted", "state"]
    assert "value" not in shown.body.filters.chips


def test_enter_opens_the_detail_and_escape_closes_it(page: ListPage, settle: Settle):
    page.table.choose(4)
    settle()
    assert page.panel is None
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    settle()
    assert isinstance(page.panel, DetailPanel)
    assert page.panel.record == page.selected_rows()[0]
    QTest.keyClick(page.panel, Qt.Key.Key_Escape)
    assert page.panel is None


def test_walking_down_takes_the_open_detail_along(page: ListPage, settle: Settle):
    page.table.choose(0)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    settle()
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    settle()
    assert isinstance(page.panel, DetailPanel)
    assert page.panel.record == page.model.rows[1]
    page.panel.stepped.emit(1)
    settle()
    assert page.panel.record == page.model.rows[2]


def test_ctrl_n_opens_the_form(page: ListPage, settle: Settle):
    QTest.keyClick(page.table, Qt.Key.Key_N, CTRL)
    settle()
    assert isinstance(page.panel, FormPanel)
    assert page.panel.boxes["name"].editor.line.hasFocus()  # type: ignore[attr-defined]


def test_a_saved_form_closes_tells_and_the_list_reads_again(
    page: ListPage, kitchen: Kitchen, settle: Settle, said: list[Message]
):
    page.start_new()
    panel = page.panel
    assert isinstance(panel, FormPanel)
    asked = len(kitchen.queries)
    QTest.keyClicks(panel.boxes["name"].editor.line, "Saffron")  # type: ignore[attr-defined]
    QTest.keyClick(panel, Qt.Key.Key_S, CTRL)
    settle()
    assert page.panel is None
    assert kitchen.saved[0]["name"] == "Saffron"
    assert [message.text for message in said] == ["Saved Saffron"]
    assert len(kitchen.queries) == asked + 1


def test_several_rows_bring_the_bar_with_their_actions(page: ListPage, kitchen: Kitchen, settle: Settle):
    page.table.choose(1)
    QTest.keyClick(page.table, Qt.Key.Key_Down, SHIFT)
    settle()
    assert page.body.picked.isVisible()
    page.run_action(page.spec.actions[0])
    assert kitchen.saved == [page.model.rows[1:3]]


def test_the_bar_goes_with_the_rows_it_speaks_of(page: ListPage, settle: Settle):
    page.table.choose(1)
    QTest.keyClick(page.table, Qt.Key.Key_Down, SHIFT)
    settle()
    assert page.body.picked.isVisible()
    QTest.keyClicks(page.body.filters.search, "qzx")
    QTest.keyClick(page.body.filters.search, Qt.Key.Key_Return)
    settle()
    assert page.model.rowCount() == 0
    assert not page.selected_rows()
    assert not page.body.picked.isVisible()


def test_an_action_that_needs_rows_does_nothing_without(page: ListPage, kitchen: Kitchen):
    page.table.clearSelection()
    page.run_action(page.spec.actions[0])
    assert kitchen.saved == []


def test_an_action_without_permission_is_not_there(desk: Desk, kitchen: Kitchen, open_page):
    ran: list[object] = []
    action = Action("Close day", lambda page, rows: ran.append(rows), permission="day.close", shortcut="Ctrl+E")
    page = open_page(spec=kitchen.spec(actions=(action, Action("One", lambda *_: None, needs=Needs.ONE))))
    assert not [one for one in page.findChildren(QMenu) if "Close" in one.title()]
    QTest.keyClick(page.table, Qt.Key.Key_E, CTRL)
    page.run_action(action)
    assert ran == []


def test_the_context_menu_offers_opening_and_copying(page: ListPage, settle: Settle):
    page.table.choose(0)
    page.table.customContextMenuRequested.emit(QPoint(20, 20))
    menu = page.findChildren(QMenu)[-1]
    titles = [action.text() for action in menu.actions() if isinstance(action, QAction) and action.text()]
    menu.close()
    assert titles == ["Open", "Copy with headers", "Archive"]


def test_everything_selected_is_exported_not_only_what_is_loaded(
    page: ListPage, settle: Settle, tmp_path: Path, said: list[Message]
):
    page.table.show_column(1, False)
    page.table.header.moveSection(page.table.header.visualIndex(5), 0)
    page.output.export_to(str(tmp_path / "items.csv"))
    settle()
    written = (tmp_path / "items.csv").read_bytes()
    lines = written.decode("utf-8-sig").split("\r\n")
    assert written.startswith(b"\xef\xbb\xbf")
    assert lines[0] == "Status,Item,Code,On hand,Unit,Value,Last counted"
    assert len(lines) == 1 + 450 + 1
    assert [message.text for message in said] == ["Exported 450 rows to items.csv"]
    assert list(tmp_path.glob("*.part")) == []


def test_an_export_that_fails_leaves_nothing_behind(
    page: ListPage, kitchen: Kitchen, settle: Settle, tmp_path: Path, said: list[Message]
):
    kitchen.error = UserError("The list is closed.")
    page.output.export_to(str(tmp_path / "items.csv"))
    settle()
    assert "The list is closed." in said[0].text
    page.output.export_to(str(tmp_path / "missing" / "items.csv"))
    settle()
    assert len(said) == 2
    assert list(tmp_path.glob("items*")) == []


def test_a_failed_first_read_offers_to_try_again(kitchen: Kitchen, open_page, settle: Settle):
    kitchen.error = UserError("The list is closed.")
    page = open_page()
    assert page.body.empty.text.text() == "The list is closed."
    kitchen.error = None
    page.body.empty.button.click()
    settle()
    assert page.model.rowCount() == 200


def test_offline_keeps_what_is_shown(page: ListPage, kitchen: Kitchen, settle: Settle, said: list[Message]):
    kitchen.error = Offline("The server cannot be reached.")
    page.reload()
    settle()
    assert page.model.rowCount() == 200
    assert said == []


def test_the_busy_line_appears_only_for_slow_reads(page: ListPage, kitchen: Kitchen, settle: Settle, qtbot):
    page.reload()
    settle()
    assert not page.body.busy.isVisible()
    gate = threading.Event()
    kitchen.wait = lambda query: gate.wait(3)
    page.reload()
    qtbot.waitUntil(page.body.busy.isVisible)
    gate.set()
    settle()
    assert not page.body.busy.isVisible()


def test_a_narrow_window_keeps_its_width_and_a_wide_one_shows_the_panel_beside(open_page, settle: Settle):
    narrow = open_page(1366)
    assert narrow.width() == 1366
    narrow.open_record(3)
    settle()
    assert narrow.body.width() == 1366
    wide = open_page(1600)
    wide.table.choose(2)
    settle()
    assert isinstance(wide.panel, DetailPanel)
    assert wide.body.width() == 1600 - 330


def test_building_a_page_opens_no_other_window(page: ListPage, app: QApplication, settle: Settle):
    before = {one for one in app.topLevelWidgets() if one.isVisible()}
    page.start_new()
    page.open_record(1)
    settle()
    assert {one for one in app.topLevelWidgets() if one.isVisible()} == before


def test_an_export_tells_how_far_it_is_and_can_be_stopped(
    page: ListPage, kitchen: Kitchen, settle: Settle, tmp_path: Path, said: list[Message], qtbot
):
    gate = threading.Event()
    kitchen.wait = lambda query: gate.wait(5) if query.limit == 1000 else None
    page.output.export_to(str(tmp_path / "items.csv"))
    bar = page.body.exporting
    assert not bar.isVisible()
    qtbot.waitUntil(bar.isVisible)
    bar.cancel.click()
    gate.set()
    settle()
    assert not bar.isVisible()
    assert [message.text for message in said] == ["The export was stopped; there is no file."]
    assert list(tmp_path.glob("items*")) == []


def test_a_panel_over_the_list_goes_with_escape_or_a_click_beside_it(page: ListPage, settle: Settle):
    for close in (
        lambda: QTest.keyClick(page.table, Qt.Key.Key_Escape),
        lambda: QTest.mouseClick(page.childAt(40, 400), Qt.MouseButton.LeftButton),
    ):
        page.table.choose(2)
        QTest.keyClick(page.table, Qt.Key.Key_Return)
        settle()
        assert isinstance(page.panel, DetailPanel)
        close()
        assert page.panel is None


def test_a_panel_that_came_by_itself_comes_and_goes_with_the_room(open_page, settle: Settle):
    page = open_page(1600)
    page.table.choose(2)
    settle()
    assert isinstance(page.panel, DetailPanel)
    page.resize(1366, 768)
    assert page.panel is None
    page.resize(1600, 920)
    settle()
    assert isinstance(page.panel, DetailPanel)
    page.table.choose(3)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    settle()
    page.resize(1366, 768)
    assert isinstance(page.panel, DetailPanel)


def test_an_open_detail_is_read_again_for_another_site(page: ListPage, kitchen: Kitchen, desk: Desk, settle: Settle):
    page.open_record(4)
    settle()
    kitchen.items = tuple(replace(item, name="Elsewhere") for item in kitchen.items)
    desk.choose_site(uuid4())
    settle()
    assert page.panel.record.name == "Elsewhere"  # type: ignore[union-attr]


def test_the_panel_offers_what_the_list_does_with_one_row(page: ListPage, kitchen: Kitchen, settle: Settle):
    row = page.model.rows[2]
    page.open_record(row.id)
    settle()
    menu = next(menu for menu in page.panel.findChildren(QMenu) if menu.actions())  # type: ignore[union-attr]
    assert [action.text() for action in menu.actions()] == ["Copy link", "Print…", "Archive"]
    menu.actions()[-1].trigger()
    assert kitchen.saved == [(row,)]


def test_an_empty_list_keeps_the_keyboard(page: ListPage, settle: Settle):
    page.table.setFocus()
    page.show_filters((Filter("area", How.IN, ("Nowhere",)),))
    settle()
    assert page.body.empty.button.hasFocus()
    QTest.keyClick(page.body.empty.button, Qt.Key.Key_Space)
    settle()
    assert page.table.hasFocus()


def test_an_empty_list_keeps_the_keyboard_when_views_are_counted_before_rows_are_read(page: ListPage, settle: Settle):
    page.table.setFocus()
    page.show_filters((Filter("area", How.IN, ("Nowhere",)),))
    settle()
    QTest.keyClick(page.body.empty.button, Qt.Key.Key_Space)
    page.body.show_counts({"low": 150})
    assert page.body.empty.button.hasFocus()
    settle()
    assert page.table.hasFocus()

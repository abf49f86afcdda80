"""Editing in a list as a person does it: typing, walking, filling, taking back, saving."""

import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from ims_desktop.ui.controls import bind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.messages import Message
from ims_desktop.ui.table_model import STAGED, THEIRS, WRONG
from tests.ui.hands import AREA, CTRL, DAYS, NAME, OPEN, PAR, PRICE, SHIFT, Hands, Key, Settle
from tests.ui.larder import Larder


def test_typing_changes_enter_goes_down_and_save_writes_everything_in_one_go(
    person: Hands, larder: Larder, said: list[Message]
) -> None:
    person.go(1, PAR).type("7")
    assert person.here == (2, PAR)
    person.type("8", Key.Key_Tab)
    assert person.here == (2, PRICE)
    person.type("3.25", Key.Key_Return, SHIFT)
    assert person.here == (1, PRICE)
    assert person.words(1, PAR) == "7"
    assert person.role(1, PAR, STAGED) is not None
    assert person.role(1, PAR, Qt.ItemDataRole.ToolTipRole) == "Was 1"
    assert larder.saves == []
    assert person.bar.isVisible()
    assert "3 changes in 2 jars" in person.bar._words.text()
    person.save()
    assert len(larder.saves) == 1
    assert [larder.jars[1].par, larder.jars[2].par, larder.jars[2].price] == [7, 8, Decimal("3.25")]
    assert not person.bar.isVisible()
    assert said[-1].text == "Saved 3 changes in 2 jars"
    said[-1].act and said[-1].act()
    person.settle()
    assert [larder.jars[1].par, larder.jars[2].par, larder.jars[2].price] == [1, 2, 1]
    assert person.words(1, PAR) == "1"


def test_escape_takes_back_what_was_typed_and_looking_changes_nothing(person: Hands) -> None:
    person.go(3, PAR).type("99", Key.Key_Escape)
    assert person.words(3, PAR) == "3"
    person.press(Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "3"
    person.press(Key.Key_Return)
    assert not person.grid.dirty
    person.go(3, PAR).type("3")
    assert not person.grid.dirty


def test_arithmetic_and_units_are_worked_out_and_the_way_is_told(person: Hands) -> None:
    person.go(0, PAR).type("2 case + 4")
    assert person.words(0, PAR) == "16"
    assert "2 case × 6 tin + 4 tin = 16 tin" in person.role(0, PAR, Qt.ItemDataRole.ToolTipRole)
    person.go(0, PRICE).type("=3*1.5")
    assert person.words(0, PRICE) == "4.50"


def test_what_cannot_be_read_stays_as_typed_and_is_found_by_f8(person: Hands, larder: Larder) -> None:
    person.go(0, PRICE).type("cheap")
    person.go(5, PAR).type("-3")
    person.go(7, PAR).type("70")
    assert person.words(0, PRICE) == "cheap"
    assert person.role(0, PRICE, WRONG) == "“cheap” is not a number."
    assert person.bar.problems.text().strip() == "2 problems"
    person.save()
    assert larder.saves == []
    assert person.here == (0, PRICE)
    person.press(Key.Key_F8)
    assert person.here == (5, PAR)
    person.type("3")
    person.go(0, PRICE).type("2")
    person.save()
    assert len(larder.saves) == 1
    assert larder.jars[5].par == 3


def test_problems_of_the_server_come_all_at_once_at_their_cells(person: Hands, larder: Larder) -> None:
    person.go(1, PAR).type("999")
    person.go(4, PAR).type("999")
    person.go(5, PAR).type("50")
    person.save()
    assert person.role(1, PAR, WRONG) == person.role(4, PAR, WRONG) == "Nobody has room for 999."
    assert person.role(5, PAR, WRONG) == ""
    assert larder.jars[5].par == 5
    assert person.here == (1, PAR)
    person.type("10")
    assert person.role(1, PAR, WRONG) == ""


def test_undo_and_redo_go_step_by_step(person: Hands) -> None:
    person.go(0, PAR).type("5")
    person.type("6")
    person.press(Key.Key_Z, CTRL)
    assert (person.words(0, PAR), person.words(1, PAR)) == ("5", "1")
    person.press(Key.Key_Z, CTRL)
    assert not person.grid.dirty
    person.press(Key.Key_Y, CTRL)
    person.press(Key.Key_Z, CTRL | SHIFT)
    assert (person.words(0, PAR), person.words(1, PAR)) == ("5", "6")


def test_the_key_is_left_to_the_window_once_no_step_is_left_to_take_back(person: Hands) -> None:
    by_window: list[str] = []
    bind(person.page, "Ctrl+Z", lambda: by_window.append("the toast is taken back"))
    person.go(1, PAR).type("10")
    person.press(Key.Key_Z, CTRL)
    assert (by_window, person.grid.dirty) == ([], False)
    person.go(1, PAR).type("10")
    person.save()
    person.press(Key.Key_Z, CTRL)
    assert by_window == ["the toast is taken back"]


def test_fill_down_fill_right_and_clear(person: Hands, said: list[Message]) -> None:
    person.select(2, PAR, 5, PAR).press(Key.Key_D, CTRL)
    assert [person.words(row, PAR) for row in range(2, 6)] == ["2"] * 4
    person.go(7, PAR).press(Key.Key_D, CTRL)
    assert person.words(7, PAR) == "6"
    person.select(8, PAR, 8, PRICE).press(Key.Key_R, CTRL)
    assert person.words(8, PRICE) == "8.00"
    person.select(2, PAR, 3, PRICE).press(Key.Key_Delete)
    assert [person.words(row, PAR) for row in (2, 3)] == ["—", "—"]
    assert person.words(2, PRICE) == "1.00"  # a price is needed
    assert "Price cannot be empty" in said[-1].text


def test_choices_ticks_and_flags(person: Hands) -> None:
    person.go(0, AREA).type("cel")
    assert person.words(0, AREA) == "Cellar"
    person.go(0, DAYS).type("tue, mon")
    assert person.words(0, DAYS) == "Tue, Mon"
    person.select(0, OPEN, 3, OPEN).press(Key.Key_Space)
    assert [person.words(row, OPEN) for row in range(4)] == ["✓"] * 4
    person.press(Key.Key_Space)
    assert [person.words(row, OPEN) for row in range(4)] == [""] * 4


def test_edits_survive_sorting_searching_and_reading_again(person: Hands, larder: Larder) -> None:
    person.go(11, PAR).type("500")
    person.page.table.header.sort_by(NAME)
    person.settle()
    assert person.words(0, PAR) == "500"
    person.page.body.filters.search.setText("0003")
    person.page.reload()
    person.settle()
    assert "1 change in 1 jar" in person.bar._words.text()
    person.page.body.filters.clear()
    person.settle()
    person.page.table.setFocus()
    person.save()
    assert larder.jars[11].par == 500


def test_somebody_else_was_faster_and_nothing_is_lost(person: Hands, larder: Larder) -> None:
    person.go(1, PAR).type("10")
    person.go(2, PAR).type("20")
    larder.put(1, par=Decimal(77))
    larder.put(2, par=Decimal(88))
    person.save()
    assert person.role(1, PAR, THEIRS) == "77"
    assert person.words(1, PAR) == "10"
    assert person.here == (1, PAR)
    assert "Theirs: 77. Yours: 10." in person.bar._note.text.text()
    person.bar._note.buttons[0].click()
    person.press(Key.Key_F8)
    assert person.here == (2, PAR)
    person.bar._note.buttons[1].click()
    person.page.table.setFocus()
    person.save()
    assert [larder.jars[1].par, larder.jars[2].par] == [10, 88]
    assert not person.grid.dirty


def test_a_conflict_is_seen_as_soon_as_the_rows_are_read_again(person: Hands, larder: Larder, desk: Desk) -> None:
    person.go(1, PAR).type("10")
    person.go(2, PAR).type("20")
    larder.put(1, par=Decimal(77))
    larder.put(2, par=Decimal(20))
    desk.background.changed.emit(frozenset({"jars"}))
    person.settle()
    assert person.role(1, PAR, THEIRS) == "77"
    assert person.role(2, PAR, STAGED) is None  # both wanted the same


def test_rows_that_arrive_while_somebody_types_wait(person: Hands, larder: Larder, desk: Desk) -> None:
    person.go(1, PAR).type("12", None)
    larder.put(4, name="Renamed")
    desk.background.changed.emit(frozenset({"jars"}))
    person.settle()
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "12"
    person.press(Key.Key_Return)
    person.settle()
    assert person.words(1, PAR) == "12"
    assert "Renamed" in [person.words(row, NAME) for row in range(12)]


def test_what_is_changed_while_it_is_saved_stays_an_edit(person: Hands, larder: Larder) -> None:
    person.go(1, PAR).type("10")
    larder.wait = lambda: time.sleep(0.05)
    person.press(Key.Key_S, CTRL)
    person.go(1, PAR).type("11")
    person.settle()
    assert larder.jars[1].par == 10
    assert person.words(1, PAR) == "11"
    person.save()
    assert larder.jars[1].par == 11


def test_leaving_asks_about_unsaved_changes(person: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, Any]] = []
    monkeypatch.setattr(person.grid.desk.messages, "ask", lambda question, yes, **more: asked.append((question, yes)))
    gone: list[int] = []
    person.page.leave(lambda: gone.append(1))
    assert gone == [1]
    person.go(1, PAR).type("10")
    person.page.leave(lambda: gone.append(2))
    assert gone == [1]
    assert asked[0][0] == "1 change is not saved. Leave without it?"
    asked[0][1]()
    assert gone == [1, 2]
    assert not person.grid.dirty


def test_discard_can_be_undone(person: Hands, said: list[Message]) -> None:
    person.go(1, PAR).type("10")
    person.bar.discard.click()
    assert not person.grid.dirty
    said[-1].act and said[-1].act()
    assert person.words(1, PAR) == "10"


def test_the_foot_adds_up_what_is_selected(person: Hands) -> None:
    person.select(1, PAR, 4, PAR)
    person.settle()
    assert person.page.editing is not None
    assert person.page.editing.sum.words.whole() == "4 cells · 4 numbers · sum 10 · average 2"


def test_who_may_not_edit_has_an_ordinary_list(larder: Larder, desk: Desk, settle: Settle) -> None:
    columns = tuple(
        replace(c, edit=replace(c.edit, permission="larder.edit") if c.edit else None) for c in larder.spec().columns
    )
    page = ListPage(desk, larder.spec(columns=columns))
    page.resize(1200, 700)
    page.show()
    settle()
    assert page.editing is None
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(300, 60))
    assert len(page.table.selectionModel().selectedRows()) == 1
    page.close()
    page.deleteLater()


def test_the_title_opens_and_every_other_cell_edits(person: Hands) -> None:
    opened: list[Any] = []
    person.page.table.opened.connect(opened.append)
    person.go(1, NAME).press(Key.Key_Return)
    assert [jar.id for jar in opened] == [1]
    person.go(1, PAR).press(Key.Key_Return)
    assert person.here == (2, PAR)
    assert len(opened) == 1
    person.page.table.choose(4)
    person.go(4, PAR).press(Key.Key_Space, SHIFT).press(Key.Key_Return)
    assert [jar.id for jar in opened] == [1, 4]
    where = person.go(2, PRICE).page.table.visualRect(person.page.model.index(2, PRICE)).center()
    QTest.mouseDClick(person.page.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
    assert person.page.table.is_editing


def test_tab_leaves_the_table_unless_somebody_fills_in(person: Hands) -> None:
    person.go(1, PAR).press(Key.Key_Tab)
    assert QApplication.focusWidget() is not person.page.table
    person.page.table.setFocus()
    person.go(1, PAR).type("4", Key.Key_Tab).press(Key.Key_Tab)
    assert person.here == (1, AREA)

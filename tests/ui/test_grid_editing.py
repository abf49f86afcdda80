"""Editing in a list as a person does it: typing, walking, filling, taking back, saving."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from ims_desktop.ui.bulk_edit import EMPTIED, BulkPanel
from ims_desktop.ui.cell_ticks import TickLine
from ims_desktop.ui.controls import bind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.messages import Message
from ims_desktop.ui.paste_panel import PastePanel
from ims_desktop.ui.table_model import STAGED, THEIRS, WRONG
from tests.ui.larder import Larder

Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NAME, PAR, PRICE, AREA, DAYS, OPEN, NUMBER = range(7)
Settle = Callable[..., None]


class Person:
    """Somebody at the list: hands on keyboard and mouse."""

    def __init__(self, page: ListPage, settle: Settle) -> None:
        self.page, self.settle = page, settle
        assert page.editing is not None
        self.grid = page.editing.grid

    def go(self, row: int, column: int) -> "Person":
        """Click into a cell."""
        table = self.page.table
        where = table.visualRect(self.page.model.index(row, column)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
        return self

    def select(self, top: int, left: int, bottom: int, right: int) -> "Person":
        """Click the first cell, Shift+click the last."""
        self.go(top, left)
        table = self.page.table
        where = table.visualRect(self.page.model.index(bottom, right)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, SHIFT, where)
        return self

    def press(self, key: Key, modifiers: Any = Qt.KeyboardModifier.NoModifier) -> "Person":
        """Press a key where the focus is."""
        QTest.keyClick(QApplication.focusWidget() or self.page.table, key, modifiers)
        return self

    def type(
        self, words: str, then: Key | None = Key.Key_Return, modifiers: Any = Qt.KeyboardModifier.NoModifier
    ) -> "Person":
        """Type into the cell stood on."""
        QTest.keyClicks(QApplication.focusWidget() or self.page.table, words[:1])
        QTest.keyClicks(QApplication.focusWidget() or self.page.table, words[1:])
        return self if then is None else self.press(then, modifiers)

    def paste(self, text: str) -> "Person":
        """Ctrl+V."""
        QGuiApplication.clipboard().setText(text)
        self.press(Key.Key_V, CTRL)
        self.settle()
        return self

    def save(self) -> "Person":
        """Ctrl+S."""
        self.press(Key.Key_S, CTRL)
        self.settle()
        return self

    def words(self, row: int, column: int) -> str:
        """What a cell shows."""
        return str(self.page.model.index(row, column).data())

    def role(self, row: int, column: int, role: int) -> Any:
        """What the model tells about a cell."""
        return self.page.model.index(row, column).data(role)

    @property
    def here(self) -> tuple[int, int]:
        """The cell stood on."""
        index = self.page.table.currentIndex()
        return index.row(), index.column()

    @property
    def bar(self) -> Any:
        """The save bar."""
        assert self.page.editing is not None
        return self.page.editing.save_bar


@pytest.fixture
def larder() -> Larder:
    """Twelve jars."""
    return Larder()


@pytest.fixture
def person(larder: Larder, desk: Desk, settle: Settle) -> Iterator[Person]:
    """Somebody who opened the list."""
    page = ListPage(desk, larder.spec())
    page.resize(1366, 768)
    page.show()
    page.activateWindow()
    settle()
    page.table.setFocus()
    yield Person(page, settle)
    page.close()
    page.deleteLater()


def test_typing_changes_enter_goes_down_and_save_writes_everything_in_one_go(
    person: Person, larder: Larder, said: list[Message]
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


def test_escape_takes_back_what_was_typed_and_looking_changes_nothing(person: Person) -> None:
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


def test_arithmetic_and_units_are_worked_out_and_the_way_is_told(person: Person) -> None:
    person.go(0, PAR).type("2 case + 4")
    assert person.words(0, PAR) == "16"
    assert "2 case × 6 tin + 4 tin = 16 tin" in person.role(0, PAR, Qt.ItemDataRole.ToolTipRole)
    person.go(0, PRICE).type("=3*1.5")
    assert person.words(0, PRICE) == "4.50"


def test_what_cannot_be_read_stays_as_typed_and_is_found_by_f8(person: Person, larder: Larder) -> None:
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


def test_problems_of_the_server_come_all_at_once_at_their_cells(person: Person, larder: Larder) -> None:
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


def test_undo_and_redo_go_step_by_step(person: Person) -> None:
    person.go(0, PAR).type("5")
    person.type("6")
    person.press(Key.Key_Z, CTRL)
    assert (person.words(0, PAR), person.words(1, PAR)) == ("5", "1")
    person.press(Key.Key_Z, CTRL)
    assert not person.grid.dirty
    person.press(Key.Key_Y, CTRL)
    person.press(Key.Key_Z, CTRL | SHIFT)
    assert (person.words(0, PAR), person.words(1, PAR)) == ("5", "6")


def test_the_key_is_left_to_the_window_once_no_step_is_left_to_take_back(person: Person) -> None:
    by_window: list[str] = []
    bind(person.page, "Ctrl+Z", lambda: by_window.append("the toast is taken back"))
    person.go(1, PAR).type("10")
    person.press(Key.Key_Z, CTRL)
    assert (by_window, person.grid.dirty) == ([], False)
    person.go(1, PAR).type("10")
    person.save()
    person.press(Key.Key_Z, CTRL)
    assert by_window == ["the toast is taken back"]


def test_fill_down_fill_right_and_clear(person: Person, said: list[Message]) -> None:
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


def test_choices_ticks_and_flags(person: Person) -> None:
    person.go(0, AREA).type("cel")
    assert person.words(0, AREA) == "Cellar"
    person.go(0, DAYS).type("tue, mon")
    assert person.words(0, DAYS) == "Tue, Mon"
    person.select(0, OPEN, 3, OPEN).press(Key.Key_Space)
    assert [person.words(row, OPEN) for row in range(4)] == ["✓"] * 4
    person.press(Key.Key_Space)
    assert [person.words(row, OPEN) for row in range(4)] == [""] * 4


def test_a_single_value_fills_the_selected_cells(person: Person) -> None:
    person.select(0, PAR, 4, PAR).paste("12")
    assert [person.words(row, PAR) for row in range(5)] == ["12"] * 5
    person.press(Key.Key_Z, CTRL)
    assert not person.grid.dirty


def test_a_block_is_shown_before_it_is_taken_over(person: Person, larder: Larder) -> None:
    person.go(1, PAR).paste("20\t5.00\n1 case\tcheap\n3\t1.50\r\n")
    panel = person.page.panel
    assert isinstance(panel, PastePanel)
    assert (panel.changed, panel.same, panel.refused) == (3, 2, 1)
    assert panel.model.index(0, 3).data() == "“cheap” is not a number."
    assert not person.grid.dirty
    panel.accept()
    assert person.page.panel is None
    assert [person.words(row, PAR) for row in (1, 2, 3)] == ["20", "6", "3"]
    assert person.words(2, PRICE) == "1.00"
    person.page.table.setFocus()
    person.save()
    assert larder.jars[2].par == 6


def test_a_block_with_titles_finds_its_columns_and_what_cannot_change_is_refused(person: Person) -> None:
    person.go(0, NAME).paste("Price\tNumber\n9\t0\n8\t77")
    panel = person.page.panel
    assert isinstance(panel, PastePanel)
    assert (panel.changed, panel.same, panel.refused) == (2, 1, 1)
    panel.accept()
    assert (person.words(0, PRICE), person.words(1, PRICE)) == ("9.00", "8.00")


def test_a_copied_block_can_be_pasted_back(person: Person) -> None:
    person.select(0, NAME, 2, PRICE).press(Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text().splitlines()[0] == "Jar 0000\t0\t0.00"
    person.press(Key.Key_C, CTRL | SHIFT)
    text = QGuiApplication.clipboard().text()
    assert text.splitlines()[0] == "Jar\tPar\tPrice"
    person.go(4, NAME).paste(text)
    panel = person.page.panel
    assert isinstance(panel, PastePanel)
    assert (panel.changed, panel.refused) == (9, 0)


def test_edits_survive_sorting_searching_and_reading_again(person: Person, larder: Larder) -> None:
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


def test_somebody_else_was_faster_and_nothing_is_lost(person: Person, larder: Larder) -> None:
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


def test_a_conflict_is_seen_as_soon_as_the_rows_are_read_again(person: Person, larder: Larder, desk: Desk) -> None:
    person.go(1, PAR).type("10")
    person.go(2, PAR).type("20")
    larder.put(1, par=Decimal(77))
    larder.put(2, par=Decimal(20))
    desk.background.changed.emit(frozenset({"jars"}))
    person.settle()
    assert person.role(1, PAR, THEIRS) == "77"
    assert person.role(2, PAR, STAGED) is None  # both wanted the same


def test_rows_that_arrive_while_somebody_types_wait(person: Person, larder: Larder, desk: Desk) -> None:
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


def test_what_is_changed_while_it_is_saved_stays_an_edit(person: Person, larder: Larder) -> None:
    person.go(1, PAR).type("10")
    larder.wait = lambda: time.sleep(0.05)
    person.press(Key.Key_S, CTRL)
    person.go(1, PAR).type("11")
    person.settle()
    assert larder.jars[1].par == 10
    assert person.words(1, PAR) == "11"
    person.save()
    assert larder.jars[1].par == 11


def test_leaving_asks_about_unsaved_changes(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_discard_can_be_undone(person: Person, said: list[Message]) -> None:
    person.go(1, PAR).type("10")
    person.bar.discard.click()
    assert not person.grid.dirty
    said[-1].act and said[-1].act()
    assert person.words(1, PAR) == "10"


def test_many_rows_are_changed_in_one_form(person: Person, larder: Larder, said: list[Message]) -> None:
    person.select(2, NAME, 6, NAME)
    assert person.page.body.picked.isVisible()
    person.page.change_rows(person.page.selected_rows())
    panel = person.page.panel
    assert isinstance(panel, BulkPanel)
    price = panel.boxes["price"].editor.findChild(QLineEdit)
    assert price is not None
    QTest.keyClicks(price, "9.90")
    assert panel.save_button.text().strip() == "Change 5 jars"
    panel.save()
    person.settle()
    assert len(larder.saves) == 1
    assert [larder.jars[n].price for n in range(2, 7)] == [Decimal("9.90")] * 5
    assert larder.jars[2].par == 2
    assert person.page.panel is None
    said[-1].act and said[-1].act()
    person.settle()
    assert larder.jars[6].price == 3


def test_many_rows_are_emptied_and_read_packs_each_by_its_own_units(person: Person, larder: Larder) -> None:
    person.select(2, NAME, 4, NAME)
    person.page.change_rows(person.page.selected_rows())
    panel = person.page.panel
    assert isinstance(panel, BulkPanel)
    par = panel.boxes["par"].editor.findChild(QLineEdit)
    assert par is not None
    QTest.keyClicks(par, "2 case + 4")
    assert panel.save_button.text().strip() == "Change 3 jars"
    QTest.keyClicks(par, " box")
    assert panel.save_button.text().strip() == "Change 0 jars"
    panel.save()
    assert any("Jar 0002" in text for text in panel_words(panel))
    par.setText("")
    QTest.keyClicks(par, "2 case + 4")
    panel.save()
    person.settle()
    assert [larder.jars[n].par for n in range(2, 5)] == [16, 16, 16]
    person.page.change_rows(person.page.selected_rows())
    panel = person.page.panel
    assert isinstance(panel, BulkPanel)
    names = [button.accessibleName() for button in panel.findChildren(QPushButton)]
    assert "Empty Par" in names
    assert "Empty Price" not in names, "a price there must be"
    next(b for b in panel.findChildren(QPushButton) if b.accessibleName() == "Empty Par").click()
    assert panel.save_button.text().strip() == "Change 3 jars"
    panel.boxes["days"].editor.show_value((EMPTIED,))
    panel.save()
    person.settle()
    assert [larder.jars[n].par for n in range(2, 5)] == [None] * 3
    assert [larder.jars[n].days for n in range(2, 5)] == [()] * 3


def panel_words(panel: BulkPanel) -> list[str]:
    return [one.text() for one in panel.findChildren(QLabel)]


def test_the_button_of_selected_rows_says_how_many(person: Person) -> None:
    person.select(2, NAME, 6, NAME)
    person.settle()
    words = [one.text().strip() for one in person.page.body.picked.findChildren(QPushButton)]
    assert "Change 5 jars" in words


def test_several_choices_are_ticked_by_keyboard_and_by_letters(person: Person, larder: Larder) -> None:
    person.go(1, DAYS).press(Key.Key_F2)
    line = QApplication.focusWidget()
    assert isinstance(line, TickLine)
    assert line.ticks.isVisible()
    person.press(Key.Key_Down).press(Key.Key_Down).press(Key.Key_Space)
    assert line.text() == "Mon, Tue"
    person.press(Key.Key_Down).press(Key.Key_Space).press(Key.Key_Up).press(Key.Key_Space)
    assert line.text() == "Mon, Thu"
    person.press(Key.Key_Return)
    assert person.words(1, DAYS) == "Mon, Thu"
    person.type("tu, th")
    assert person.words(2, DAYS) == "Tue, Thu"
    person.save()
    assert [larder.jars[1].days, larder.jars[2].days] == [(1, 4), (2, 4)]


def test_the_foot_adds_up_what_is_selected(person: Person) -> None:
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


def test_the_title_opens_and_every_other_cell_edits(person: Person) -> None:
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


def test_tab_leaves_the_table_unless_somebody_fills_in(person: Person) -> None:
    person.go(1, PAR).press(Key.Key_Tab)
    assert QApplication.focusWidget() is not person.page.table
    person.page.table.setFocus()
    person.go(1, PAR).type("4", Key.Key_Tab).press(Key.Key_Tab)
    assert person.here == (1, AREA)


def test_five_thousand_rows_are_pasted_in_slices(desk: Desk, settle: Settle, qtbot: QtBot) -> None:
    larder = Larder(5_200)
    page = ListPage(desk, larder.spec())
    qtbot.addWidget(page)
    page.resize(1366, 768)
    page.show()
    settle()
    page.table.setFocus()
    somebody = Person(page, settle)
    somebody.go(0, PAR).paste("\n".join(str(number + 2_000) for number in range(5_000)))
    qtbot.waitUntil(lambda: isinstance(page.panel, PastePanel), timeout=60_000)
    panel = page.panel
    assert isinstance(panel, PastePanel)
    assert (panel.changed, panel.refused) == (5_000, 0)
    panel.accept()
    assert "5,000 changes in 5,000 jars" in somebody.bar._words.text()
    page.table.setFocus()
    somebody.save()
    assert larder.jars[4_999].par == 6_999


def test_selected_ranges_survive_a_reload(person: Person, desk: Desk) -> None:
    model, table = person.page.model, person.page.table
    wanted = QItemSelection(model.index(2, PAR), model.index(4, PRICE))
    table.selectionModel().select(wanted, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    table.selectionModel().setCurrentIndex(model.index(2, PAR), QItemSelectionModel.SelectionFlag.NoUpdate)
    desk.background.changed.emit(frozenset({"jars"}))
    person.settle()
    assert set(table.selected_cells()) == {(row, column) for row in (2, 3, 4) for column in (PAR, PRICE)}
    assert person.here == (2, PAR)

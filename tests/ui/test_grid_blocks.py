"""Many cells at once: blocks that are pasted, rows that are changed in one form."""

from decimal import Decimal

from PySide6.QtCore import QCoreApplication, QEvent, QItemSelection, QItemSelectionModel
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from ims_desktop.ui.bulk_edit import EMPTIED, BulkPanel
from ims_desktop.ui.cell_ticks import TickLine
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.messages import Message
from ims_desktop.ui.paste_panel import PastePanel
from tests.ui.hands import CTRL, DAYS, NAME, PAR, PRICE, SHIFT, Hands, Key, Settle
from tests.ui.larder import Larder


def test_a_single_value_fills_the_selected_cells(person: Hands) -> None:
    person.select(0, PAR, 4, PAR).paste("12")
    assert [person.words(row, PAR) for row in range(5)] == ["12"] * 5
    person.press(Key.Key_Z, CTRL)
    assert not person.grid.dirty


def test_a_block_is_shown_before_it_is_taken_over(person: Hands, larder: Larder) -> None:
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


def test_one_block_after_the_other_can_be_pasted(person: Hands) -> None:
    for number in ("7\n8", "9\n10", "11\n12"):
        person.go(1, PAR).paste(number)
        panel = person.page.panel
        assert isinstance(panel, PastePanel)
        panel.accept()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert [person.words(row, PAR) for row in (1, 2)] == ["11", "12"]


def test_where_nothing_is_selected_a_block_goes_where_one_stands(person: Hands) -> None:
    person.go(1, PAR)
    person.page.table.clearSelection()
    person.paste("7\n8")
    panel = person.page.panel
    assert isinstance(panel, PastePanel)
    assert panel.changed == 2


def test_a_block_with_titles_finds_its_columns_and_what_cannot_change_is_refused(person: Hands) -> None:
    person.go(0, NAME).paste("Price\tNumber\n9\t0\n8\t77")
    panel = person.page.panel
    assert isinstance(panel, PastePanel)
    assert (panel.changed, panel.same, panel.refused) == (2, 1, 1)
    panel.accept()
    assert (person.words(0, PRICE), person.words(1, PRICE)) == ("9.00", "8.00")


def test_a_copied_block_can_be_pasted_back(person: Hands) -> None:
    person.select(0, NAME, 2, PRICE).press(Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text().splitlines()[0] == "Jar 0000\t0\t0.00"
    person.press(Key.Key_C, CTRL | SHIFT)
    text = QGuiApplication.clipboard().text()
    assert text.splitlines()[0] == "Jar\tPar\tPrice"
    person.go(4, NAME).paste(text)
    panel = person.page.panel
    assert isinstance(panel, PastePanel)
    assert (panel.changed, panel.refused) == (9, 0)


def test_many_rows_are_changed_in_one_form(person: Hands, larder: Larder, said: list[Message]) -> None:
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


def test_many_rows_are_emptied_and_read_packs_each_by_its_own_units(person: Hands, larder: Larder) -> None:
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


def test_the_button_of_selected_rows_says_how_many(person: Hands) -> None:
    person.select(2, NAME, 6, NAME)
    person.settle()
    words = [one.text().strip() for one in person.page.body.picked.findChildren(QPushButton)]
    assert "Change 5 jars" in words


def test_several_choices_are_ticked_by_keyboard_and_by_letters(person: Hands, larder: Larder) -> None:
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


def test_five_thousand_rows_are_pasted_in_slices(desk: Desk, settle: Settle, qtbot: QtBot) -> None:
    larder = Larder(5_200)
    page = ListPage(desk, larder.spec())
    qtbot.addWidget(page)
    page.resize(1366, 768)
    page.show()
    settle()
    page.table.setFocus()
    somebody = Hands(page, settle)
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


def test_selected_ranges_survive_a_reload(person: Hands, desk: Desk) -> None:
    model, table = person.page.model, person.page.table
    wanted = QItemSelection(model.index(2, PAR), model.index(4, PRICE))
    table.selectionModel().select(wanted, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    table.selectionModel().setCurrentIndex(model.index(2, PAR), QItemSelectionModel.SelectionFlag.NoUpdate)
    desk.background.changed.emit(frozenset({"jars"}))
    person.settle()
    assert set(table.selected_cells()) == {(row, column) for row in (2, 3, 4) for column in (PAR, PRICE)}
    assert person.here == (2, PAR)

"""A scanner is heard in its table, and asks nothing of the rest of the program."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.ui.scanner import Scanner

CODE = "8000500310427"


class Listening(Scanner):
    """Notes whose events it was asked about."""

    def __init__(self, table: QWidget) -> None:
        self.asked: set[QObject] = set()
        super().__init__(table)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.asked.add(watched)
        return super().eventFilter(watched, event)


def test_a_scanner_is_asked_about_what_has_the_keyboard_in_its_table_alone(app: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    beside, table = QLineEdit(), QWidget()
    first, second = QLineEdit(table), QLineEdit(table)
    lying = QVBoxLayout(window)
    for one in (beside, table):
        lying.addWidget(one)
    window.show()
    window.activateWindow()
    beside.setFocus()
    scanner = Listening(table)
    scanner.pause = 30  # a busy machine is slower than any scanner
    codes: list[str] = []
    scanner.scanned.connect(codes.append)

    QTest.keyClicks(beside, CODE)
    QTest.keyClick(beside, Qt.Key.Key_Return)
    window.resize(500, 400)
    QApplication.processEvents()
    assert (scanner.asked, codes) == (set(), [])

    for line in (first, second):
        line.setFocus()
        QTest.keyClicks(line, CODE)
        QTest.keyClick(line, Qt.Key.Key_Return)
    assert codes == [CODE, CODE]
    assert scanner.asked == {first, second}

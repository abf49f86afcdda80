"""Hands on keyboard and mouse, at a list whose cells are edited."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ims_desktop.ui.list_page import ListPage

Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NAME, PAR, PRICE, AREA, DAYS, OPEN, NUMBER = range(7)
Settle = Callable[..., None]


class Hands:
    """Somebody at the list: hands on keyboard and mouse."""

    def __init__(self, page: ListPage, settle: Settle) -> None:
        self.page, self.settle = page, settle
        assert page.editing is not None
        self.grid = page.editing.grid

    def go(self, row: int, column: int) -> "Hands":
        """Click into a cell."""
        table = self.page.table
        where = table.visualRect(self.page.model.index(row, column)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
        return self

    def select(self, top: int, left: int, bottom: int, right: int) -> "Hands":
        """Click the first cell, Shift+click the last."""
        self.go(top, left)
        table = self.page.table
        where = table.visualRect(self.page.model.index(bottom, right)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, SHIFT, where)
        return self

    def press(self, key: Key, modifiers: Any = Qt.KeyboardModifier.NoModifier) -> "Hands":
        """Press a key where the focus is."""
        QTest.keyClick(QApplication.focusWidget() or self.page.table, key, modifiers)
        return self

    def type(
        self, words: str, then: Key | None = Key.Key_Return, modifiers: Any = Qt.KeyboardModifier.NoModifier
    ) -> "Hands":
        """Type into the cell stood on."""
        QTest.keyClicks(QApplication.focusWidget() or self.page.table, words[:1])
        QTest.keyClicks(QApplication.focusWidget() or self.page.table, words[1:])
        return self if then is None else self.press(then, modifiers)

    def paste(self, text: str) -> "Hands":
        """Ctrl+V."""
        QGuiApplication.clipboard().setText(text)
        self.press(Key.Key_V, CTRL)
        self.settle()
        return self

    def save(self) -> "Hands":
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

"""The keys of a list that can be edited, as people know them from spreadsheets."""

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTableView

from ims_desktop.ui.columns import Column, Kind

Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier
ENTER = (Key.Key_Return, Key.Key_Enter)
KEYPAD = Qt.KeyboardModifier.KeypadModifier


class Act(Protocol):
    """What a key does."""

    def __call__(self) -> Any:
        """Do it."""


class GridKeys(QObject):
    """Reads keys in the table: `acts` by (key, modifiers), and the way from cell to cell."""

    copied = Signal(object)  # bool: with titles

    def __init__(self, table: QTableView, columns: tuple[Column, ...]) -> None:
        super().__init__(table)
        self._table, self._columns = table, columns
        self.is_filling_in = False  # Tab goes on while somebody fills in; otherwise it leaves the table, as anywhere
        self.acts: dict[tuple[Key, Qt.KeyboardModifier], Act] = {}
        self.may_undo: Callable[[], bool] = lambda: True
        self.shown: Callable[[], tuple[int, ...]] = tuple
        table.pressed.connect(self._pressed)

    def wants(self, event: QKeyEvent) -> bool:
        """Whether a key means something here that the window would take for itself."""
        key, modifiers = Key(event.key()), event.modifiers() & ~KEYPAD
        if (key, modifiers) == (Key.Key_Z, CTRL):
            return self.may_undo()
        return (key, modifiers) in self.acts

    def press(self, event: QKeyEvent) -> bool:
        """Act on a key; whether it was one of the grid."""
        key, modifiers = Key(event.key()), event.modifiers() & ~KEYPAD
        act = self.acts.get((key, modifiers))
        index = self._table.currentIndex()
        if act is not None:
            self._select_here(index)
            act()
        elif key in ENTER and modifiers in (PLAIN, SHIFT) and index.isValid():
            if self._opens(index):
                return False
            self.step("up" if modifiers == SHIFT else "down")
        elif key in (Key.Key_Tab, Key.Key_Backtab) and self.is_filling_in:
            self.step("right" if key == Key.Key_Tab else "left")
        elif key == Key.Key_Space and modifiers == SHIFT and index.isValid():
            self._table.selectRow(index.row())
        else:
            self.is_filling_in = self.is_filling_in and key in (Key.Key_Shift, Key.Key_Control, Key.Key_Alt)
            return False
        return True

    def edit(self, index: QModelIndex) -> bool:
        """Edit a cell that was clicked twice; the title is for opening the record."""
        editable = bool(index.flags() & Qt.ItemFlag.ItemIsEditable)
        if self._columns[index.column()].kind is Kind.TITLE or not editable:
            return False
        if self._columns[index.column()].kind is not Kind.FLAG:
            self._table.edit(index)
        return True

    def typed(self) -> None:
        """Somebody fills in: Tab goes from cell to cell from now on."""
        self.is_filling_in = True

    def step(self, where: str) -> None:
        """Go to the next cell: down and up in the column, right and left among those that can be edited."""
        index = self._table.currentIndex()
        if not index.isValid():
            return
        if where in ("down", "up"):
            row = index.row() + (1 if where == "down" else -1)
            target = index.siblingAtRow(max(0, min(row, self._table.model().rowCount() - 1)))
        else:
            target = self._beside(index, 1 if where == "right" else -1)
        if target.isValid():
            self._table.setCurrentIndex(target)

    def _beside(self, index: QModelIndex, step: int) -> QModelIndex:
        """The next cell that can be edited, in this row or in the one that follows."""
        sections = self.shown()
        place, row = sections.index(index.column()), index.row()
        for _ in range(2 * len(sections)):
            place += step
            if not 0 <= place < len(sections):
                place, row = place % len(sections), row + step
            target = index.sibling(row, sections[place])
            if target.flags() & Qt.ItemFlag.ItemIsEditable:
                return target
        return QModelIndex()

    def _opens(self, index: QModelIndex) -> bool:
        """Enter opens the record from its title, from what cannot be edited, and where the whole row is selected."""
        title = self._columns[index.column()].kind is Kind.TITLE
        whole = self._table.selectionModel().isRowSelected(index.row())
        return title or whole or not index.flags() & Qt.ItemFlag.ItemIsEditable

    def _select_here(self, index: QModelIndex) -> None:
        """Where nothing is selected, the cell one stands on is meant."""
        chosen = self._table.selectionModel()
        if index.isValid() and not chosen.hasSelection():
            chosen.select(index, QItemSelectionModel.SelectionFlag.Select)

    def _pressed(self, _index: QModelIndex) -> None:
        self.is_filling_in = False

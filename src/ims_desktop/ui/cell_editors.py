"""The editors that open inside the cells of a list, and where the keyboard goes after them."""

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QStyleOptionViewItem, QWidget

from ims_desktop.ui.cell_reading import edit_of
from ims_desktop.ui.cell_ticks import TickLine
from ims_desktop.ui.choices import Choices
from ims_desktop.ui.columns import NUMERIC, Column
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.grid_cells import GridCells
from ims_desktop.ui.lookup import Lookup
from ims_desktop.ui.painter import LEFT, RIGHT, CellPainter
from ims_desktop.ui.sides import beginning
from ims_desktop.ui.table_model import ROW
from ims_desktop.ui.theme import font

Index = QModelIndex | QPersistentModelIndex
Key = Qt.Key
STEPS = {(Key.Key_Tab, False): "right", (Key.Key_Backtab, True): "left", (Key.Key_Tab, True): "left"}


class CellEditors(CellPainter):
    """Paints as every list does; `typed` carries what was typed, `stepped` where the person goes next."""

    typed = Signal(object, object)  # QModelIndex, str
    stepped = Signal(object)  # "down", "up", "right", "left"
    cell_by_cell = True

    def __init__(self, desk: Desk, cells: GridCells, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._cells = desk, cells

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A line; one with suggestions where there is a choice, with ticks where there may be several."""
        column = self._column(index)
        edit = edit_of(column)
        options = tuple(self._cells.reader.options.get(column.key, ()))
        line: QLineEdit
        if edit.choices is None:
            line = QLineEdit()
        elif edit.several:
            line = TickLine(options)
        else:
            line = Lookup(self._desk, Choices(options))
        line.setAccessibleName(column.title)
        line.setParent(parent)
        line.setObjectName("cell")
        line.setFont(font(13, QFont.Weight.Medium, True))
        line.setAlignment(beginning(RIGHT if column.kind in NUMERIC else LEFT))
        line.installEventFilter(self)
        return line

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Begin with what stands there; answers of the server never overwrite what is being typed."""
        if isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(self._cells.typed(self._column(index), index.data(ROW)))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        """Hand over what was typed; looking into a cell changes nothing."""
        if isinstance(editor, QLineEdit):
            words = editor.text().strip()
            if words != self._cells.typed(self._column(index), index.data(ROW)):
                self.typed.emit(index, words)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Inside the cell, so that the row line stays."""
        box: Any = option
        editor.setGeometry(box.rect.adjusted(2, 2, -2, -3))

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Enter and Tab keep the cell and walk on; Esc takes back what was typed."""
        if isinstance(editor, QLineEdit) and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = self._step(event)
            if step:
                if isinstance(editor, Lookup):
                    editor.accept_first()
                self.commitData.emit(editor)
                self.closeEditor.emit(editor)
                self.stepped.emit(step)
                return True
            if event.key() == Key.Key_Escape and not (isinstance(editor, Lookup) and editor.suggestions.isVisible()):
                self.closeEditor.emit(editor)
                return True
        return super().eventFilter(editor, event)

    def _step(self, event: QKeyEvent) -> str | None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in (Key.Key_Return, Key.Key_Enter):
            return "up" if shift else "down"
        return STEPS.get((Key(event.key()), shift))

    def _column(self, index: Index) -> Column:
        model: Any = index.model()
        column: Column = model.columns[index.column()]
        return column

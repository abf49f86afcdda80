"""Rows that stand in an order of their own are dragged to another place."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame

from ims_desktop.domain.listing import Sort
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.list_body import ListBody
from ims_desktop.ui.list_spec import RowOrder
from ims_desktop.ui.theme import color

THICKNESS = 2


class RowDragging(QObject):
    """Takes a row up with the mouse and says by how many places it went; Esc leaves it where it was."""

    def __init__(self, desk: Desk, body: ListBody, order: RowOrder, move: Callable[[Any, int], None]) -> None:
        super().__init__(body.table)
        self._desk, self._body, self._order, self._move = desk, body, order, move
        self._table, self._viewport = body.table, body.table.viewport()
        self._row: int | None = None  # the row that was pressed
        self._from = QPoint()
        self.is_dragging = False
        self._line = QFrame(self._viewport)
        self._line.hide()
        self._viewport.installEventFilter(self)
        self._table.installEventFilter(self)

    @property
    def allowed(self) -> bool:
        """Whether places mean something: the list stands in its own order, whole, and the person may change it."""
        body = self._body
        whole = not body.query.search and not body.filters.filters and body.tabs.current in (self._order.tab, "all")
        in_order = body.query.sort[:1] == (Sort(self._order.sort),)
        return whole and in_order and self._desk.may(self._order.permission)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Press, move, let go; Esc gives up."""
        if isinstance(event, QKeyEvent):
            return self._key(event)
        if watched is self._viewport and isinstance(event, QMouseEvent):
            return self._mouse(event)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        gives_up = self.is_dragging and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape
        if gives_up:
            self._end()
        return gives_up

    def _mouse(self, event: QMouseEvent) -> bool:
        where = event.position().toPoint()
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._row, self._from = (self._table.rowAt(where.y()) if self.allowed else -1), where
            return False
        if event.type() == QEvent.Type.MouseMove and self._row is not None and self._row >= 0:
            far = (where - self._from).manhattanLength() >= QApplication.startDragDistance()
            if self.is_dragging or (far and event.buttons() & Qt.MouseButton.LeftButton):
                self._show_gap(where.y())
                return True
        if event.type() == QEvent.Type.MouseButtonRelease:
            return self._drop(where.y())
        return False

    def _show_gap(self, y: int) -> None:
        self.is_dragging = True
        self._viewport.setCursor(Qt.CursorShape.ClosedHandCursor)
        gap = self._gap(y)
        last = self._body.model.rowCount() - 1
        below = self._table.rowViewportPosition(last) + self._table.rowHeight(last)
        top = below if gap > last else self._table.rowViewportPosition(gap)
        self._line.setStyleSheet(f"background: {color('primary').name()};")
        self._line.setGeometry(0, max(0, top - THICKNESS // 2), self._viewport.width(), THICKNESS)
        self._line.show()
        self._line.raise_()

    def _gap(self, y: int) -> int:
        """Before which row it would stand; one more than there are: at the end."""
        row = self._table.rowAt(max(0, y))
        if row < 0:
            return self._body.model.rowCount()
        middle = self._table.rowViewportPosition(row) + self._table.rowHeight(row) // 2
        return row if y < middle else row + 1

    def _drop(self, y: int) -> bool:
        row, was_dragging = self._row, self.is_dragging
        self._end()
        if not was_dragging or row is None:
            return False
        gap = self._gap(y)
        by = gap - row - (1 if gap > row else 0)
        if by:
            self._move(self._body.model.rows[row], by)
        return True

    def _end(self) -> None:
        self._row, self.is_dragging = None, False
        self._line.hide()
        self._viewport.unsetCursor()

"""The first column of a table stays in sight while the others scroll under it."""

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionViewItem, QTableView, QWidget

from ims_desktop.ui.column_layout import ColumnLayout
from ims_desktop.ui.header import Header
from ims_desktop.ui.sides import Sheet, turned
from ims_desktop.ui.theme import color, theme

Index = QModelIndex | QPersistentModelIndex
MOST = 0.6  # of the width of the table; a wider column would hide the rest
FORWARDED = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.MouseMove,
    }
)


class FrozenColumn(QWidget):
    """Lies over the edge of its table where reading begins, once that is scrolled, and paints the first column there.

    Whatever the mouse does here is done to the cell that is out of sight, so that selecting, opening and sorting are
    those of the table itself.
    """

    def __init__(self, view: QTableView, header: Header, columns: ColumnLayout) -> None:
        super().__init__(view)
        self._view, self._header, self._columns = view, header, columns
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        bar, model, chosen = view.horizontalScrollBar(), view.model(), view.selectionModel()
        for signal in (bar.valueChanged, bar.rangeChanged, header.sectionResized, header.sectionMoved):
            signal.connect(self.place)
        header.geometriesChanged.connect(self.place)
        columns.changed.connect(self.place)
        for signal in (model.dataChanged, model.modelReset, model.rowsInserted, chosen.selectionChanged):
            signal.connect(lambda *_: self.update())
        chosen.currentChanged.connect(lambda *_: self.update())
        view.verticalScrollBar().valueChanged.connect(lambda *_: self.update())
        theme.changed.connect(self.update)

    @property
    def section(self) -> int:
        """The column that stays."""
        return self._columns.first()

    def covers(self, index: Index) -> bool:
        """Whether this cell is seen here instead of in the table."""
        return self.isVisible() and index.isValid() and index.column() == self.section

    def place(self, *_what: Any) -> None:
        """Lie over the edge while the table is scrolled."""
        view = self._view
        width = view.columnWidth(self.section)
        wanted = view.horizontalScrollBar().value() > 0 and width <= view.viewport().width() * MOST
        if wanted:
            top = self._header.y()
            seen = view.viewport().geometry()
            area = QRect(seen.x(), top, width, seen.bottom() + 1 - top)
            self.setGeometry(turned(area, seen) if view.isRightToLeft() else area)
            self.raise_()
            self.update()
        self.setVisible(wanted)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the title and the cells in sight."""
        painter, view, section = QPainter(self), self._view, self.section
        painter.fillRect(self.rect(), color("surface"))
        head = self._header.height()
        painter.setClipRect(0, head, self.width(), self.height() - head)
        first = max(0, view.rowAt(0))
        for place in range(first, view.model().rowCount()):
            top = view.rowViewportPosition(place) + head
            if top > self.height():
                break
            self._cell(painter, view.model().index(place, section), QRect(0, top, self.width(), view.rowHeight(place)))
        painter.setClipping(False)
        self._header.paintSection(painter, QRect(0, 0, self.width(), head), section)
        Sheet(painter, self.rect()).fill(QRect(self.width() - 1, 0, 1, self.height()), "hairline")

    def _cell(self, painter: QPainter, index: QModelIndex, area: QRect) -> None:
        view, option, state = self._view, QStyleOptionViewItem(), QStyle.StateFlag
        view.initViewItemOption(option)
        box: Any = option
        box.rect = area
        if view.selectionModel().isSelected(index):
            box.state |= state.State_Selected
        if index == view.currentIndex() and view.hasFocus():
            box.state |= state.State_HasFocus
        else:
            box.state &= ~state.State_HasFocus
        delegate = view.itemDelegateForIndex(index)
        delegate.paint(painter, option, index)

    def event(self, event: QEvent) -> bool:
        """Hand the mouse on to the table or its header."""
        if isinstance(event, QMouseEvent) and event.type() in FORWARDED:
            self._hand_on(event)
            return True
        return super().event(event)

    def _hand_on(self, event: QMouseEvent) -> None:
        view, where = self._view, event.position()
        if event.type() == QEvent.Type.MouseButtonDblClick:
            view.horizontalScrollBar().setValue(0)  # an editor opens where the cell is
        head = self._header.height()
        target = self._header.viewport() if where.y() < head else view.viewport()
        place = QPointF(
            where.x() + self._header.sectionViewportPosition(self.section),
            where.y() if where.y() < head else where.y() - head,
        )
        moved = QMouseEvent(
            event.type(), place, event.globalPosition(), event.button(), event.buttons(), event.modifiers()
        )
        QApplication.sendEvent(target, moved)

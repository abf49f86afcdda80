"""The permission matrix as it is seen: marks for given, inherited and denied, and heads that name role and parent."""

from typing import Any

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ims_desktop.domain.wording import say
from ims_desktop.features.people.rules import Cell, State
from ims_desktop.features.people.screen.matrix_model import Index, MatrixModel
from ims_desktop.ui import icons
from ims_desktop.ui.language import said
from ims_desktop.ui.sides import Sheet
from ims_desktop.ui.theme import color, font, theme

Weight, Align = QFont.Weight, Qt.AlignmentFlag
LEFT = Align.AlignLeft | Align.AlignVCenter
ROW, HEADING, HEAD = 28, 26, 54
NAME_WIDTH, ROLE_WIDTH = 230, 112
PAD, MARK = 16, 26


def draw_mark(painter: QPainter, x: float, y: float, state: State) -> None:
    """Paint a mark around a point; shape and colour both tell."""
    area = QRectF(x - 9, y - 9, 18, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    if state is State.OWN:
        painter.setBrush(color("primary"))
        painter.drawEllipse(area)
        icons.draw(painter, x - 6, y - 6, "check", "onprimary", size=12)
    elif state is State.INHERITED:
        painter.setPen(QPen(color("inputborder"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(area.adjusted(0.5, 0.5, -0.5, -0.5))
        icons.draw(painter, x - 6, y - 6, "check", "text2", size=12)
    elif state is State.DENIED:
        painter.setBrush(color("badbg"))
        painter.drawEllipse(area)
        icons.draw(painter, x - 6.5, y - 6.5, "prohibit", "bad", size=13)
    else:
        painter.setBrush(color("hairline"))
        painter.drawRoundedRect(QRectF(x - 4, y - 1, 8, 2), 1, 1)


class Mark(QWidget):
    """A mark in the legend."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self.setFixedSize(20, 20)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_mark(painter, 10, 10, self._state)


class MatrixPainter(QStyledItemDelegate):
    """Paints permissions, headings and marks."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        model: Any = index.model()
        area, line = option.rect, model.lines[index.row()]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(line, str):
            self._heading(painter, area, line if not index.column() else "")
        else:
            self._ground(painter, option)
            if index.column():
                self._mark(painter, area, model, index)
            else:
                painter.setPen(color("text"))
                painter.setFont(font(13, Weight.Medium))
                words = painter.fontMetrics().elidedText(
                    line.title, Qt.TextElideMode.ElideRight, area.width() - PAD - 4
                )
                Sheet(painter, area).write(area.adjusted(PAD, 0, 0, 0), words, LEFT)
        painter.restore()

    @staticmethod
    def _heading(painter: QPainter, area: QRect, words: str) -> None:
        painter.fillRect(area, color("raised"))
        painter.setPen(color("text2"))
        painter.setFont(font(12, Weight.DemiBold))
        Sheet(painter, area).write(area.adjusted(PAD, 0, 0, 0), words, LEFT)

    @staticmethod
    def _ground(painter: QPainter, option: Any) -> None:
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.fillRect(option.rect, color("hover" if hovered else "surface"))
        painter.fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), color("grid"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(color("primary"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(option.rect.adjusted(6, 3, -6, -4)), 5, 5)

    def _mark(self, painter: QPainter, area: QRect, model: MatrixModel, index: Index) -> None:
        found = model.cell(index)
        if found is None:
            return
        role, permission, cell = found
        before = model.before(role, permission)
        sheet, x, y = Sheet(painter, area), area.left() + MARK, area.center().y() + 0.5
        if before is not None:
            painter.setPen(QPen(color("warn"), 1, Qt.PenStyle.DashLine))
            painter.setBrush(color("warnbg"))
            painter.drawRoundedRect(QRectF(area.adjusted(6, 3, -6, -4)), 5, 5)
        draw_mark(painter, sheet.point(x, y).x(), y, cell.state)
        limit = model.limit_text(cell)
        room = QRect(int(x) + 16, area.top(), area.right() - int(x) - 24, area.height())
        if limit:
            painter.setPen(color("text" if cell.own_limit else "muted"))
            painter.setFont(font(12, Weight.Medium if cell.own_limit else Weight.Normal, True))
            sheet.write(room, painter.fontMetrics().elidedText(limit, Qt.TextElideMode.ElideRight, room.width()), LEFT)
        elif before is not None:
            painter.setPen(color("warn"))
            painter.setFont(font(11))
            painter.drawText(room, LEFT, said(say("was {before}", before=was(before))))


def was(before: Cell) -> str:
    """What a changed cell said before, in a word."""
    words = {
        State.OWN: say("given"),
        State.INHERITED: say("inherited"),
        State.DENIED: say("denied"),
        State.NONE: say("none"),
    }
    return said(words[before.state])


class RoleHeader(QHeaderView):
    """Two lines: the role and how many have it, below it the role it inherits from."""

    def __init__(self, model: MatrixModel) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._matrix = model
        self.setAccessibleName(self.tr("Roles"))
        self.chosen: Any = None
        self.setFixedHeight(HEAD)
        self.setSectionsClickable(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def choose(self, key: Any) -> None:
        """Underline a role."""
        self.chosen = key
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint one head."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, color("surface"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), color("hairline"))
        if section:
            self._role(painter, rect, section)
        else:
            painter.setPen(color("text2"))
            painter.setFont(font(12, Weight.DemiBold))
            area = rect.adjusted(PAD, 0, 0, -9)
            Sheet(painter, rect).write(area, self.tr("Permission"), Align.AlignLeft | Align.AlignBottom)
        painter.restore()

    def _role(self, painter: QPainter, rect: QRect, section: int) -> None:
        role = self._matrix.roles[section - 1]
        sheet, lit, area = Sheet(painter, rect), role.id == self.chosen, rect.adjusted(PAD, 8, -4, -8)
        count = str(len(role.people)) if role.people else ""
        small = QFontMetrics(font(11, tabular=True))
        painter.setFont(font(13, Weight.DemiBold))
        painter.setPen(color("primary" if lit else "text"))
        room = area.width() - small.horizontalAdvance(count) - 8
        name = painter.fontMetrics().elidedText(role.name, Qt.TextElideMode.ElideRight, room)
        sheet.write(area, name, Align.AlignLeft | Align.AlignTop)
        beside = painter.fontMetrics().horizontalAdvance(name) + 7
        painter.setFont(font(11, tabular=True))
        painter.setPen(color("muted"))
        sheet.write(area.adjusted(beside, 2, 0, 0), count, Align.AlignLeft | Align.AlignTop)
        above = self._matrix.now.get(role.parent_id) if role.parent_id else None
        words = self.tr("from {role}").format(role=above.name) if above else self.tr("base role")
        lead = 0
        if above:
            sheet.icon(area.left(), area.bottom() - 13, "arrow-elbow-down-left", "muted", size=11)
            lead = 15
        words = small.elidedText(words, Qt.TextElideMode.ElideRight, area.width() - lead)
        sheet.write(area.adjusted(lead, 0, 0, 0), words, Align.AlignLeft | Align.AlignBottom)
        if lit:
            painter.fillRect(QRect(rect.left() + 10, rect.bottom() - 1, rect.width() - 20, 2), color("primary"))


class MatrixView(QTableView):
    """Click or Space turns a cell; a head or Enter opens the role."""

    opened = Signal(object)  # the key of a role

    def __init__(self, model: MatrixModel, *, may_edit: bool) -> None:
        super().__init__()
        self._matrix, self._may_edit = model, may_edit
        self.header = RoleHeader(model)
        self.setHorizontalHeader(self.header)
        self.setModel(model)
        self.setItemDelegate(MatrixPainter(self))
        self.setAccessibleName(self.tr("Permission matrix"))
        self._dress()
        self.header.sectionClicked.connect(self._head)
        model.modelReset.connect(self._lay_out)
        theme.changed.connect(self.viewport().update)

    def _dress(self) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(HEADING)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def turn(self, index: Index) -> None:
        """Turn a cell, and stay where the person is."""
        if not self._may_edit or not index.isValid():
            return
        place, down, across = (index.row(), index.column()), self.verticalScrollBar(), self.horizontalScrollBar()
        scrolled = down.value(), across.value()
        self._matrix.turn(index)
        self.setCurrentIndex(self._matrix.index(*place))
        down.setValue(scrolled[0])
        across.setValue(scrolled[1])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click turns the cell under it."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and self._matrix.cell(index) is not None:
            self.turn(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space turns the cell, Enter opens its role."""
        here = self.currentIndex()
        if event.key() == Qt.Key.Key_Space:
            self.turn(here)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and here.isValid() and here.column():
            self._head(here.column())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the names what the roles leave."""
        super().resizeEvent(event)
        self._widen()

    def _head(self, section: int) -> None:
        if section:
            self.opened.emit(self._matrix.roles[section - 1].id)

    def _lay_out(self) -> None:
        for place, line in enumerate(self._matrix.lines):
            self.setRowHeight(place, HEADING if isinstance(line, str) else ROW)
        self._widen()

    def _widen(self) -> None:
        many = len(self._matrix.roles)
        room = self.viewport().width()
        role = max(ROLE_WIDTH, min(150, (room - NAME_WIDTH) // many)) if many else ROLE_WIDTH
        for section in range(1, many + 1):
            self.setColumnWidth(section, role)
        self.setColumnWidth(0, max(NAME_WIDTH, room - role * many))

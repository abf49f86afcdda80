"""Paints table cells from their column descriptions."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ims_desktop.ui.chips import draw_chip
from ims_desktop.ui.columns import (
    DATED,
    NUMERIC,
    Column,
    Kind,
    cell_tone,
    chip,
    sub_text,
    unit_text,
)
from ims_desktop.ui.sides import FROM_LEFT, Sheet, island
from ims_desktop.ui.staging import Staged
from ims_desktop.ui.table_model import ROW, STAGED, THEIRS, WRONG
from ims_desktop.ui.theme import Tone, color, font, tone_color

Index = QModelIndex | QPersistentModelIndex
Weight = QFont.Weight
Align = Qt.AlignmentFlag
LEFT = Align.AlignLeft | Align.AlignVCenter
RIGHT = Align.AlignRight | Align.AlignAbsolute | Align.AlignVCenter  # of figures: ones stand under ones everywhere
PAD, FIRST_PAD, UNIT_SLOT = 12, 16, 46
ONE_LINE, TWO_LINES = 32, 42
STRONG = frozenset({Kind.MONEY, Kind.COST, Kind.QUANTITY, Kind.NUMBER})


def unit_slot(column: Column) -> int:
    """The width kept behind numbers for their unit."""
    return UNIT_SLOT if column.unit else 0


def is_first(header: QHeaderView, section: int) -> bool:
    """Whether a column is the one where reading begins."""
    visual = header.visualIndex(section)
    return all(header.isSectionHidden(header.logicalIndex(before)) for before in range(visual))


class CellPainter(QStyledItemDelegate):
    """One delegate for all list tables."""

    cell_by_cell = False  # whether the cell the keyboard stands on is framed

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint ground, row line and content of one cell."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first = self._ground(painter, option, index)
        model: Any = index.model()
        column: Column = model.columns[index.column()]
        sheet = Sheet(painter, option.rect)
        area = sheet.lies(option.rect.adjusted(FIRST_PAD if first else PAD, 0, -PAD, 0))
        row, words = index.data(ROW), str(index.data())
        staged, theirs = index.data(STAGED), index.data(THEIRS)
        if staged is not None:
            row = _as_staged(column, row, staged)
        if theirs is not None:
            self._both(painter, area, words, theirs, RIGHT if column.kind in NUMERIC else LEFT)
        elif staged is not None and staged.wrong:
            painter.setPen(color("bad"))
            _write(painter, area, words, font(13, Weight.Medium), RIGHT if column.kind in NUMERIC else LEFT)
        elif column.kind is Kind.CHIP:
            state = chip(column, row)
            if state is not None:
                draw_chip(painter, area.adjusted(-8, 0, 0, 0) if sheet.is_turned else area.adjusted(0, 0, 8, 0), state)
        elif column.kind is Kind.TITLE:
            self._title(painter, area, words, sub_text(column, row))
        elif column.kind is Kind.FLAG:
            if words:
                Sheet(painter, area).icon(area.left(), area.center().y() - 7, "check", "text2", size=16)
        else:
            self._words(painter, area, column, row, words)
        painter.restore()

    def _ground(self, painter: QPainter, option: Any, index: Index) -> bool:
        """Fill the row and draw its line; answers whether this is the first cell of the row."""
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        mark = _mark(index)
        ground = "selected" if selected else f"{mark}bg" if mark else "hover" if hovered else "surface"
        painter.fillRect(option.rect, color(ground))
        painter.fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), color("grid"))
        header = getattr(option.widget, "horizontalHeader", None)
        first = header is not None and is_first(header(), index.column())
        sheet = Sheet(painter, option.rect)
        if selected and first:
            sheet.fill(QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()), "primary")
        if mark:
            _corner(painter, option.rect, mark)
        if self.cell_by_cell and option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(color("primary"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(option.rect.adjusted(1, 1, -1, -2))
        return first

    def _both(self, painter: QPainter, area: QRect, mine: str, theirs: str, side: Qt.AlignmentFlag) -> None:
        """Both values of a conflict: nothing is lost before somebody chooses."""
        painter.setPen(color("warn"))
        if area.height() >= TWO_LINES - 2:
            words = self.tr("theirs: {value}").format(value=theirs)
            fits = QFontMetrics(font(11, tabular=True)).horizontalAdvance(words) <= area.width()
            self._two_lines(painter, area, mine, words if fits else f"≠ {theirs}", font(13, Weight.Medium), side)
        else:
            _write(painter, area, f"{mine} ≠ {theirs}", font(12, Weight.Medium), side)

    def _title(self, painter: QPainter, area: QRect, words: str, sub: str) -> None:
        painter.setPen(color("text"))
        closest = area.height() <= ONE_LINE  # rows stand so close that there is no room for a second line
        self._two_lines(painter, area, words, "" if closest else sub, font(13, Weight.Medium))

    def _two_lines(
        self, painter: QPainter, area: QRect, words: str, sub: str, ink: QFont, side: Qt.AlignmentFlag = LEFT
    ) -> None:
        _write(painter, area.adjusted(0, 5, 0, -19) if sub else area, words, ink, side)
        if sub:
            painter.setPen(color("muted"))
            _write(painter, area.adjusted(0, 22, 0, -4), sub, font(11, tabular=True), side)

    def _words(self, painter: QPainter, area: QRect, column: Column, row: Any, words: str) -> None:
        tone = cell_tone(column, row)
        numeric = column.kind in NUMERIC
        slot = unit_slot(column)
        if numeric:
            painter.setLayoutDirection(FROM_LEFT)  # a figure and its unit are read from the left everywhere
        if slot:
            painter.setPen(color("muted"))
            unit_area = QRect(area.right() - slot + 6, area.top(), slot + 4, area.height())
            _write(painter, unit_area, unit_text(column, row), font(12), LEFT)
        weight = Weight.DemiBold if tone is Tone.BAD and column.kind is Kind.QUANTITY else Weight.Normal
        painter.setPen(self._ink(column, tone))
        area = area.adjusted(-PAD + 4 if numeric else 0, 0, -slot, 0)
        tabular = numeric or column.kind in DATED or column.kind is Kind.TIME
        ink = font(13, weight, tabular)
        if column.kind is Kind.DATETIME and _is_cut(words, ink, area):
            day, _, clock = words.rpartition(", ")
            self._two_lines(painter, area, day, clock, ink)
        else:
            _write(painter, area, words, ink, RIGHT if numeric else LEFT)

    def _ink(self, column: Column, tone: Tone) -> QColor:
        if tone is not Tone.PLAIN:
            return tone_color(tone)
        if column.kind is Kind.LINK:
            return color("primary")
        return color("text" if column.kind in STRONG else "text2")


def _mark(index: Index) -> str:
    """The tone of a cell that is staged, in conflict or wrong; nothing for all others."""
    if index.data(STAGED) is None:
        return ""
    if index.data(WRONG):
        return "bad"
    return "info" if index.data(THEIRS) is None else "warn"


def _corner(painter: QPainter, rect: QRect, tone: str) -> None:
    """A corner in the tone of the mark, so that it is never told by the ground alone."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(tone))
    sheet, right, top = Sheet(painter, rect), rect.left() + rect.width(), rect.top()
    painter.drawPolygon(QPolygonF([sheet.point(right - 8, top), sheet.point(right, top), sheet.point(right, top + 8)]))


def _as_staged(column: Column, row: Any, staged: Staged) -> Any:
    """The row with the value that is staged, so that chips and colours follow it."""
    if staged.wrong or column.edit is None:
        return row
    try:
        return replace(row, **{column.edit.field or column.key: staged.new})
    except (TypeError, ValueError):
        return row


def _is_cut(words: str, ink: QFont, area: QRect) -> bool:
    """Whether words need two lines, and have the height for them."""
    return area.height() >= TWO_LINES and QFontMetrics(ink).horizontalAdvance(words) >= area.width()


def _write(painter: QPainter, area: QRect, words: str, ink: QFont, align: Qt.AlignmentFlag) -> None:
    painter.setFont(ink)
    shown = QFontMetrics(ink).elidedText(words, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, align, island(shown))

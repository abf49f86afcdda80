"""Paints table cells from their column descriptions."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF
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
from ims_desktop.ui.table_model import Seen
from ims_desktop.ui.theme import Ink, Tone, color, ink, tone_color

Index = QModelIndex | QPersistentModelIndex
Weight = QFont.Weight
Align = Qt.AlignmentFlag
LEFT = Align.AlignLeft | Align.AlignVCenter
RIGHT = Align.AlignRight | Align.AlignAbsolute | Align.AlignVCenter  # of figures: ones stand under ones everywhere
PAD, FIRST_PAD, UNIT_SLOT = 12, 16, 46
ONE_LINE, TWO_LINES = 32, 42
State = QStyle.StateFlag
SELECTED, HOVERED, FOCUSED = (  # as numbers: Python asks what a flag of Qt is in C++ each time
    State.State_Selected.value,
    State.State_MouseOver.value,
    State.State_HasFocus.value,
)
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
        model: Any = index.model()
        box: Any = option
        column: Column = model.columns[index.column()]
        seen: Seen = model.seen(index)
        first = self._ground(painter, option, index, seen)
        rect: QRect = box.rect
        sheet = Sheet(painter, rect)
        area = sheet.lies(rect.adjusted(FIRST_PAD if first else PAD, 0, -PAD, 0))
        if seen.theirs is not None:
            self._both(painter, area, seen.words, seen.theirs, RIGHT if column.kind in NUMERIC else LEFT)
        elif seen.staged is not None and seen.staged.wrong:
            painter.setPen(color("bad"))
            _write(painter, area, seen.words, ink(13, Weight.Medium), RIGHT if column.kind in NUMERIC else LEFT)
        else:
            row = seen.row if seen.staged is None else _as_staged(column, seen.row, seen.staged)
            self._content(painter, sheet, area, column, row, seen.words)
        painter.restore()

    def _content(self, painter: QPainter, sheet: Sheet, area: QRect, column: Column, row: Any, words: str) -> None:
        match column.kind:
            case Kind.CHIP:
                state = chip(column, row)
                if state is not None:
                    room = area.adjusted(-8, 0, 0, 0) if sheet.is_turned else area.adjusted(0, 0, 8, 0)
                    draw_chip(painter, room, state)
            case Kind.TITLE:
                self._title(painter, area, words, sub_text(column, row))
            case Kind.FLAG:
                if words:
                    Sheet(painter, area).icon(area.left(), area.center().y() - 7, "check", "text2", size=16)
            case _:
                self._words(painter, area, column, row, words)

    def _ground(self, painter: QPainter, option: Any, index: Index, seen: Seen) -> bool:
        """Fill the row and draw its line; answers whether this is the first cell of the row."""
        rect, state, mark = option.rect, option.state.value, _mark(seen)
        selected = bool(state & SELECTED)
        ground = "selected" if selected else f"{mark}bg" if mark else "hover" if state & HOVERED else "surface"
        painter.fillRect(rect, color(ground))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, color("grid"))
        header = getattr(option.widget, "horizontalHeader", None)
        first = header is not None and is_first(header(), index.column())
        if selected and first:
            Sheet(painter, rect).fill(QRect(rect.left(), rect.top(), 3, rect.height()), "primary")
        if mark:
            _corner(painter, rect, mark)
        if self.cell_by_cell and state & FOCUSED:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color("primary"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(1, 1, -1, -2))
        return first

    def _both(self, painter: QPainter, area: QRect, mine: str, theirs: str, side: Qt.AlignmentFlag) -> None:
        """Both values of a conflict: nothing is lost before somebody chooses."""
        painter.setPen(color("warn"))
        if area.height() >= TWO_LINES - 2:
            words = self.tr("theirs: {value}").format(value=theirs)
            fits = ink(11, tabular=True).width(words) <= area.width()
            self._two_lines(painter, area, mine, words if fits else f"≠ {theirs}", ink(13, Weight.Medium), side)
        else:
            _write(painter, area, f"{mine} ≠ {theirs}", ink(12, Weight.Medium), side)

    def _title(self, painter: QPainter, area: QRect, words: str, sub: str) -> None:
        painter.setPen(color("text"))
        closest = area.height() <= ONE_LINE  # rows stand so close that there is no room for a second line
        self._two_lines(painter, area, words, "" if closest else sub, ink(13, Weight.Medium))

    def _two_lines(
        self, painter: QPainter, area: QRect, words: str, sub: str, main: Ink, side: Qt.AlignmentFlag = LEFT
    ) -> None:
        _write(painter, area.adjusted(0, 5, 0, -19) if sub else area, words, main, side)
        if sub:
            painter.setPen(color("muted"))
            _write(painter, area.adjusted(0, 22, 0, -4), sub, ink(11, tabular=True), side)

    def _words(self, painter: QPainter, area: QRect, column: Column, row: Any, words: str) -> None:
        tone = cell_tone(column, row)
        numeric = column.kind in NUMERIC
        slot = unit_slot(column)
        if numeric:
            painter.setLayoutDirection(FROM_LEFT)  # a figure and its unit are read from the left everywhere
        if slot:
            painter.setPen(color("muted"))
            unit_area = QRect(area.right() - slot + 6, area.top(), slot + 4, area.height())
            _write(painter, unit_area, unit_text(column, row), ink(12), LEFT)
        weight = Weight.DemiBold if tone is Tone.BAD and column.kind is Kind.QUANTITY else Weight.Normal
        painter.setPen(_shade(column, tone))
        area = area.adjusted(-PAD + 4 if numeric else 0, 0, -slot, 0)
        tabular = numeric or column.kind in DATED or column.kind is Kind.TIME
        main = ink(13, weight, tabular)
        if column.kind is Kind.DATETIME and _is_cut(words, main, area):
            day, _, clock = words.rpartition(", ")
            self._two_lines(painter, area, day, clock, main)
        else:
            _write(painter, area, words, main, RIGHT if numeric else LEFT)


def _shade(column: Column, tone: Tone) -> QColor:
    if tone is not Tone.PLAIN:
        return tone_color(tone)
    if column.kind is Kind.LINK:
        return color("primary")
    return color("text" if column.kind in STRONG else "text2")


def _mark(seen: Seen) -> str:
    """The tone of a cell that is staged, in conflict or wrong; nothing for all others."""
    if seen.staged is None:
        return ""
    if seen.wrong:
        return "bad"
    return "info" if seen.theirs is None else "warn"


def _corner(painter: QPainter, rect: QRect, tone: str) -> None:
    """A corner in the tone of the mark, so that it is never told by the ground alone."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
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


def _is_cut(words: str, main: Ink, area: QRect) -> bool:
    """Whether words need two lines, and have the height for them."""
    return area.height() >= TWO_LINES and main.width(words) >= area.width()


def _write(painter: QPainter, area: QRect, words: str, main: Ink, align: Qt.AlignmentFlag) -> None:
    painter.setFont(main.font)
    painter.drawText(area, align, island(main.cut(words, area.width())))

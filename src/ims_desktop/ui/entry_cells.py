"""Painting and editing of the cells of an entry table."""

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ims_desktop.ui.cell_ticks import TickLine
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import EntryColumn, EntryKind, Measured, Remark, Shown
from ims_desktop.ui.entry_model import PROBLEM, READ, REMARK, SHOWN, VALUE, EntryModel
from ims_desktop.ui.lookup import Lookup
from ims_desktop.ui.painter import LEFT, PAD, RIGHT, UNIT_SLOT
from ims_desktop.ui.sides import FROM_LEFT, Sheet, beginning, island
from ims_desktop.ui.theme import color, font, theme, tone_color

Index = QModelIndex | QPersistentModelIndex
Weight = QFont.Weight
FIRST_PAD, LEAST_STRETCHY = 16, 120


def is_right(one: EntryColumn) -> bool:
    """Whether a column is written against its right edge."""
    return one.right or one.kind is EntryKind.MEASURE


class EntryHeader(QHeaderView):
    """The titles, aligned as their cells."""

    def __init__(self, columns: tuple[EntryColumn, ...], parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._columns = columns
        self.setAccessibleName(self.tr("Column titles"))
        self.setFixedHeight(36)
        self.setSectionsClickable(False)
        theme.changed.connect(self.viewport().update)

    def room_for(self, section: int) -> int:
        """How wide a column is: as it is described, or wider where a language says its title in more letters."""
        one, (left, right) = self._columns[section], self._sides(section)
        return max(one.width, left + QFontMetrics(font(12, Weight.DemiBold)).horizontalAdvance(one.title) + right + 1)

    def shares(self, whole: int) -> dict[int, int]:
        """How wide the columns are that do not stretch; where it is tight, long titles give way to what is typed."""
        rooms = {n: self.room_for(n) for n, one in enumerate(self._columns) if not one.stretch}
        spare = {n: room - self._columns[n].width for n, room in rooms.items()}
        tight = sum(rooms.values()) + LEAST_STRETCHY * (len(self._columns) - len(rooms)) - whole
        if tight <= 0 or not any(spare.values()):
            return rooms
        given = min(1.0, tight / sum(spare.values()))
        return {n: room - round(spare[n] * given) for n, room in rooms.items()}

    def _sides(self, section: int) -> tuple[int, int]:
        """What stays free on both sides of a title; figures stand before their units."""
        one = self._columns[section]
        slot = UNIT_SLOT if one.kind is EntryKind.SHOWN and one.right else 0
        return FIRST_PAD if section == 0 else 4 if is_right(one) else PAD, PAD + slot

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint one title."""
        one, (left, right) = self._columns[section], self._sides(section)
        painter.save()
        painter.fillRect(rect, color("surface"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), color("hairline"))
        painter.setFont(font(12, Weight.DemiBold))
        painter.setPen(color("text2"))
        if is_right(one):
            painter.setLayoutDirection(FROM_LEFT)  # stands above its figures
        area = Sheet(painter, rect).lies(rect.adjusted(left, 0, -right, 0))
        _write(painter, area, one.title, RIGHT if is_right(one) else LEFT)
        painter.restore()


class EntryPainter(QStyledItemDelegate):
    """Paints cells and makes their editors; `stepped` says where the person wants to go after a cell."""

    stepped = Signal(object)  # "next", "back" or "enter"
    pasted = Signal(str)  # a block of a spreadsheet, pasted into a cell

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk

    # painting ------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, selection bar, problem frame, words."""
        box: Any = option
        model: Any = index.model()
        one: EntryColumn = model.spec.columns[index.column()]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = bool(box.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(box.rect, color("selected" if here else "surface"))
        painter.fillRect(QRect(box.rect.left(), box.rect.bottom(), box.rect.width(), 1), color("grid"))
        sheet = Sheet(painter, box.rect)
        if here and index.column() == 0:
            sheet.fill(QRect(box.rect.left(), box.rect.top(), 3, box.rect.height()), "primary")
        area = sheet.lies(box.rect.adjusted(FIRST_PAD if index.column() == 0 else PAD, 0, -PAD, 0))
        problem, words = str(index.data(PROBLEM) or ""), str(index.data() or "")
        if problem:
            self._problem(painter, box.rect, words or problem, one)
        elif one.kind is EntryKind.LOOKUP:
            self._lookup(painter, area, index, words or one.placeholder)
        elif one.kind is EntryKind.SHOWN:
            self._shown(painter, area, index.data(SHOWN), one)
        else:
            self._plain(painter, area, one, words, index)
        painter.restore()

    def _problem(self, painter: QPainter, rect: QRect, words: str, one: EntryColumn) -> None:
        frame = QRectF(rect.adjusted(5, 6, -5, -7))
        painter.setPen(QPen(color("warn"), 1))
        painter.setBrush(color("warnbg"))
        painter.drawRoundedRect(frame, 5, 5)
        sheet = Sheet(painter, rect)
        sheet.icon(frame.left() + 7, frame.center().y() - 7, "warning", "warn", size=14)
        painter.setFont(font(12, Weight.Medium))
        painter.setPen(color("warn"))
        _write(painter, sheet.lies(frame.toRect().adjusted(26, 0, -6, 0)), words, LEFT)

    def _lookup(self, painter: QPainter, area: QRect, index: Index, words: str) -> None:
        value, remark = index.data(VALUE), index.data(REMARK)
        if not isinstance(value, Choice):
            painter.setPen(color("muted"))
            painter.setFont(font())
            _write(painter, area, words, LEFT)
            return
        under = remark.text if isinstance(remark, Remark) else value.detail
        painter.setPen(color("text"))
        painter.setFont(font(13, Weight.Medium))
        _write(painter, area.adjusted(0, 5, 0, -19) if under else area, words, LEFT)
        painter.setPen(tone_color(remark.tone) if isinstance(remark, Remark) else color("muted"))
        painter.setFont(font(11, tabular=True))
        _write(painter, area.adjusted(0, 22, 0, -4), under, LEFT)

    def _shown(self, painter: QPainter, area: QRect, shown: Shown | None, one: EntryColumn) -> None:
        if shown is None:
            return
        if one.right:
            painter.setLayoutDirection(FROM_LEFT)  # a figure and its unit are read from the left everywhere
            painter.setFont(font(12))
            painter.setPen(color("muted"))
            _write(
                painter, QRect(area.right() - UNIT_SLOT + 6, area.top(), UNIT_SLOT + 4, area.height()), shown.unit, LEFT
            )
            area = area.adjusted(-PAD, 0, -UNIT_SLOT, 0)
        painter.setFont(font(13, tabular=True))
        painter.setPen(tone_color(shown.tone))
        _write(painter, area, shown.text, RIGHT if one.right else LEFT)

    def _plain(self, painter: QPainter, area: QRect, one: EntryColumn, words: str, index: Index) -> None:
        right = is_right(one)
        painter.setFont(font(13, tabular=right))
        painter.setPen(color("text" if words else "muted"))
        if one.kind is EntryKind.CHOICE:
            sheet = Sheet(painter, area)
            sheet.icon(area.right() - 12, area.center().y() - 6, "caret-down", "muted", size=13)
            area = sheet.lies(area.adjusted(0, 0, -18, 0))
        _write(painter, area, words or one.placeholder, RIGHT if right else LEFT)

    # editing -------------------------------------------------------------------------------------------------

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A lookup for choices, a line for everything else."""
        model: Any = index.model()
        one: EntryColumn = model.spec.columns[index.column()]
        if one.kind is EntryKind.LOOKUP:
            made: QLineEdit = Lookup(self._desk, one.choices or Choices(), hint=one.placeholder, name=one.title)
        elif one.kind is EntryKind.CHOICE:
            made = Lookup(
                self._desk, Choices(tuple(model.options.get(one.key, ()))), hint=one.placeholder, name=one.title
            )
        else:
            offered = one.offers(model.line(index.row())) if one.offers else ()
            made = TickLine(offered) if one.kind is EntryKind.TICKS else QLineEdit()
            made.setPlaceholderText(one.placeholder)
            made.setAccessibleName(one.title)
        made.setParent(parent)
        made.setObjectName("cell")
        made.setFont(font(13, Weight.Medium, True))
        made.setAlignment(beginning(RIGHT if is_right(one) else LEFT))
        made.installEventFilter(self)
        return made

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show what stands in the cell; an answer of the server never overwrites what is being typed."""
        if isinstance(editor, QLineEdit) and editor.isModified():
            return
        value = index.data(VALUE)
        if isinstance(editor, Lookup):
            editor.choose(value)
            if isinstance(value, str) and not editor.choice:
                editor.setText(value)
        elif isinstance(editor, QLineEdit):
            editor.setText(str(index.data() or ""))
        if isinstance(editor, QLineEdit):
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        """Keep what was typed, whatever it is."""
        entry: EntryModel = model
        one = entry.spec.columns[index.column()]
        value: Any = None
        if isinstance(editor, Lookup):
            words = editor.text().strip()
            found = editor.choice
            value = found if one.kind is EntryKind.LOOKUP else found.value if found else None
            if found is None and words:
                value = words if one.kind is EntryKind.LOOKUP else index.data(VALUE)
        elif isinstance(editor, QLineEdit):
            value = self._typed(editor.text().strip(), one, entry.line(index.row()))
        if value != index.data(VALUE):
            entry.put(index.row(), index.column(), value)
            if one.kind is EntryKind.LOOKUP and isinstance(value, str):
                entry.find_late(index, value)

    def _typed(self, words: str, one: EntryColumn, line: Any) -> Any:
        if one.kind in READ:
            if not words:
                return None
            return one.parse(words, line) if one.parse else Measured(words, words)
        return words or None

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Inside the cell, so that the row line stays."""
        box: Any = option
        editor.setGeometry(box.rect.adjusted(4, 4, -4, -5))

    def keep(self, editor: QWidget) -> None:
        """Keep what an open editor holds and close it."""
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)

    def drop(self, editor: QWidget) -> None:
        """Close an open editor without keeping anything."""
        self.closeEditor.emit(editor)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Tab and Enter keep the cell and walk on; Esc takes back what was typed."""
        if isinstance(editor, QLineEdit) and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            steps = {
                Qt.Key.Key_Tab: "next",
                Qt.Key.Key_Backtab: "back",
                Qt.Key.Key_Return: "enter",
                Qt.Key.Key_Enter: "enter",
            }
            step = steps.get(Qt.Key(event.key())) if plain else None
            if step:
                if isinstance(editor, Lookup):
                    editor.accept_first()
                self.keep(editor)
                self.stepped.emit(step)
                return True
            block = QGuiApplication.clipboard().text() if event.matches(QKeySequence.StandardKey.Paste) else ""
            if "\t" in block or "\n" in block.rstrip("\r\n"):
                self.pasted.emit(block)
                return True
            if event.key() == Qt.Key.Key_Escape and not (isinstance(editor, Lookup) and editor.suggestions.isVisible()):
                self.drop(editor)
                return True
        return super().eventFilter(editor, event)


def _write(painter: QPainter, area: QRect, words: str, align: Qt.AlignmentFlag) -> None:
    shown = QFontMetrics(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, align, island(shown))

"""The rows of a file before they are imported: what each does, what changes (old → new), and what is wrong where."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from ims_desktop.domain.importing import Difference, ImportField
from ims_desktop.domain.wording import Words, say, sentences
from ims_desktop.features.exchange.service import CheckedFile
from ims_desktop.ui.language import counted, said
from ims_desktop.ui.sides import Sheet, island
from ims_desktop.ui.theme import Tone, color, font, tone_color, tone_ground

Role = Qt.ItemDataRole
TONE, PROBLEM = int(Role.UserRole), int(Role.UserRole) + 1
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
ROW_HEIGHT, PAD, FEWEST, WIDEST, CORNER, HEADER_HEIGHT = 32, 10, 90, 260, 7, 34
NEW, CHANGED, SAME = say("New"), say("Changed"), say("As it is")
WRONG, DOUBTFUL = say("Problem"), say("Unlikely")
TONES: Mapping[str, Tone] = {NEW: Tone.OK, CHANGED: Tone.INFO, SAME: Tone.NEUTRAL, WRONG: Tone.BAD, DOUBTFUL: Tone.WARN}
ARROW = " → "


class Cell(NamedTuple):
    """What stands in a cell of the preview."""

    text: str
    tone: Tone | None = None
    problem: Words = ""


class ImportLines:
    """Every row of a checked file in words; made off the GUI thread, for there may be many."""

    def __init__(self, checked: CheckedFile) -> None:
        self.columns: tuple[ImportField, ...] = tuple(
            checked.spec.field_of(column.field) for column in checked.reading.columns if column.field
        )
        self._titles = [one.title for one in self.columns]
        self._places = [column.place for column in checked.reading.columns if column.field]
        self._wrong: dict[tuple[int, str | None], str] = {}
        rows: set[int] = set()
        for problem in checked.problems:
            if problem.row is not None:
                rows.add(problem.row)
                key = problem.row, problem.field if problem.field in self._titles else None
                self._wrong[key] = sentences((self._wrong.get(key, ""), problem.text))
        self._doubts = {(one.row, one.field): one.text for one in checked.plan.doubts}
        self._doubtful = {row for row, _field in self._doubts}
        self._changes = {change.row.number: change for change in checked.plan.changes}
        self._table = checked.reading.table
        self.numbers: Sequence[int] = self._table.numbers
        self.states = [self._state(number, number in rows) for number in self.numbers]
        self.places: dict[str | None, Sequence[int]] = {None: range(len(self.states))}
        for state in TONES:
            self.places[state] = [place for place, one in enumerate(self.states) if one == state]

    def _state(self, number: int, wrong: bool) -> str:
        change = self._changes.get(number)
        if wrong or change is None:
            return WRONG
        if number in self._doubtful:
            return DOUBTFUL
        return NEW if change.is_new else CHANGED if change.differences else SAME

    def cell(self, place: int, column: int) -> Cell:
        """A cell: the row's number, what it does, then the fields."""
        number, state = self.numbers[place], self.states[place]
        if column == 0:
            return Cell(counted(number), problem=self._wrong.get((number, None), ""))
        if column == 1:
            return Cell(said(state), TONES[state], self._wrong.get((number, None), ""))
        written = self._table.rows[place][self._places[column - 2]].strip()
        if state == SAME:  # most rows of most files: nothing is wrong with them, doubtful or different
            return Cell(written)
        return self._field(number, self.columns[column - 2], written)

    def _field(self, number: int, one: ImportField, written: str) -> Cell:
        """A cell that says something new, or about which something has to be said."""
        if problem := self._wrong.get((number, one.title)):
            return Cell(written, Tone.BAD, problem)
        change = self._changes.get(number)
        doubt = self._doubts.get((number, one.title), "")
        if change is None or change.is_new:
            return Cell(written, Tone.WARN if doubt else None, doubt)
        for difference in change.differences:
            if difference.key == one.key:
                old, new = (_words(one, value) for value in (difference.old, difference.new))
                words = f"{old or '—'}{ARROW}{new or '—'}{_percent(one, difference)}"
                return Cell(words, Tone.WARN if doubt else Tone.INFO, doubt)
        return Cell(written)


def _words(one: ImportField, value: Any) -> str:
    return "" if value is None or value == "" else str(one.kind.write(value))


def _percent(one: ImportField, difference: Difference) -> str:
    """By how much a figure rises or falls, where that says more than the two."""
    if not one.in_percent or not difference.old or difference.new is None:
        return ""
    share = (Decimal(difference.new) / Decimal(difference.old) - 1) * 100
    return f"  {share:+.1f} %"


class LinesModel(QAbstractTableModel):
    """The rows that are shown: all of them, or those of one kind."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: ImportLines | None = None
        self._shown: Sequence[int] = ()

    def show_lines(self, lines: ImportLines | None, state: str | None = None) -> None:
        """Show rows; with a state only those."""
        self.beginResetModel()
        self._lines = lines
        self._shown = lines.places.get(state, ()) if lines is not None else ()
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Rows shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Row number, what happens, and the fields."""
        return 0 if parent.isValid() or self._lines is None else len(self._lines.columns) + 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """The titles of the fields."""
        if orientation == Qt.Orientation.Vertical or self._lines is None:
            return None
        if role == Role.TextAlignmentRole:
            return self.side(section)
        if role != Role.DisplayRole:
            return None
        return (self.tr("Row"), self.tr("Import"), *(said(one.title) for one in self._lines.columns))[section]

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words, and what is wrong with them."""
        if not index.isValid() or self._lines is None:
            return None
        cell = self._lines.cell(self._shown[index.row()], index.column())
        match role:
            case Role.DisplayRole:
                return cell.text
            case Role.ToolTipRole:
                return cell.problem or None
            case Role.AccessibleTextRole:
                return f"{cell.text}. {cell.problem}".strip(" .")
            case Role.TextAlignmentRole:
                return self.side(index.column())
        return {TONE: cell.tone, PROBLEM: cell.problem}.get(role)

    def side(self, column: int) -> Qt.AlignmentFlag:
        """Numbers stand to the right, everything else to the left."""
        one = self._lines.columns[column - 2] if self._lines is not None and column > 1 else None
        side = Qt.AlignmentFlag.AlignRight if one is not None and one.kind.numeric else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def next_wrong(self, after: int) -> int:
        """The next row with a problem, round and round; -1 when there is none."""
        count = len(self._shown)
        for step in range(1, count + 1):
            place = (after + step) % count
            if self._lines is not None and self._lines.states[self._shown[place]] == WRONG:
                return place
        return -1


class LinePainter(QStyledItemDelegate):
    """Changed and wrong cells have a ground and an edge below, so that they do not speak by colour alone."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        painter.save()
        area: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(area, color("selected" if chosen else "surface"))
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), color("grid"))
        tone: Tone | None = index.data(TONE)
        ink = color("muted" if index.column() == 0 else "text")
        if tone is not None and tone is not Tone.NEUTRAL:
            inside = area.adjusted(1, 1, -1, -1)
            painter.fillRect(inside, tone_ground(tone))
            painter.fillRect(QRect(inside.left(), inside.bottom() - 1, inside.width(), 2), tone_color(tone))
            ink = tone_color(tone)
            if index.data(PROBLEM):
                sheet, right, top = Sheet(painter, area), inside.right(), inside.top()
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setBrush(ink)
                painter.setPen(Qt.PenStyle.NoPen)
                corner = (sheet.point(right, top), sheet.point(right - CORNER, top), sheet.point(right, top + CORNER))
                painter.drawPolygon(QPolygonF(corner))
        painter.setPen(ink)
        made = font(13, tabular=True)
        painter.setFont(made)
        room = area.adjusted(PAD, 0, -PAD, 0)
        words = QFontMetrics(made).elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, int(index.data(Role.TextAlignmentRole)), island(words))
        painter.restore()


class LinesTable(QTableView):
    """The rows to look through; nothing is edited here."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = LinesModel()
        self.lines.setParent(self)
        self.setModel(self.lines)
        self.setItemDelegate(LinePainter(self))
        self.setAccessibleName(self.tr("Rows of the file"))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setFixedHeight(HEADER_HEIGHT)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def fit(self) -> None:
        """Columns as wide as what stands in the first rows, within reason."""
        metrics = QFontMetrics(font(13, tabular=True))
        for section in range(self.lines.columnCount()):
            title = str(self.lines.headerData(section, Qt.Orientation.Horizontal))
            cells = [str(self.lines.index(row, section).data()) for row in range(min(60, self.lines.rowCount()))]
            widest = max(map(metrics.horizontalAdvance, (title, *cells)))
            self.setColumnWidth(section, max(FEWEST, min(widest + 2 * PAD + 8, WIDEST)))

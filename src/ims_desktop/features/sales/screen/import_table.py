"""The preview of a sales file: every line as it stands there, its columns with their meaning, and what is marked."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPolygonF
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

from ims_desktop.features.sales.rules import Field, Weight
from ims_desktop.features.sales.screen.import_marks import Mark, Marks
from ims_desktop.features.sales.service import Checked
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.inputs import Combo
from ims_desktop.ui.language import counted
from ims_desktop.ui.painter import LEFT, RIGHT
from ims_desktop.ui.sides import Sheet, island
from ims_desktop.ui.theme import Tone, color, font, theme, tone_color, tone_ground

NUMBERS = frozenset(
    (Field.QUANTITY, Field.PRICE, Field.GROSS, Field.DISCOUNT, Field.TOTAL, Field.TAX, Field.COVERS, Field.LINE)
)
MEANINGS = (Choice(None, "Leave out"), *(Choice(field, field.value) for field in Field))
Role = Qt.ItemDataRole
MARK, LEFT_OUT, HELD = int(Role.UserRole), int(Role.UserRole) + 1, int(Role.UserRole) + 2
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
Weights = QFont.Weight
PAD, ROW_HEIGHT, HEADER_HEIGHT, CORNER = 10, 32, 66, 8
# Narrow combos: the arrow has its own room already.
ROOM, ARROW = "padding: 0 0 0 7px;", "QComboBox::drop-down { border: 0; width: 20px; }"


class PreviewModel(QAbstractTableModel):
    """The lines of the file; the first column is the number a spreadsheet gives the row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._checked: Checked | None = None
        self._marks: Marks | None = None
        self._shown: Sequence[int] = ()

    def show_file(self, checked: Checked, marks: Marks, only_problems: bool) -> None:
        """Show a file; `only_problems` leaves out every line without a mark."""
        self.beginResetModel()
        self._checked, self._marks = checked, marks
        numbers = checked.reading.table.numbers
        self._shown = range(len(numbers))
        if only_problems:
            marked = marks.rows
            self._shown = [place for place, number in enumerate(numbers) if number in marked]
        self.endResetModel()

    def place_of(self, number: int) -> int:
        """Where a row of the file is shown, or -1."""
        if self._checked is None:
            return -1
        numbers = self._checked.reading.table.numbers
        place = bisect_left(numbers, number)
        found = bisect_left(self._shown, place)
        there = found < len(self._shown) and self._shown[found] == place
        return found if there and place < len(numbers) and numbers[place] == number else -1

    def column_of(self, name: str) -> int:
        """Where a column of the file is shown; the line number's place for none."""
        header = self._checked.reading.table.header if self._checked else ()
        return header.index(name) + 1 if name in header else 0

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Lines shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """The line number and the file's columns."""
        return 0 if parent.isValid() or self._checked is None else len(self._checked.reading.columns) + 1

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words, marks and tool tips."""
        if not index.isValid() or self._checked is None or self._marks is None:
            return None
        place, table = self._shown[index.row()], self._checked.reading.table
        number, column = table.numbers[place], index.column()
        name = table.header[column - 1] if column else ""
        mark = self._marks.cell(number, name)
        words = table.rows[place][column - 1].strip() if column else counted(number)
        match role:
            case Role.DisplayRole:
                return words
            case Role.ToolTipRole:
                return mark.words if mark else None
            case Role.AccessibleTextRole:
                return f"{name or self.tr('Line')}: {words}. {mark.words if mark else ''}".rstrip()
            case Role.TextAlignmentRole:
                return int(RIGHT if self._is_number(column) else LEFT)
        left_out = column > 0 and self._checked.reading.columns[column - 1].field is None
        return {MARK: mark, LEFT_OUT: left_out, HELD: self._marks.weight(number) is Weight.HELD}.get(role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """The names in the file."""
        if orientation == Qt.Orientation.Vertical or self._checked is None or role != Role.DisplayRole:
            return None
        return self._checked.reading.table.header[section - 1] if section else "Line"

    def is_number(self, section: int) -> bool:
        """Whether a column is written to the right."""
        return self._is_number(section)

    def _is_number(self, column: int) -> bool:
        return column > 0 and self._checked is not None and self._checked.reading.columns[column - 1].field in NUMBERS


class PreviewPainter(QStyledItemDelegate):
    """Marked cells have a ground, an edge below and a corner, so that they do not speak by colour alone."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        painter.save()
        area: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        mark: Mark | None = index.data(MARK)
        painter.fillRect(area, color("selected" if chosen else "surface"))
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), color("grid"))
        ink, weight = color("muted" if index.data(LEFT_OUT) or index.column() == 0 else "text"), Weights.Normal
        if mark is not None and index.column():
            self._mark(painter, area, mark.tone)
            ink = tone_color(mark.tone)
        elif index.column() == 0 and index.data(HELD):
            ink, weight = color("bad"), Weights.DemiBold
        painter.setPen(ink)
        made = font(13, weight, True)
        painter.setFont(made)
        room = area.adjusted(PAD, 0, -PAD, 0)
        words = QFontMetrics(made).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag(index.data(Role.TextAlignmentRole)), island(words))
        painter.restore()

    def _mark(self, painter: QPainter, area: QRect, tone: Tone) -> None:
        inside = area.adjusted(1, 1, -1, -1)
        painter.fillRect(inside, tone_ground(tone))
        painter.fillRect(QRect(inside.left(), inside.bottom() - 1, inside.width(), 2), tone_color(tone))
        right, top = inside.right() + 1, inside.top()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone_color(tone))
        sheet = Sheet(painter, area)
        corner = [sheet.point(right - CORNER, top), sheet.point(right, top), sheet.point(right, top + CORNER)]
        painter.drawPolygon(QPolygonF(corner))


class MappingHeader(QHeaderView):
    """A meaning to choose over every column, and the column's name in the file below it."""

    mapped = Signal(object, object)  # place of the column, Field or None

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.combos: list[Combo] = []
        self.setFixedHeight(HEADER_HEIGHT)
        self.setMinimumSectionSize(60)
        self.sectionResized.connect(lambda *_: self.place_combos())
        self.geometriesChanged.connect(self.place_combos)
        theme.changed.connect(self.viewport().update)

    def show_columns(self, checked: Checked, asked: frozenset[Field]) -> None:
        """Show what each column means; `asked`: fields that wait for an answer."""
        if len(self.combos) != len(checked.reading.columns):
            for combo in self.combos:
                combo.deleteLater()
            self.combos = [self._combo(place) for place in range(len(checked.reading.columns))]
        for combo, column in zip(self.combos, checked.reading.columns, strict=True):
            combo.choose(column.field)
            combo.setAccessibleName(self.tr("Meaning of {column}").format(column=column.header))
            combo.setToolTip(column.reason)
            tint(combo, Tone.WARN if column.field in asked else Tone.NEUTRAL if column.field is None else None)
        self.place_combos()

    def _combo(self, place: int) -> Combo:
        combo = Combo(MEANINGS)
        combo.setParent(self.viewport())
        combo.setFont(font(12))
        combo.setFixedHeight(28)
        tint(combo, None)
        combo.view().setMinimumWidth(180)
        combo.chosen.connect(lambda field, place=place: self.mapped.emit(place, field))
        combo.show()
        return combo

    def place_combos(self) -> None:
        """Put every combo over its column."""
        for place, combo in enumerate(self.combos, 1):
            if place < self.count():
                combo.setGeometry(self.sectionViewportPosition(place) + 4, 8, self.sectionSize(place) - 8, 28)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """The name of the column in the file."""
        painter.save()
        painter.fillRect(rect, color("surface"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), color("hairline"))
        model: Any = self.model()
        names = rect.adjusted(PAD, 40, -PAD, -2) if section else rect.adjusted(PAD, 0, -PAD, 0)
        made = font(12, Weights.DemiBold) if section == 0 else font(11)
        painter.setFont(made)
        painter.setPen(color("text2" if section == 0 else "muted"))
        words = str(model.headerData(section, Qt.Orientation.Horizontal) or "")
        words = QFontMetrics(made).elidedText(words, Qt.TextElideMode.ElideRight, names.width())
        painter.drawText(names, RIGHT if model.is_number(section) else LEFT, island(words))
        painter.restore()


class PreviewTable(QTableView):
    """The whole file to look through; nothing is edited here."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = PreviewModel(self)
        self.mapping = MappingHeader(self)
        self.setHorizontalHeader(self.mapping)
        self.setModel(self.lines)
        self.setItemDelegate(PreviewPainter(self))
        self.setAccessibleName(self.tr("Lines of the file"))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalScrollBar().valueChanged.connect(lambda _: self.mapping.place_combos())
        self._widths: tuple[str, ...] = ()

    def show_file(self, checked: Checked, marks: Marks, only_problems: bool, asked: frozenset[Field]) -> None:
        """Show a file as it is understood now; the place where the person looked is kept."""
        scrolled = self.verticalScrollBar().value()
        self.lines.show_file(checked, marks, only_problems)
        if self._widths != checked.reading.table.header:
            self._widths = checked.reading.table.header
            self._fit(checked)
            scrolled = 0
        self.mapping.show_columns(checked, asked)
        self.verticalScrollBar().setValue(scrolled)

    def jump(self, number: int, column: str) -> bool:
        """Go to a cell of the file; False when that line is not shown."""
        place = self.lines.place_of(number)
        if place < 0:
            return False
        index = self.lines.index(place, self.lines.column_of(column))
        self.setCurrentIndex(index)
        self.scrollTo(self.lines.index(place, 0), QAbstractItemView.ScrollHint.PositionAtCenter)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        return True

    def _fit(self, checked: Checked) -> None:
        """Columns as wide as what stands in the first lines, within reason."""
        metrics = QFontMetrics(font(13, tabular=True))
        table = checked.reading.table
        self.setColumnWidth(0, 70)
        for place in range(len(table.header)):
            cells = [row[place].strip() for row in table.rows[:60]]
            widest = max((metrics.horizontalAdvance(cell) for cell in cells), default=0)
            self.setColumnWidth(place + 1, max(98, min(widest + 2 * PAD + 6, 210)))


def tint(combo: Combo, tone: Tone | None) -> None:
    """Colour a combo that waits for an answer; None takes the colour away."""
    colours = ""
    if tone is not None:
        ground, ink = tone_ground(tone).name(), tone_color(tone).name()
        edge = ink if tone is Tone.WARN else color("border").name()
        colours = f"background: {ground}; color: {ink}; border-color: {edge};"
    sheet = f"QComboBox {{ {ROOM} {colours} }} {ARROW}"
    if combo.styleSheet() != sheet:  # dressing a widget anew is slow
        combo.setStyleSheet(sheet)

"""The lines of an area: one stands on a line, types what is there, and Enter leads to the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyleOptionViewItem, QVBoxLayout, QWidget

from ims_desktop.domain.listing import Page
from ims_desktop.domain.wording import Words, dotted, say
from ims_desktop.features.counts.rules import CountLine, LineState
from ims_desktop.features.counts.screen.words import LINE_STATES, initials, lot_words, packs_line, typed_line
from ims_desktop.features.items.rules import places
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.controls import column, frame
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import in_words, said
from ims_desktop.ui.painter import PAD, CellPainter, Index
from ims_desktop.ui.sides import Sheet
from ims_desktop.ui.table_model import TableModel
from ims_desktop.ui.table_view import TableView
from ims_desktop.ui.theme import color, font

ROW_HEIGHT, HEADING = 44, 26
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
WHO = ("entered", "entered_at")
KEY_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


@dataclass(frozen=True)
class SheetRow:
    """A line as it is shown."""

    line: CountLine
    number: int
    heading: Words = ""  # the shelf, over the first of its lines
    lot: Words = ""

    @property
    def id(self) -> tuple[UUID, UUID, str | None]:
        """Where and what, and of which lot."""
        return self.line.location_id, self.line.item_id, self.line.lot

    @property
    def name(self) -> str:
        """The item."""
        return self.line.name

    @property
    def detail(self) -> Words:
        """Its lot, or how one is named; code and pack. The shelf stands over the lines."""
        return dotted(self.lot, packs_line(self.line, shelf=False))

    @property
    def typed(self) -> str:
        """What was typed."""
        return typed_line(self.line.counting)

    @property
    def counted(self) -> Decimal | None:
        """What it adds up to."""
        return self.line.counted

    @property
    def unit(self) -> str:
        """The stock unit."""
        return self.line.units.base

    @property
    def decimals(self) -> int:
        """How many decimals the quantity shows."""
        return places(self.unit, self.line.counted)

    @property
    def system(self) -> Decimal | None:
        """What the system has there now."""
        return self.line.system

    @property
    def system_decimals(self) -> int:
        """How many decimals that shows."""
        return places(self.unit, self.line.system)

    @property
    def entered(self) -> str:
        """Who entered it last."""
        return ", ".join(dict.fromkeys(initials(entry.by) for entry in reversed(self.line.counting)))

    @property
    def entered_at(self) -> Any:
        """When it was so."""
        return self.line.counting[-1].counted_at if self.line.counting else None

    @property
    def state(self) -> LineState:
        """What the line waits for."""
        return self.line.state


def columns_for(blind: bool) -> tuple[Column, ...]:
    """The columns of a sheet; a blind one does not show what the system has."""
    columns = [
        Column("number", "#", Kind.NUMBER, 40),
        Column("name", "Item", Kind.TITLE, 200, sub="detail", stretch=True),
        Column("typed", "Counted", Kind.TEXT, 104, firm=True),
        Column("counted", "Together", Kind.QUANTITY, 102, unit="unit", places="decimals"),
        Column("system", "System", Kind.QUANTITY, 102, unit="unit", places="system_decimals"),
        Column("entered", "By", Kind.TEXT, 44),
        Column("entered_at", "Time", Kind.TIME, 76),
        Column("state", "State", Kind.CHIP, 114, chips=dict(LINE_STATES)),
    ]
    return tuple(each for each in columns if not (blind and each.key == "system"))


class CountPainter(CellPainter):
    """Frames the cells into which one types, dashed where nothing was counted; a shelf stands over its first line."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the shelf and the words, then the frame."""
        model: Any = index.model()
        if model.row_at(index).heading:
            self._heading(painter, option, index)
            option = QStyleOptionViewItem(option)
            cut: Any = option
            cut.rect = cut.rect.adjusted(0, HEADING, 0, 0)
        super().paint(painter, option, index)
        if model.columns[index.column()].key != "typed":
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        blank = model.row_at(index).counted is None
        painter.setPen(QPen(color("inputborder"), 1, Qt.PenStyle.DashLine if blank else Qt.PenStyle.SolidLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        area: Any = option
        painter.drawRoundedRect(area.rect.adjusted(4, 7, -4, -8), 6, 6)
        painter.restore()

    def _heading(self, painter: QPainter, option: Any, index: Index) -> None:
        """The band over the line; the shelf is written where the items are."""
        model: Any = index.model()
        band = QRect(option.rect.left(), option.rect.top(), option.rect.width(), HEADING)
        painter.save()
        painter.fillRect(band, color("neutralbg"))
        if model.columns[index.column()].key == "name":
            painter.setFont(font(12, QFont.Weight.DemiBold))
            painter.setPen(color("text2"))
            Sheet(painter, band).write(band.adjusted(PAD, 0, -PAD, 0), said(model.row_at(index).heading), LEFT)
        painter.restore()


class CountCell(QLineEdit):
    """The cell one types into; the arrows walk, Enter keeps, Esc takes back what was typed."""

    walked = Signal(int)
    left = Signal(int)  # to the area before or after
    kept = Signal(str)
    block = Signal()  # rows of a spreadsheet were pasted into it

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("cell")
        self.setFont(font(13, tabular=True))
        self.setPlaceholderText(self.tr("not counted"))
        self.setAccessibleName(self.tr("Counted"))
        self.setMaxLength(120)
        self.setStyleSheet("QLineEdit#cell { border-radius: 6px; padding: 0 8px; }")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrows; Page Up and Page Down lead through the areas."""
        key = Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.Paste) and _is_block(QGuiApplication.clipboard().text()):
            self.block.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.kept.emit(self.text().strip())
        elif key in KEY_STEPS:
            self.walked.emit(KEY_STEPS[key])
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.left.emit(-1 if key == Qt.Key.Key_PageUp else 1)
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class EntryTable(QWidget):
    """`entered` carries the line and what was typed; nothing is changed here before the server has it."""

    entered = Signal(object, str)  # CountLine, typed
    current_changed = Signal(object)  # CountLine or None
    walked_on = Signal(int)  # to another area

    def __init__(self, desk: Desk, blind: bool) -> None:
        super().__init__()
        self._formats = desk.formats
        self._stowed: tuple[int, ...] = ()
        self._columns = in_words(columns_for(blind))
        self.model = TableModel(self._columns, desk.formats, self)
        self.table = TableView(self.model, "count_sheet", desk.own, self.tr("Lines of the area"))
        self.table.setItemDelegate(CountPainter(self.table))
        self.table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.cell = CountCell(self.table.viewport())
        self.cell.hide()
        self.setFocusProxy(self.cell)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame("card", column(self.table, margins=(1, 1, 1, 1))))
        self.cell.walked.connect(self.walk)
        self.cell.left.connect(self.walked_on)
        self.cell.kept.connect(self._kept)
        self.table.selectionModel().currentChanged.connect(lambda *_: self._stand())
        self.table.verticalScrollBar().valueChanged.connect(lambda _: self.place())
        self.table.header.sectionResized.connect(lambda *_: self.place())
        self.table.opened.connect(lambda _row: self.cell.setFocus())
        self.table.clicked.connect(lambda _index: self.cell.setFocus())
        self.table.viewport().installEventFilter(self)

    def show_lines(self, lines: Sequence[CountLine]) -> None:
        """Show them as they are now; one stays where one stood, with what was typed so far."""
        before, typed = self.current, self.cell.text()
        lines = [part for line in lines for part in line.parts]
        self.model.begin(Page(tuple(_rows(lines, self._formats))))
        for number, row in enumerate(self.model.rows):
            self.table.setRowHeight(number, ROW_HEIGHT + (HEADING if row.heading else 0))
        place = next((p for p, line in enumerate(lines) if before is not None and _same(line, before)), None)
        if place is None:
            typed = ""
            place = next((p for p, line in enumerate(lines) if line.is_left), 0)
        self.go(place)
        self.cell.setText(typed)

    def show_who(self, on: bool) -> None:
        """Show who entered a line last and when, or make room where a panel beside tells it."""
        if on:
            sections, self._stowed = self._stowed, ()
        else:
            keys = [(place, one.key) for place, one in enumerate(self._columns)]
            sections = tuple(place for place, key in keys if key in WHO and not self.table.isColumnHidden(place))
            self._stowed += sections
        for section in sections:
            self.table.setColumnHidden(section, not on)
        self.table.column_layout.fit()
        self.place()

    @property
    def current(self) -> CountLine | None:
        """The line one stands on."""
        row = self.model.row_at(self.table.currentIndex())
        return row.line if row is not None else None

    def go(self, place: int) -> None:
        """Stand on a line."""
        if 0 <= place < self.model.rowCount():
            self.table.choose(place)
            self._stand()
        else:
            self.cell.hide()

    def go_to(self, item: UUID, lot: str | None = None) -> bool:
        """Stand on the line of an item, of its lot where that is listed; answers whether there is one."""
        places = [place for place, row in enumerate(self.model.rows) if row.line.item_id == item]
        named = [place for place in places if lot and self.model.rows[place].line.lot == lot]
        if not places:
            return False
        self.go(named[0] if named else places[-1] if lot else places[0])
        self.cell.setFocus()
        return True

    def walk(self, step: int) -> None:
        """Go a line up or down."""
        self.go(self.table.currentIndex().row() + step)

    def next_blank(self) -> None:
        """Go to the next line that nobody counted, or to the next."""
        here = self.table.currentIndex().row()
        blank = (p for p, row in enumerate(self.model.rows) if p > here and row.line.is_left)
        self.go(next(blank, min(here + 1, self.model.rowCount() - 1)))

    def place(self) -> None:
        """Put the cell over the one that is typed into."""
        index = self.table.currentIndex()
        section = next(p for p, column_ in enumerate(self._columns) if column_.key == "typed")
        area = self.table.visualRect(index.siblingAtColumn(section)) if index.isValid() else None
        shown = area is not None and area.isValid() and self.isEnabled()
        if area is not None and shown:
            row = self.model.row_at(index)
            above = HEADING if row is not None and row.heading else 0
            self.cell.setGeometry(area.adjusted(4, 7 + above, -4, -8))
        self.cell.setVisible(shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The cell follows the table."""
        if event.type() == QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)

    def _stand(self) -> None:
        line = self.current
        there = typed_line(line.counting) if line is not None else ""
        self.cell.clear()
        self.cell.setPlaceholderText(
            self.tr("{typed} + …").format(typed=there)
            if there
            else self.tr("4 #lot day")
            if line is not None and line.lot == ""
            else self.tr("not counted")
        )
        self.place()
        self.current_changed.emit(self.current)

    def _kept(self, typed: str) -> None:
        line = self.current
        if line is None:
            return
        if typed:
            self.entered.emit(line, typed)
        else:
            self.walk(1)


def _rows(lines: Sequence[CountLine], formats: Formats) -> Iterator[SheetRow]:
    """The lines with the shelf over the first of each; without any shelf there is nothing to say."""
    before: Words = ""
    for number, line in enumerate(lines, 1):
        shelf: Words = say("Found here") if line.is_found else line.shelf
        yield SheetRow(line, number, shelf if shelf != before else "", _lot(line, formats))
        before = shelf


def _lot(line: CountLine, formats: Formats) -> Words:
    """Of which lot a line is; where it is of none, whether there are others."""
    if line.lot != "":
        return lot_words(line.lot, line.expires_on, formats)
    return say("Another lot, or none") if line.lots or line.counting != line.whole else say("Kept by lots")


def _is_block(text: str) -> bool:
    """Whether these are cells of a spreadsheet rather than one quantity."""
    return "\t" in text or "\n" in text.strip()


def _same(one: CountLine, other: CountLine) -> bool:
    return (one.location_id, one.item_id, one.lot) == (other.location_id, other.item_id, other.lot)

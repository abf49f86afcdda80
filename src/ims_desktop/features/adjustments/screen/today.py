"""What was recorded today, under the entry table: newest first, each line with its Undo."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStackedLayout, QStyleOptionViewItem, QVBoxLayout, QWidget

from ims_desktop.domain.listing import Page
from ims_desktop.domain.wording import Words, say, say_count, word
from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.screen.purpose import Purpose
from ims_desktop.features.adjustments.screen.recorder import undo_movement
from ims_desktop.features.items.rules import places
from ims_desktop.features.stock.service import MovementRow, Posted
from ims_desktop.ui.columns import NUMERIC, Column, Kind
from ims_desktop.ui.controls import column, frame, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.empty_state import EmptyState
from ims_desktop.ui.header import TotalsRow
from ims_desktop.ui.language import in_words, said
from ims_desktop.ui.painter import FIRST_PAD, PAD, CellPainter, unit_slot
from ims_desktop.ui.sides import Sheet
from ims_desktop.ui.table_model import ROW, Seen, TableModel
from ims_desktop.ui.table_view import TableView
from ims_desktop.ui.theme import Tone, color, font

SUBJECTS = frozenset({"stock", "postings"})
MISTAKE = "Entered by mistake"
FRESH_MS = 6000
ROW_HEIGHT = 34
STRUCK = frozenset({"item", "quantity", "value"})
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class TodayLine:
    """A recorded movement as this page shows it: waste counts up, adjustments keep their sign."""

    movement: MovementRow
    signed: bool
    may_undo: bool

    @property
    def id(self) -> int:
        """The movement."""
        return self.movement.id

    @property
    def at(self) -> datetime:
        """When it took effect."""
        return self.movement.effective_at

    @property
    def item(self) -> str:
        """The item."""
        return self.movement.item

    @property
    def quantity(self) -> Decimal:
        """How much."""
        return self.movement.quantity if self.signed else -self.movement.quantity

    @property
    def unit(self) -> str:
        """In which unit."""
        return self.movement.unit

    @property
    def decimals(self) -> int:
        """How many decimals the quantity shows."""
        return places(self.unit, self.quantity)

    @property
    def reason(self) -> str | None:
        """Why."""
        return self.movement.reason

    @property
    def note(self) -> str:
        """What was remarked."""
        return self.movement.note

    @property
    def location(self) -> str:
        """Where."""
        return self.movement.location

    @property
    def value(self) -> Decimal | None:
        """What it was worth."""
        value = self.movement.value
        return value if value is None or self.signed else -value

    @property
    def by(self) -> str:
        """Who."""
        return self.movement.by

    @property
    def is_undone(self) -> bool:
        """Whether it no longer counts."""
        return self.movement.undone_by is not None

    @property
    def undo(self) -> Words:
        """The words of the last cell."""
        if self.is_undone:
            return word("Undone")
        return word("Undo") if self.may_undo else ""


def calm(line: TodayLine) -> Tone:
    """Undone lines step back."""
    if line.is_undone:
        return Tone.NEUTRAL
    return Tone.OK if line.signed and line.quantity > 0 else Tone.PLAIN


def undo_tone(line: TodayLine) -> Tone:
    """A link as long as it can be undone."""
    return Tone.NEUTRAL if line.is_undone else Tone.INFO


def columns_for(purpose: Purpose) -> tuple[Column, ...]:
    """The columns of the list."""
    signed = purpose.signed
    return (
        Column("at", "Time", Kind.TIME, 96),
        Column("item", "Item", Kind.TITLE, 160, stretch=True),
        Column("quantity", "Quantity", Kind.QUANTITY, 132, unit="unit", places="decimals", signed=signed, tone=calm),
        Column("reason", "Reason", width=126),
        Column("location", "Location", width=118),
        Column("note", "Note", width=88),
        Column("value", "Value" if signed else "Cost", Kind.MONEY, 84, signed=signed, total=True, tone=calm,
               permission="stock.cost"),
        Column("by", "By", width=100),
        Column("undo", "", Kind.LINK, 160, opens="undo", tone=undo_tone),
    )  # fmt: skip


class TodayPainter(CellPainter):
    """Strikes through what was undone, and lights what was recorded a moment ago."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.fresh: UUID | None = None

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the cell, then the line through it."""
        super().paint(painter, option, index)
        model: Any = index.model()
        shown: Column = model.columns[index.column()]
        line: TodayLine = index.data(ROW)
        if not line.is_undone or shown.key not in STRUCK:
            return
        box: Any = option
        width = QFontMetrics(font(13, tabular=shown.kind in NUMERIC)).horizontalAdvance(str(index.data()))
        area: QRect = box.rect
        left = area.left() + (FIRST_PAD if index.column() == 0 else PAD)
        if shown.kind in NUMERIC:
            left = area.right() - PAD - unit_slot(shown) - width
        struck = QRect(left, area.center().y() + 1, min(left + width, area.right() - PAD) - left + 1, 1)
        painter.fillRect(struck if shown.kind in NUMERIC else Sheet(painter, area).lies(struck), color("muted"))

    def _ground(self, painter: QPainter, option: Any, index: Index, seen: Seen) -> bool:
        first = super()._ground(painter, option, index, seen)
        line: TodayLine = seen.row
        if self.fresh is not None and line.movement.posting_id == self.fresh:
            painter.fillRect(option.rect.adjusted(0, 0, 0, -1), color("okbg"))
        return first


class TodayList(QWidget):
    """Reads today's lines of one site and offers to undo them."""

    counted = Signal(object)  # service.Today

    def __init__(self, desk: Desk, purpose: Purpose, site: UUID) -> None:
        super().__init__()
        self._desk, self._purpose, self._site = desk, purpose, site
        shown = in_words(tuple(one for one in columns_for(purpose) if desk.may(one.permission)))
        self.model = TableModel(shown, desk.formats, self)
        self.table = TableView(self.model, f"{purpose.key}_today", desk.own, self.tr("Recorded today"))
        self.painter = TodayPainter(self.table)
        self.table.setItemDelegate(self.painter)
        self.table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.totals = TotalsRow(self.table, shown, desk.formats)
        self.words = label("", 12, role="muted", tabular=True)
        self._fade = QTimer(self, singleShot=True, interval=FRESH_MS)
        self._fade.timeout.connect(lambda: self.light(None))
        self._lay_out()
        self.table.clicked_link.connect(self._clicked)
        self.table.opened.connect(lambda line: desk.navigation.open("movements", line.id))
        desk.background.changed.connect(self._concerned)
        self.reload()

    def _lay_out(self) -> None:
        head = row(label(self.tr("Recorded today"), 15, 600), self.words, None, spacing=10)
        self._empty = EmptyState()
        self._empty.say("tray", self.tr("Nothing recorded today"), self.tr("What you record appears here at once."))
        holder, filled = QWidget(), QWidget()
        filled.setLayout(column(self.table))
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(filled)
        self._stack.addWidget(self._empty)
        inside = column(holder, self.totals, margins=(1, 1, 1, 1))
        inside.setStretch(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(frame("card", inside), 1)

    def reload(self) -> None:
        """Read again."""
        self._desk.start(self, self._show, service.recorded_today, self._purpose.kind, self._site, replace="today")

    def light(self, posting: UUID | None) -> None:
        """Light the lines of a document for a moment."""
        self.painter.fresh = posting
        self.table.viewport().update()
        if posting is not None:
            self._fade.start()

    def _concerned(self, subjects: Set[str]) -> None:
        if subjects & SUBJECTS:
            self.reload()

    def _show(self, today: service.Today) -> None:
        may = self._desk.may(self._purpose.permission) or self._desk.may("documents.reverse")
        lines = tuple(TodayLine(movement, self._purpose.signed, may) for movement in today.rows)
        self.model.begin(Page(lines))
        count, undone = len(today.counting), len(today.rows) - len(today.counting)
        self._stack.setCurrentIndex(0 if lines else 1)
        self.totals.setVisible(bool(lines))
        words = said(say_count("{count} entry", "{count} entries", count=len(lines))) if lines else ""
        self.words.say(say("{entries}, {count} undone", entries=words, count=undone) if undone else words)
        total = today.value
        shown = {} if total is None else {"value": total if self._purpose.signed else -total}
        self.totals.show_totals(self.tr("{count} of them count").format(count=count) if undone else words, shown)
        self.counted.emit(today)

    def _clicked(self, clicked: Column, line: TodayLine) -> None:
        if clicked.key == "undo" and not line.is_undone and line.may_undo:
            self.undo(line)

    def undo(self, line: TodayLine) -> None:
        """Take a line back."""

        def done(_posted: Posted) -> None:
            formats = self._desk.formats
            amount = formats.quantity(line.quantity, line.unit, line.decimals)
            self._desk.messages.done(self.tr("Undone: {amount} {item}").format(amount=amount, item=line.item))

        undo_movement(self._desk, self, line.id, done, MISTAKE)

    def keyPressEvent(self, event: Any) -> None:
        """Delete undoes the chosen line."""
        chosen = self.table.chosen_rows()
        if event.key() == Qt.Key.Key_Delete and len(chosen) == 1 and chosen[0].undo == "Undo":
            self.undo(chosen[0])
        else:
            super().keyPressEvent(event)

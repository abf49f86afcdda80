"""The table "Where the waste was": the dearest items with their main reason, a bar and the change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from ims_desktop.domain.listing import Page
from ims_desktop.domain.wording import meant
from ims_desktop.features.items.rules import places
from ims_desktop.features.reports.service import Row
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import in_words
from ims_desktop.ui.painter import CellPainter
from ims_desktop.ui.sides import FROM_LEFT, Sheet
from ims_desktop.ui.table_model import Seen, TableModel
from ims_desktop.ui.table_view import TableView
from ims_desktop.ui.theme import Tone, color, font, tokens

ROW_HEIGHT, NUMBER_ROOM = 36, 84
ALARM = Decimal("0.2")
LEFT, RIGHT = (
    Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
)


@dataclass(frozen=True)
class WastedItem:
    """One line: `series` is the colour of its main reason, `part` its cost against the dearest item's."""

    id: UUID
    item: str
    category: str
    reason: str
    series: int
    quantity: Decimal
    unit: str
    value: Decimal
    part: float
    change: Decimal | None

    @property
    def decimals(self) -> int:
        """How many decimals its quantity shows."""
        return places(self.unit, self.quantity)


COLUMNS = (
    Column("item", "Item", Kind.TEXT, 330, stretch=True),
    Column("reason", "Main reason", Kind.TEXT, 200),
    Column("quantity", "Quantity", Kind.QUANTITY, 140, unit="unit", places="decimals"),
    Column("value", "Cost", Kind.MONEY, 300),
    Column(
        "change", meant("Change", "difference"), Kind.PERCENT, 100, signed=True, decimals=0,
        tone=lambda row: Tone.BAD if row.change is not None and row.change >= ALARM else Tone.PLAIN,
    ),
)  # fmt: skip


def wasted_items(rows: Sequence[Row], colours: Mapping[UUID | None, int], other: int) -> tuple[WastedItem, ...]:
    """The lines of the table from the rows of the report."""
    dearest = max((row["value"] for row in rows), default=Decimal(0))
    return tuple(
        WastedItem(
            row["item_id"], row["item"], row["category"], row["reason"], colours.get(row["reason_id"], other),
            row["quantity"], row["unit"], row["value"], float(row["value"] / dearest) if dearest > 0 else 0.0,
            row["change"],
        )
        for row in rows
    )  # fmt: skip


class WasteModel(TableModel):
    """Says "new" where there was nothing to compare with."""

    def words(self, column: Column, row: Any) -> str:
        """As its column says, but for what is new."""
        return self.tr("new") if column.key == "change" and row.change is None else super().words(column, row)


class WastePainter(CellPainter):
    """Paints the category behind the item, the colour before the reason and the bar before the cost."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one cell."""
        model: Any = index.model()
        key = model.columns[index.column()].key
        if key not in ("item", "reason", "value"):
            super().paint(painter, option, index)
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        seen: Seen = model.seen(index)
        self._ground(painter, option, index, seen)
        area = Sheet(painter, option.rect).lies(option.rect.adjusted(16 if key == "item" else 12, 0, -12, 0))
        {"item": self._item, "reason": self._reason, "value": self._bar}[key](painter, area, seen.row, seen.words)
        painter.restore()

    def _item(self, painter: QPainter, area: QRect, row: WastedItem, words: str) -> None:
        ink = font(13, QFont.Weight.Medium)
        width = QFontMetrics(ink).horizontalAdvance(words)
        painter.setFont(ink)
        painter.setPen(color("text"))
        sheet = Sheet(painter, area)
        sheet.write(area, QFontMetrics(ink).elidedText(words, Qt.TextElideMode.ElideRight, area.width()), LEFT)
        room = area.adjusted(width + 10, 0, 0, 0)
        painter.setFont(font(12))
        painter.setPen(color("muted"))
        if room.width() > 30:
            shown = QFontMetrics(font(12)).elidedText(row.category, Qt.TextElideMode.ElideRight, room.width())
            sheet.write(room, shown, LEFT)

    def _reason(self, painter: QPainter, area: QRect, row: WastedItem, words: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().series[row.series]))
        sheet = Sheet(painter, area)
        painter.drawRoundedRect(sheet.lies(QRectF(area.left(), area.center().y() - 4, 9, 9)), 2, 2)
        painter.setPen(color("text2"))
        painter.setFont(font(13))
        sheet.write(area.adjusted(17, 0, 0, 0), words, LEFT)

    def _bar(self, painter: QPainter, area: QRect, row: WastedItem, words: str) -> None:
        painter.setLayoutDirection(FROM_LEFT)  # a bar and its figure are read as in a chart
        painter.setFont(font(13, tabular=True))
        painter.setPen(color("text"))
        painter.drawText(area, RIGHT, words)
        groove = QRectF(area.left() + 18, area.center().y() - 2.5, area.width() - NUMBER_ROOM - 18, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("raised"))
        painter.drawRoundedRect(groove, 3, 3)
        painter.setBrush(QColor(tokens().series[row.series]))
        painter.drawRoundedRect(QRectF(groove.left(), groove.top(), max(6.0, groove.width() * row.part), 6), 3, 3)


class WasteTable(TableView):
    """As high as its rows; the page scrolls."""

    def __init__(self, desk: Desk) -> None:
        self._model = WasteModel(in_words(COLUMNS), desk.formats)
        super().__init__(self._model, "reports/waste", desk.own, self.tr("Where the waste was"))
        self._model.setParent(self)
        self.setItemDelegate(WastePainter(self))
        self.setSelectionMode(self.SelectionMode.SingleSelection)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_items(self, items: Sequence[WastedItem], formats: Formats) -> None:
        """Show these lines."""
        self._model.formats = formats
        self._model.begin(Page(tuple(items)))
        self.setFixedHeight(self.header.maximumHeight() + ROW_HEIGHT * len(items) + 2)

    def items(self) -> tuple[WastedItem, ...]:
        """The lines shown."""
        return self._model.rows

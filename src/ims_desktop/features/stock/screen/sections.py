"""What stock adds to the panel of an item: where it is, how it went, what moved last."""

from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.features.stock import service
from ims_desktop.features.stock.screen.level_panel import on_the_way, recent_line, reserved_by
from ims_desktop.features.stock.screen.words import amount
from ims_desktop.ui.controls import clear_layout, label
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Line, Related, Section, Trend
from ims_desktop.ui.detail_panel import related_block, trend_block
from ims_desktop.ui.language import said
from ims_desktop.ui.live_part import LivePart

SUBJECTS = frozenset({"stock", "orders", "transfers"})


class ItemStockView(LivePart):
    """Reads the stock of an item at the chosen site and shows it; reads again when stock changed."""

    subjects = SUBJECTS

    def __init__(self, desk: Desk, item: Any, parent: QWidget) -> None:
        super().__init__(desk, parent)
        self._item = item
        self.content.setSpacing(0)
        self.content.addWidget(label(self.tr("Reading …"), 12, role="muted"))
        self.read()

    def read(self) -> None:
        """Ask anew."""
        self.desk.start(
            self, self._show, service.item_stock, self._item, self.desk.site, failed=self._failed, replace="stock"
        )

    def _failed(self, error: Exception) -> None:
        clear_layout(self.content)
        self.content.addWidget(label(said(str(error)), 12, role="muted", wrap=True))

    def _show(self, stock: service.ItemStock) -> None:
        formats = self.desk.formats
        clear_layout(self.content)
        trend = Trend(
            self.tr("On hand, last 30 days"),
            stock.history,
            tuple(formats.date(day) for day in stock.days),
            target=stock.par,
            target_label=self.tr("par"),
            steps=True,
            note=stock.unit,
        )
        held = tuple(Line(name, value=amount(quantity, stock.unit, formats)) for name, quantity in stock.places)
        moved = tuple(recent_line(line, stock.unit, formats) for line in stock.movements)
        everything = Place("movements", filters=(Filter("item", Match.IN, (stock.item_id,)),))
        self.content.addLayout(trend_block(self.desk, trend))
        for related in (
            Related(self.tr("On hand"), held, empty=self.tr("Nothing is on hand.")),
            *on_the_way(stock, formats),
            *reserved_by(stock, formats),
            Related(
                self.tr("Recent movements"), moved, stock.movement_count, everything, self.tr("Nothing moved yet.")
            ),
        ):
            self.content.addSpacing(12)
            self.content.addLayout(related_block(self.desk, related))


def build_item_stock(desk: Desk, record: Any, parent: QWidget) -> QWidget:
    """The section under an item; `record` has the id of the item."""
    return ItemStockView(desk, record.id, parent)


ITEM_SECTIONS = (Section("Stock", build_item_stock, "stock.view"),)

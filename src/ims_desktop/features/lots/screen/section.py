"""What lots add to the panel of an item: which there are, and when they expire."""

from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.domain.wording import dotted
from ims_desktop.features.lots import service
from ims_desktop.features.lots.screen.words import TONES, left
from ims_desktop.features.lots.service import ItemLots
from ims_desktop.features.stock.screen.words import amount
from ims_desktop.ui.controls import clear_layout, label
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Line, Related, Section
from ims_desktop.ui.detail_panel import related_block
from ims_desktop.ui.language import said
from ims_desktop.ui.live_part import LivePart
from ims_desktop.ui.theme import Tone

SHOWN = 5


class ItemLotsView(LivePart):
    """Reads the lots of an item at the chosen site; reads again when stock changed."""

    subjects = service.SUBJECTS

    def __init__(self, desk: Desk, item: Any, parent: QWidget) -> None:
        super().__init__(desk, parent)
        self._item = item
        self.content.addWidget(label(self.tr("Reading …"), 12, role="muted"))
        self.read()

    def read(self) -> None:
        """Ask anew."""
        self.desk.start(
            self, self._show, service.item_lots, self._item, self.desk.site, failed=self._failed, replace="lots"
        )

    def _failed(self, error: Exception) -> None:
        clear_layout(self.content)
        self.content.addWidget(label(said(str(error)), 12, role="muted", wrap=True))

    def _show(self, found: ItemLots) -> None:
        formats = self.desk.formats
        clear_layout(self.content)
        lines = [
            Line(
                row.code,
                said(dotted(formats.date(row.expires_on) if row.expires_on else "", left(row.days_left), row.places)),
                amount(row.on_hand, row.unit, formats),
                TONES.get(row.state, Tone.PLAIN),
                Place("lots", row.key),
            )
            for row in found.rows[:SHOWN]
        ]
        if found.loose and found.tracked:
            lines.append(Line(self.tr("Of no lot"), value=amount(found.loose, found.unit, formats), tone=Tone.NEUTRAL))
        everything = Place("lots", filters=(Filter("item", Match.IN, (self._item,)),))
        nothing = self.tr("None is on hand.") if found.tracked else self.tr("It is not kept by lots.")
        total = len(found.rows) if len(found.rows) > SHOWN else None
        self.content.addLayout(
            related_block(
                self.desk, Related(self.tr("On hand, what expires first"), tuple(lines), total, everything, nothing)
            )
        )


def _build(desk: Desk, record: Any, parent: QWidget) -> QWidget | None:
    if getattr(record, "tracks_lots", "NO") == "NO":
        return None
    return ItemLotsView(desk, record.id, parent)


ITEM_SECTIONS = (Section("Lots", _build, "stock.view"),)

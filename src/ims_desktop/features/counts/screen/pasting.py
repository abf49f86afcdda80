"""Pasting a block from a spreadsheet into a count: what it would enter is shown before anything is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from ims_desktop.domain.cell_block import read_block
from ims_desktop.domain.errors import Problem
from ims_desktop.domain.wording import say
from ims_desktop.features.counts import service
from ims_desktop.features.counts.rules import PastedLine, read_pasted
from ims_desktop.features.counts.rules.pasting import MOST_LINES
from ims_desktop.features.counts.screen.words import amount
from ims_desktop.features.counts.service import CountSheet, Entry
from ims_desktop.ui.columns import Column
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.grid_cells import Proposal
from ims_desktop.ui.paste_panel import PastePanel

COUNTED = Column("counted", "Counted")


class BlockPasting(QObject):
    """`planned` carries a panel that shows the block; `entered` the entries once somebody took them over."""

    planned = Signal(object)  # PastePanel
    entered = Signal(object)  # tuple of Entry

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk

    def paste(self, sheet: CountSheet, here: UUID | None) -> None:
        """Read the clipboard: SKU or barcode, quantity, and perhaps the storage location."""
        block = read_block(QGuiApplication.clipboard().text())
        if not block or len(block[0]) < 2:
            self._desk.messages.note(
                say("Copy rows with SKU or barcode, quantity and, if you like, the storage location; then paste them.")
            )
            return
        if len(block) > MOST_LINES:
            self._desk.messages.note(say("At most {most:,} rows can be pasted at once.", most=MOST_LINES))
            return
        places = {area.name.casefold(): area.location_id for area in sheet.areas}
        sign = self._desk.formats.decimal_sign

        def found(items: Any) -> None:
            self._plan(*read_pasted(block, items, places, here, sign))

        names = [cells[0].strip() for cells in block]
        self._desk.start(self, found, service.countables, names, replace="paste")

    def _plan(self, lines: Sequence[PastedLine], problems: Sequence[Problem]) -> None:
        formats = self._desk.formats
        read = [
            Proposal(f"{line.row}  {line.item.name}", COUNTED, "", amount(line.quantity, line.item.units.base, formats))
            for line in lines
        ]
        refused = [Proposal(str(each.row), COUNTED, "", "", refused=each.text) for each in problems]
        panel = PastePanel([*refused, *read], say("They are added to what was counted so far. Nothing is overwritten."))
        entries = tuple(
            Entry(uuid4(), line.location_id, line.item.id, line.quantity, line.typed, line.item.unit) for line in lines
        )
        panel.accepted.connect(lambda _proposals: self.entered.emit(entries))
        self.planned.emit(panel)

"""Pasting a block from a spreadsheet into a count: what it would enter is shown before anything is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from ims_desktop.domain.cell_block import read_block
from ims_desktop.domain.errors import Offline, Problem
from ims_desktop.domain.wording import dotted, say
from ims_desktop.features.counts import service
from ims_desktop.features.counts.rules import CountedBlock, CountLine, PastedLine, read_pasted
from ims_desktop.features.counts.rules.pasting import MOST_LINES, content_of, row_key, with_known_lots
from ims_desktop.features.counts.screen.keeping import CountMemory, SheetEntries
from ims_desktop.features.counts.screen.words import amount, lot_words
from ims_desktop.features.counts.service import CountSheet, Entry
from ims_desktop.ui import journal
from ims_desktop.ui.columns import Column
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.grid_cells import Proposal
from ims_desktop.ui.language import said
from ims_desktop.ui.paste_panel import PastePanel

COUNTED = Column("counted", "Counted")
MOST_TIMES = 20  # that the same block is meant to be entered


class BlockPasting(QObject):
    """`planned` carries a panel that shows the block; `entered` the entries once somebody took them over.

    A block that was entered before is entered once more only when its person says so.
    """

    planned = Signal(object)  # PastePanel
    entered = Signal(object, object)  # tuple of Entry, the journal's entry that they take the place of or None

    def __init__(self, desk: Desk, kept: SheetEntries, memory: CountMemory, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._kept, self._memory = desk, kept, memory

    def paste(self, sheet: CountSheet, here: UUID | None) -> None:
        """Read the clipboard: SKU or barcode, quantity, and perhaps storage location, lot and its last day."""
        block = read_block(QGuiApplication.clipboard().text())
        if not block or len(block[0]) < 2:
            self._desk.messages.note(
                say(
                    "Copy rows with SKU or barcode, quantity and, if you like, storage location, lot and its last day;"
                    " then paste them."
                )
            )
            return
        if len(block) > MOST_LINES:
            self._desk.messages.note(say("At most {most:,} rows can be pasted at once.", most=MOST_LINES))
            return
        places = {area.name.casefold(): area.location_id for area in sheet.areas}
        formats = self._desk.formats

        def found(items: Any) -> None:
            lines, problems = read_pasted(block, items, places, here, formats.decimal_sign, formats.parse_date)
            if any(line.lot is not None for line in lines):
                self._name_lots(sheet, lines, problems, block)
            else:
                self._look_back(sheet, lines, problems, block)

        names = [cells[0].strip() for cells in block]
        self._desk.start(self, found, self._memory.countables, names, replace="paste")

    def _name_lots(self, sheet: CountSheet, lines: Sequence[PastedLine], problems: Sequence[Problem],
                   block: Sequence[Sequence[str]]) -> None:  # fmt: skip
        """Call the lots as the sheet does."""

        def read(known: Sequence[CountLine]) -> None:
            self._look_back(sheet, with_known_lots(lines, self._kept.with_kept(known)), problems, block)

        self._desk.start(self, read, self._memory.lines_of, sheet.id, replace="paste")

    def _look_back(self, sheet: CountSheet, lines: Sequence[PastedLine], problems: Sequence[Problem],
                   block: Sequence[Sequence[str]]) -> None:  # fmt: skip
        """Ask whether this block was entered before, and how often."""
        content = content_of(lines)
        firsts = [row_key(sheet.id, content, time, 0) for time in range(MOST_TIMES)]

        def answered(known: Mapping[UUID, datetime]) -> None:
            times = sum(key in known or self._kept.knows(key) for key in firsts)
            entries = tuple(_entry(line, row_key(sheet.id, content, times, row)) for row, line in enumerate(lines))
            when = max((known[key] for key in firsts if key in known), default=None)
            self._plan(lines, problems, block, entries, when, times)

        def failed(error: Exception) -> None:
            if isinstance(error, Offline):
                answered({})
            else:
                self._desk.messages.failed(str(error))

        self._desk.start(self, answered, service.entered_before, firsts, failed=failed, replace="paste")

    def _plan(self, lines: Sequence[PastedLine], problems: Sequence[Problem], block: Sequence[Sequence[str]],
              entries: tuple[Entry, ...], when: datetime | None, times: int) -> None:  # fmt: skip
        formats = self._desk.formats
        read = [
            Proposal(_name(line), COUNTED, "", amount(line.quantity, line.item.units.base, formats)) for line in lines
        ]
        refused = [Proposal(_written(each, block), COUNTED, "", "", refused=each.text) for each in problems]
        panel = PastePanel([*refused, *read], say("They are added to what was counted so far. Nothing is overwritten."))

        def take(_proposals: object = None) -> None:
            self.entered.emit(entries, None)

        def ask(_proposals: object) -> None:
            question = say("These rows wait on this PC already. Entered once more, they count twice.")
            if when is not None:
                at = formats.moment(when)
                question = say("These rows were entered {when} already. Entered once more, they count twice.", when=at)
            self._desk.messages.ask(question, take, go_on=say("Enter once more"), parent=panel.window())

        panel.accepted.connect(ask if times else take)
        self.planned.emit(panel)

    def take_up(self, kept: journal.Entry) -> None:
        """Show a block that was not taken: what was wrong, and what of it can be entered."""
        block = kept.value
        if not isinstance(block, CountedBlock):
            return
        wrong = {each.row: each.text for each in kept.problems if each.row is not None}
        good = tuple(entry for row, entry in enumerate(block.entries, 1) if row not in wrong)
        proposals = [
            Proposal(str(row), COUNTED, "", entry.typed, refused=wrong.get(row, ""))
            for row, entry in enumerate(block.entries, 1)
        ]
        panel = PastePanel(
            proposals, kept.text or say("They are added to what was counted so far. Nothing is overwritten.")
        )
        panel.accepted.connect(lambda _proposals: self.entered.emit(good, kept))
        self.planned.emit(panel)


def _entry(line: PastedLine, key: UUID) -> Entry:
    lot = line.lot
    return Entry(key, line.location_id, line.item.id, line.quantity, line.typed, line.item.unit,
                 lot=lot.code if lot else None, expires_on=lot.expires_on if lot else None)  # fmt: skip


def _name(line: PastedLine) -> str:
    lot = lot_words(line.lot.code, None) if line.lot is not None else ""
    return f"{line.row}  {said(dotted(line.item.name, lot))}"


def _written(problem: Problem, block: Sequence[Sequence[str]]) -> str:
    """The row and what the paper calls the item."""
    return f"{problem.row}  {block[problem.row - 1][0].strip()}" if problem.row else ""

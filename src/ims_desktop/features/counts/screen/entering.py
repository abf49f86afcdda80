"""From what was typed into a line to an entry that is safe: by the journal of this PC, or straight to the server."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.quantity import read_quantity
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.features.counts import service
from ims_desktop.features.counts.rules import Counted, CountEntry, CountLine, Entry, Kept
from ims_desktop.features.counts.screen.keeping import SheetEntries
from ims_desktop.features.counts.screen.words import amount
from ims_desktop.features.counts.service import CountSheet
from ims_desktop.ui import journal
from ims_desktop.ui.controls import row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.when import When

LONGEST_NOTE = 1000


class Besides(QWidget):
    """What goes with the next entry beside its quantity: a note, and when it was counted if not now.

    The time stays until it is changed, because a sheet of paper was counted at one time; the note is of one entry.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.when = When(desk)
        self.note = QLineEdit()
        self.note.setPlaceholderText(self.tr("Note to the next entry"))
        self.note.setAccessibleName(self.tr("Note to the next entry"))
        self.note.setMaxLength(LONGEST_NOTE)
        parts = row(self.when, self.note, spacing=12)
        parts.setStretch(1, 1)
        self.setLayout(parts)


class Entering(QObject):
    """`wrong` tells what cannot be entered (empty: nothing), `entered` that the line is done with."""

    wrong = Signal(object)  # Words
    entered = Signal()

    def __init__(self, desk: Desk, sheet: UUID, kept: SheetEntries, besides: Besides, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._key, self._kept, self._besides = desk, sheet, kept, besides
        self.sheet: CountSheet | None = None
        self.unit: tuple[UUID, str] | None = None  # the pack that was scanned, until its line is left
        self.taken_up: journal.Entry | None = None  # what the next entry of its line takes the place of
        kept.refused.connect(self._not_taken)

    def type(self, line: CountLine, typed: str) -> None:
        """Enter what was typed; `=` before it stands for one's own last entry."""
        corrects, typed = typed.startswith("="), typed.removeprefix("=").strip()
        unit = self.unit[1] if self.unit and self.unit[0] == line.item_id else line.units.base
        at, problems = self._besides.when.read(self._desk.formats.zone)
        try:
            sign = self._desk.formats.decimal_sign
            read = read_quantity(typed, line.units, cell_unit=unit, decimal_sign=sign)
        except UserError as error:
            self.wrong.emit(error.text)
            return
        if problems:
            self.wrong.emit(problems[0].text)
            return
        mine = [entry for entry in line.counting if self._desk.person.key in (None, entry.by_id)]
        if corrects and not mine:
            self.wrong.emit(self.tr("You entered nothing here yet that could be corrected."))
            return
        entry = Entry(uuid4(), line.location_id, line.item_id, read.quantity, typed, unit,
                      self._besides.note.text().strip(), at)  # fmt: skip
        self._besides.note.clear()
        self.wrong.emit("")
        self._enter_one(line, entry, mine[-1] if corrects else None)
        self.entered.emit()

    def _enter_one(self, line: CountLine, entry: Entry, corrected: CountEntry | None) -> None:
        before = self._before(line, corrected)
        if corrected is not None and before is None:
            entry = replace(entry, takes_back=corrected.id)
        elif before is not None and isinstance(before.value, Counted):
            earlier = before.value.entry
            again = earlier.takes_back if all(one.field != "takes_back" for one in before.problems) else None
            entry = replace(entry, takes_back=again, counted_at=entry.counted_at or earlier.counted_at)
        words = amount(entry.quantity, line.units.base, self._desk.formats) if entry.quantity is not None else ""
        self._hand_over(entry, line, words, before)

    def _before(self, line: CountLine, corrected: CountEntry | None) -> journal.Entry | None:
        """The entry on this PC that the next one of this line takes the place of."""
        before, self.taken_up = self.taken_up, None
        if before is not None and isinstance(before.value, Counted) and before.value.entry.item_id == line.item_id:
            return before
        if corrected is not None and corrected.kept is not Kept.SERVER and corrected.key is not None:
            return self._desk.journal.find(corrected.key) if self._desk.journal is not None else None
        return None

    def _hand_over(self, entry: Entry, line: CountLine, words: str, before: journal.Entry | None = None) -> None:
        if self._desk.journal is not None and self._kept.keeps and self.sheet is not None:
            if entry.counted_at is None and entry.takes_back is None:
                entry = replace(entry, counted_at=self._desk.journal.now())
            key = before.key if before is not None else None
            self._kept.keep(entry, line, words, self.sheet.site_id, self._refused, key)
        else:
            self.send((entry,))

    def send(self, entries: tuple[Entry, ...]) -> None:
        """Send entries to the server at once, all or none: rows that were pasted, or where no journal is kept."""

        def done(added: int) -> None:
            if len(entries) > 1:
                self._desk.messages.done(say_count("{count:,} entry added", "{count:,} entries added", added))

        self._desk.start(self, done, service.enter, self._key, entries, failed=self._refused)

    def take_back(self, line: CountLine, entry: CountEntry) -> None:
        """Take an entry back by another one, so that it is not lost; what only waits here is given up."""
        value = amount(entry.quantity, line.units.base, self._desk.formats) if entry.quantity is not None else ""
        if entry.kept is not Kept.SERVER and entry.key is not None and self._desk.journal is not None:
            self._desk.journal.discard(entry.key)
        else:
            gone = Entry(uuid4(), line.location_id, line.item_id, None, takes_back=entry.id)
            self._hand_over(gone, line, self.tr("Taken back: {value}").format(value=value))
        self._desk.messages.done(say("Taken back: {value} {item}", value=value, item=line.name))

    def take_up(self, entry: journal.Entry) -> None:
        """The next entry of its line takes the place of one that was not taken."""
        self.taken_up = entry
        if isinstance(entry.value, Counted):
            self._besides.note.setText(entry.value.entry.note)
            late = any(one.field == "counted_at" for one in entry.problems)
            if late and entry.value.entry.counted_at is not None:
                self._besides.when.set(entry.value.entry.counted_at)
        self.wrong.emit(_why(entry))

    def _not_taken(self, entry: journal.Entry) -> None:
        self.wrong.emit(say("{what}: {why}", what=", ".join(entry.lines), why=_why(entry)))

    def _refused(self, error: Exception) -> None:
        problems: Any = getattr(error, "problems", ())
        self.wrong.emit("\n".join(problem.text for problem in problems[:5]) or str(error))


def _why(entry: journal.Entry) -> Words:
    return entry.problems[0].text if entry.problems else entry.text

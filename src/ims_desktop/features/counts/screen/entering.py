"""From what was typed into a line to an entry that is safe: by the journal of this PC, or straight to the server."""

from dataclasses import replace
from uuid import UUID, uuid4

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.quantity import read_quantity
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.features.counts import service
from ims_desktop.features.counts.rules import Counted, CountEntry, CountLine, Entry, Kept, NamedLot, cut, read_lot
from ims_desktop.features.counts.screen.keeping import SheetEntries
from ims_desktop.features.counts.screen.words import amount
from ims_desktop.features.counts.service import CountSheet
from ims_desktop.ui import journal
from ims_desktop.ui.controls import row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.language import said
from ims_desktop.ui.when import When

LONGEST_NOTE = 1000
MOST_SAID = 5  # problems at once


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
        parts.setAlignment(self.note, Qt.AlignmentFlag.AlignTop)
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
        kept.added.connect(self.tell_added)

    def type(self, line: CountLine, typed: str) -> None:
        """Enter what was typed; `=` before it stands for one's own last entry."""
        corrects, (typed, named) = typed.startswith("="), cut(typed.removeprefix("="))
        unit = self.unit[1] if self.unit and self.unit[0] == line.item_id else line.units.base
        at, problems = self._besides.when.read(self._desk.formats.zone)
        try:
            sign = self._desk.formats.decimal_sign
            read = read_quantity(typed, line.units, cell_unit=unit, decimal_sign=sign)
            lot = self._lot(line, named)
        except UserError as error:
            self.wrong.emit(said(error.text))
            return
        if problems:
            self.wrong.emit(said(problems[0].text))
            return
        mine = [entry for entry in line.counting if self._desk.person.key in (None, entry.by_id)]
        if corrects and not mine:
            self.wrong.emit(self.tr("You entered nothing here yet that could be corrected."))
            return
        entry = Entry(uuid4(), line.location_id, line.item_id, read.quantity, typed, unit,
                      self._besides.note.text().strip(), at, lot=lot.code if lot else None,
                      expires_on=lot.expires_on if lot else None)  # fmt: skip
        self._besides.note.clear()
        self.wrong.emit("")
        self._enter_one(line, entry, mine[-1] if corrects else None)
        self.entered.emit()

    def _lot(self, line: CountLine, named: str | None) -> NamedLot | None:
        """The lot behind the sign, or else that of the line."""
        if named is None:
            return NamedLot(line.lot, line.expires_on) if line.lot else None
        if not line.by_lots:
            raise UserError(say("{item} is not kept by lots.", item=line.name))
        return read_lot(named, line.lots, self._desk.formats.parse_date, asks_day=line.asks_day)

    def _enter_one(self, line: CountLine, entry: Entry, corrected: CountEntry | None) -> None:
        before = self._before(line, corrected)
        if corrected is not None and before is None and corrected.key is not None and self._kept.without(corrected.key):
            corrected = None  # it only waited here, among the rows of a block
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

    def enter_block(self, entries: tuple[Entry, ...], before: journal.Entry | None = None) -> None:
        """Enter the rows of a block, all or none, at the time that stands beside."""
        at, problems = self._besides.when.read(self._desk.formats.zone)
        if problems:
            self.wrong.emit(said(problems[0].text))
            return
        self.wrong.emit("")
        if self._desk.journal is None or not self._kept.keeps or self.sheet is None:
            self.send(tuple(replace(entry, counted_at=entry.counted_at or at) for entry in entries))
            return
        at = at or self._desk.journal.now()
        dated = tuple(replace(entry, counted_at=entry.counted_at or at) for entry in entries)
        self._kept.keep_block(dated, self.sheet, self._refused, before.key if before is not None else None)

    def send(self, entries: tuple[Entry, ...]) -> None:
        """Send entries to the server at once, all or none: where no journal is kept."""

        def done(added: int) -> None:
            if len(entries) > 1:
                self.tell_added(added)

        self._desk.start(self, done, service.enter, self._key, entries, failed=self._refused)

    def tell_added(self, added: int) -> None:
        """Say how many rows of a block are new on the server."""
        if added:
            self._desk.messages.done(say_count("{count:,} entry added", "{count:,} entries added", added))
        else:
            self._desk.messages.note(say("These rows were entered already: nothing was added."))

    def take_back(self, line: CountLine, entry: CountEntry) -> None:
        """Take an entry back by another one, so that it is not lost; what only waits here is given up."""
        value = amount(entry.quantity, line.units.base, self._desk.formats) if entry.quantity is not None else ""
        if entry.kept is not Kept.SERVER and entry.key is not None and self._desk.journal is not None:
            if not self._kept.without(entry.key):
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
        problems: tuple[Problem, ...] = getattr(error, "problems", ())
        self.wrong.emit("\n".join(said(problem.text) for problem in problems[:MOST_SAID]) or said(str(error)))


def _why(entry: journal.Entry) -> Words:
    return said(entry.problems[0].text if entry.problems else entry.text)

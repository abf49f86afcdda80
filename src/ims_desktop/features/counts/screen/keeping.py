"""What a desk keeps of counts: the sheet as it was last read, and entries until the server has them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import QObject, Signal

from ims_desktop.domain.errors import Offline
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.features.counts import service
from ims_desktop.features.counts.rules import (
    Counted,
    CountedBlock,
    CountEntry,
    CountLine,
    Entry,
    Kept,
    KnownLine,
    by_names,
    by_words,
    with_kept,
)
from ims_desktop.features.counts.service import CountSheet, KnownCount, KnownCounts
from ims_desktop.ui import journal
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.journal import Sending, State
from ims_desktop.ui.local_copy import Copy, LocalCopy, remembered

KIND, BLOCK = "counts.entry", "counts.block"
ALL_KINDS = "counts"
TOLD = 5  # rows of a block that stand in the list of what waits
COPY = Copy("counts", KnownCounts, service.known_counts, "counts.enter", of_site=False)
STATES = {
    State.WAITING: Kept.HERE,
    State.HELD: Kept.REFUSED,
    State.REFUSED: Kept.REFUSED,
    State.SENT: Kept.SERVER,
}
SENDINGS = (
    Sending(KIND, "Counted", Counted, service.enter_kept, "count_sheet"),
    Sending(BLOCK, "Counted, pasted", CountedBlock, service.enter_block, "count_sheet"),
)


class CountMemory(LocalCopy):
    """Answers instead of the server, on any thread; Offline where this PC does not know the count.

    It remembers every count under way that the person may enter in, with all of its lines.
    """

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(desk, COPY, None, parent)
        self.under_way = remembered(service.under_way, self._under_way)
        self.count_sheet = remembered(service.count_sheet, lambda sheet: self._of(sheet).sheet)
        self.lines_of = remembered(service.lines_of, self._lines_of)
        self.entries_of = remembered(service.entries_of, lambda sheet, item: self._of(sheet).lines_of(None, item))
        self.find = remembered(service.find, lambda typed: by_words(self._every_line(), typed))
        self.countables = remembered(service.countables, lambda names: by_names(self._every_line(), names))

    def here(self) -> KnownCounts:
        """The counts as they were."""
        known: KnownCounts = super().here()
        return known

    def count(self, sheet: UUID) -> KnownCount | None:
        """One of them, where it is known."""
        return self.known.find(sheet) if self.known is not None else None

    def follow(self, sheet: UUID) -> None:
        """A count was opened: be sure that it is remembered from now on."""
        if self._desk.journal is not None and self.count(sheet) is None:
            self.refresh()

    def _under_way(self, site: UUID | None) -> UUID | None:
        found = self.here().newest(site)
        return found.sheet.id if found is not None else None

    def _lines_of(self, sheet: UUID, place: UUID | None = None, item: UUID | None = None) -> tuple[CountLine, ...]:
        return self._of(sheet).lines_of(place, item)

    def _every_line(self) -> Iterable[KnownLine]:
        return (line for count in self.here().counts for line in count.lines)

    def _of(self, sheet: UUID) -> KnownCount:
        found = self.here().find(sheet)
        if found is None:
            raise Offline("The server cannot be reached, and this PC does not remember this count.")
        return found


class SheetEntries(QObject):
    """The entries of one sheet on their way: by the journal of this PC where there is one."""

    changed = Signal()
    refused = Signal(object)  # journal.Entry
    added = Signal(int)  # rows of a block that are new on the server

    def __init__(self, desk: Desk, sheet: UUID, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._sheet = desk, sheet
        if desk.journal is not None:
            desk.journal.changed.connect(self.changed)
            desk.journal.settled.connect(self._settled)

    @property
    def keeps(self) -> bool:
        """Whether entries can be kept here."""
        return self._desk.journal is not None and self._desk.journal.is_open

    def all(self, *states: State) -> tuple[journal.Entry, ...]:
        """The entries of this sheet in these states."""
        found = self._desk.journal.entries(*states) if self._desk.journal is not None else ()
        return tuple(one for one in found if self._is_here(one))

    def _is_here(self, one: journal.Entry) -> bool:
        return isinstance(one.value, Counted | CountedBlock) and one.value.sheet_id == self._sheet

    def keep(self, entry: Entry, line: CountLine, words: str, site: UUID, failed: Any, before: UUID | None) -> None:
        """Write an entry down; `before` is the one that it takes the place of."""
        if self._desk.journal is not None:
            told = (f"{words} {line.name}",)
            self._desk.journal.keep(self, _unheard, KIND, Counted(entry.key, self._sheet, entry), told,
                                    site=site, replaces=before, failed=failed)  # fmt: skip

    def keep_block(self, entries: tuple[Entry, ...], sheet: CountSheet, failed: Any, before: UUID | None) -> None:
        """Write the rows of a block down together."""
        if self._desk.journal is None:
            return
        count = say_count("{count:,} row pasted into {name}", "{count:,} rows pasted into {name}", len(entries),
                          name=sheet.name)  # fmt: skip
        told = (str(count), *(entry.typed for entry in entries[:TOLD]))
        block = CountedBlock(uuid4(), self._sheet, entries)
        self._desk.journal.keep(self, _unheard, BLOCK, block, told, site=sheet.site_id, replaces=before, failed=failed)

    def knows(self, key: UUID) -> bool:
        """Whether a row with this key is kept here, on its way or sent."""
        return any(entry.key == key for one in self.all(*STATES) for entry in _rows_of(one))

    def without(self, key: UUID) -> bool:
        """Give up one row of a block that only waits here; answers whether there was one."""
        for one in self.all(State.WAITING, State.REFUSED, State.HELD):
            if isinstance(one.value, CountedBlock) and any(entry.key == key for entry in one.value.entries):
                self._narrow(one, tuple(entry for entry in one.value.entries if entry.key != key))
                return True
        return False

    def _narrow(self, one: journal.Entry, left: tuple[Entry, ...]) -> None:
        if self._desk.journal is None:
            return
        if not left:
            self._desk.journal.discard(one.key)
            return
        block = CountedBlock(uuid4(), self._sheet, left)
        self._desk.journal.keep(self, _unheard, BLOCK, block, one.lines, site=one.site, replaces=one.key)

    def with_kept(self, lines: Iterable[CountLine]) -> tuple[CountLine, ...]:
        """The lines with what waits here, was not taken, or was sent since they were read."""
        person = self._desk.person
        kept = [
            (entry, _shown(one, entry, person.key, person.name)) for one in self.all(*STATES) for entry in _rows_of(one)
        ]
        return with_kept(lines, kept)

    def count(self, sheet: CountSheet, known: KnownCount | None) -> CountSheet:
        """How far the sheet is with what waits here; without a server, by the lines that are remembered."""
        away = self._desk.journal is not None and self._desk.journal.away_since is not None
        if not away or known is None:
            return sheet
        return service.counted_so_far(sheet, self.with_kept(known.lines_of()))

    def told(self) -> Words:
        """Where what was entered is, in a few words."""
        waiting, stuck = len(self.all(State.WAITING)), len(self.all(State.REFUSED, State.HELD))
        if stuck:
            return say("{count} not taken by the server", count=stuck)
        if waiting:
            return say("{count} saved here", count=waiting)
        return say("All saved on the server") if self.all(State.SENT) else ""

    def _settled(self, entry: journal.Entry, result: Any) -> None:
        if self._is_here(entry):
            if entry.state is State.REFUSED:
                self.refused.emit(entry)
            if entry.state is State.SENT and entry.kind == BLOCK and isinstance(result, int):
                self.added.emit(result)
            self.changed.emit()


def _rows_of(kept: journal.Entry) -> tuple[Entry, ...]:
    return kept.value.entries if isinstance(kept.value, CountedBlock) else (kept.value.entry,)


def _shown(kept: journal.Entry, entry: Entry, who: UUID | None, name: str) -> CountEntry:
    return CountEntry(
        id=0,
        quantity=entry.quantity,
        typed=entry.typed,
        note=entry.note,
        counted_at=entry.counted_at or kept.at,
        takes_back=entry.takes_back,
        by_id=who or UUID(int=0),
        by=name,
        device=None,
        key=entry.key,
        kept=STATES[kept.state],
        lot=entry.lot,
        expires_on=entry.expires_on,
    )


def _unheard(_result: Any) -> None:
    """What is remembered goes on being so."""

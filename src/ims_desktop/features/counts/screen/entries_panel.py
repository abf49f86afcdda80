"""The panel about the line one stands on: what was entered for it, by whom and where; and taking it back."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ims_desktop.domain.wording import Words, dotted, say, word
from ims_desktop.features.counts.rules import CountEntry, CountLine, Kept
from ims_desktop.features.counts.screen.words import KEPT, amount, lot_words, packs_line
from ims_desktop.features.counts.service import CountSheet
from ims_desktop.ui.controls import Button, clear_layout, column, label, line, row, scrolling
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.side_area import SidePanel
from ims_desktop.ui.theme import Tone

WithKept = Callable[[Iterable[CountLine]], tuple[CountLine, ...]]


class EntriesPanel(SidePanel):
    """`taking_back` carries the line and the entry that was wrong."""

    taking_back = Signal(object, object)  # CountLine, CountEntry

    def __init__(self, desk: Desk, sheet: UUID, entries_of: Any, with_kept: WithKept = tuple) -> None:
        super().__init__()
        self.desk, self._sheet = desk, sheet
        self._entries_of, self._with_kept = entries_of, with_kept
        self._item: UUID | None = None
        self.setAccessibleName(self.tr("Entries of the line"))
        self.title = label("", 16, 600, wrap=True)
        self.under = label("", 12, role="muted", wrap=True)
        close = Button("", "ghost", "x", name=self.tr("Close (Esc)"))
        close.clicked.connect(self.closed)
        self.reading = label("", 12, role="sub", wrap=True)
        self._entries = QVBoxLayout()
        self._entries.setSpacing(8)
        self._notes = QVBoxLayout()
        self._notes.setSpacing(8)
        inside = column(self._entries, 14, self._notes, None, margins=(20, 8, 20, 16))
        head = row(column(self.title, 2, self.under), close, margins=(20, 14, 12, 8))
        head.setStretch(0, 1)
        self.setLayout(column(head, line(), scrolling(inside)))

    def show_line(self, shown: CountLine | None, sheet: CountSheet) -> None:
        """Show a line at once, and all of its entries when they are read."""
        self._item = shown.item_id if shown is not None else None
        clear_layout(self._notes)
        for text, tone in _notes(sheet):
            self._notes.addWidget(NoteBox(text, tone))
        if shown is None:
            self.title.say("")
            self.under.say("")
            clear_layout(self._entries)
            return
        self.title.say(shown.name)
        self.under.say(packs_line(shown))
        self.read()

    def read(self) -> None:
        """Read the entries of the item at every place."""
        if self._item is not None:
            self.desk.start(self, self._show, self._entries_of, self._sheet, self._item, replace="entries")

    def _show(self, lines: tuple[CountLine, ...]) -> None:
        if not lines or lines[0].item_id != self._item:
            return
        lines = self._with_kept(lines)
        clear_layout(self._entries)
        base, formats = lines[0].units.base, self.desk.formats
        self._entries.addLayout(
            row(label(self.tr("Entries"), 13, 600), None, label(self.tr("they add up"), 12, role="muted"))
        )
        known = [one.counted for one in lines if one.counted is not None]
        for one in lines:
            for entry in one.entries:
                if entry.quantity is not None:
                    self._entries.addWidget(self._entry(one, entry, entry in one.counting))
        if not any(one.entries for one in lines):
            self._entries.addWidget(
                label(self.tr("Nobody counted it yet. Blank is not zero."), 12, role="sub", wrap=True)
            )
        if known:
            together = label(amount(sum(known[1:], known[0]), base, formats), 14, 600, tabular=True)
            self._entries.addLayout(row(label(self.tr("All places"), 13, 500), None, together))

    def _entry(self, of: CountLine, entry: CountEntry, counts: bool) -> QWidget:
        formats = self.desk.formats
        role = None if counts else "muted"
        value = amount(entry.quantity, of.units.base, formats) if entry.quantity is not None else ""
        lot = lot_words(entry.lot, entry.expires_on, formats)
        where: Words = dotted(lot, formats.moment(entry.counted_at), entry.by, entry.device or "", entry.note)
        words = column(
            label(entry.typed or value, 13, 500, role),
            label(where, 11, role="muted", wrap=True),
            _where_kept(entry.kept),
            spacing=1,
        )
        pieces: list[Any] = [words, None, label(value, 13, 600, role, tabular=True)]
        if entry.kept is Kept.REFUSED or (
            counts and (entry.by_id == self.desk.person.key or self.desk.may("counts.post"))
        ):
            undo = Button(self.tr("Take back"), "link", name=self.tr("Take back {value}").format(value=value))
            undo.clicked.connect(lambda: self.taking_back.emit(of, entry))
            pieces.append(undo)
        elif not counts:
            pieces.append(label(self.tr("counts no more"), 11, role="muted"))
        holder = QWidget()
        holder.setLayout(row(*pieces, spacing=8))
        return holder


def _where_kept(kept: Kept) -> QLabel:
    words, role = KEPT[kept]
    return label(word(words), 11, 500, role)


def _notes(sheet: CountSheet) -> list[tuple[Words, Tone]]:
    found: list[tuple[Words, Tone]] = [
        (say("Blank means not counted. It never becomes zero by itself."), Tone.INFO),
        (say("Sales go on: each entry is compared with the stock of its own moment."), Tone.INFO),
    ]
    if sheet.is_blind:
        found.append((say("This is a blind count: what the system has is hidden until it is posted."), Tone.WARN))
    return found

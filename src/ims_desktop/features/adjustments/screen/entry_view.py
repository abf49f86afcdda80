"""Entering at one site: the table, and what was recorded today."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal

from ims_desktop.domain.wording import say
from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.screen.lines import (
    amount_of,
    document_of,
    entry_spec,
    in_words,
    item_of,
    items_of_lines,
    lines_of,
    words_of,
)
from ims_desktop.features.adjustments.screen.memory import Memory
from ims_desktop.features.adjustments.screen.photos import choose_photo, photos_in, with_photos
from ims_desktop.features.adjustments.screen.purpose import Purpose
from ims_desktop.features.adjustments.screen.recorder import document_in, errand, undo_document
from ims_desktop.features.adjustments.screen.templates import Templates
from ims_desktop.features.adjustments.screen.today import MISTAKE, TodayList
from ims_desktop.features.adjustments.service import KeptPhoto, Photo
from ims_desktop.features.stock.screen import EntrySheet, SheetParts
from ims_desktop.features.stock.service import Document, Posted, post, preview
from ims_desktop.ui.controls import Button, bind, frame, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import Line
from ims_desktop.ui.entry_grid import EntryGrid
from ims_desktop.ui.journal import Entry
from ims_desktop.ui.keeping import Errand
from ims_desktop.ui.language import speaker
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.theme import Tone
from ims_desktop.ui.when import When


class EntryView(EntrySheet):
    """The table of waste or of adjustments, with photos, templates, and what was recorded today."""

    memory: Memory
    may_ask = True
    counted = Signal(object)  # service.Today
    line_changed = Signal(object)  # Line or None: where the person stands

    def __init__(self, desk: Desk, purpose: Purpose, site: UUID) -> None:
        memory, usual = Memory(desk, site), dict[UUID, UUID]()
        grid = EntryGrid(desk, entry_spec(desk, purpose, site, memory, usual))
        super().__init__(desk, site, SheetParts(purpose.kept_as, preview, post, memory, grid, When(desk)))
        self.purpose, self.usual = purpose, usual  # by item the reason that the person gave last
        self.today: service.Today | None = None
        self.templates = Templates(desk, purpose, site, self.grid, memory, self)
        self.photo_button = Button(self.tr("Photo"), "small", "camera")
        self.list = TodayList(desk, purpose, site)
        above = row(self.when, self.photo_button, self.templates.button)
        above.setStretch(0, 1)
        self.lay_out(frame("clear", above), self.grid).addWidget(self.list, 1)
        self._listen()

    def _listen(self) -> None:
        self.grid.current_changed.connect(self.line_changed)
        self.templates.wants_panel.connect(self.foretold)
        self.templates.applied.connect(self.start)
        self.photo_button.setToolTip(self.tr("A photo of the current line (Ctrl+Shift+P)"))
        self.photo_button.clicked.connect(self.add_photo)
        bind(self, "Ctrl+Shift+P", self.add_photo, words=self.tr("Add a photo to the current line"))
        bind(self, "Ctrl+Shift+T", self.templates.open, words=self.tr("Choose a template"))
        self.desk.start(
            self, self.usual.update, service.usual_reasons, self.purpose.kind, self.site, failed=lambda _error: None
        )
        self.list.counted.connect(self._counted)

    def add_photo(self) -> None:
        """Choose a photo of the line the person stands on."""
        choose_photo(self.desk, self.grid)

    # what a page tells ---------------------------------------------------------------------------------------

    def drafted(self, lines: tuple[Line, ...], at: datetime | None) -> Document:
        """The document of the lines."""
        return document_of(self.purpose, self.site, lines, at)

    def errand(self, value: Document) -> Errand:
        """With photos and a wish for approval, where there are some."""
        photos = photos_in(self.sent, self.words_of(self.sent))
        return errand(self.purpose, value, photos, asks=self.asks)

    def words_of(self, lines: tuple[Line, ...]) -> tuple[str, ...]:
        """1.5 kg Mozzarella."""
        return words_of(self.purpose, lines, self.desk.formats)

    def recorded(self, value: Any, lines: tuple[Line, ...], result: Posted | service.Asked) -> None:
        """Tell what was recorded, with a way back, or that it waits."""
        document = document_in(value)
        of_document = document.lines if document is not None else ()
        self.usual.update((line.item_id, line.reason_id) for line in of_document if line.reason_id is not None)
        if isinstance(result, service.Asked):
            words = say("Recorded") if result.is_posted else say("#{number} waits for approval", number=result.number)
            self.desk.messages.done(words)
            return
        self.list.light(result.id)
        self.desk.messages.done(self._words(lines, result), undo=lambda: self._undo(result))

    # putting right -------------------------------------------------------------------------------------------

    def take_up(self, entry: Entry) -> None:
        """Put the lines of an entry that was not taken back into the table; recorded again, they replace it."""
        document = document_in(entry.value)
        if document is None or self.busy:
            return
        photos = () if isinstance(entry.value, Document) else entry.value.photos

        def found(items: Any) -> None:
            self.put_right(entry, with_photos(self._typed(document, items), photos), entry.text)
            self.grid.show_problems(entry.problems)
            self.when.show_problems([one for one in entry.problems if one.row is None])

        self._find_items(document, found)

    def take_up_request(self, request: service.Request) -> None:
        """Put the lines of an entry that came back, or was taken back, into the table, with their photos."""
        document = request.document

        def found(photos: tuple[Photo | KeptPhoto, ...], items: Any) -> None:
            self.fill(with_photos(self._typed(document, items), photos), document.effective_at)
            self.tell(NoteBox(say("Put it right and record it again. {why}", why=request.row.reason), Tone.INFO))

        def seen(photos: tuple[KeptPhoto, ...]) -> None:
            self._find_items(document, partial(found, photos))

        self.desk.start(self, seen, service.photos_of, document.key)

    def prepare(self, document: Document) -> None:
        """Put the lines that another page prepared into the table, before what was begun."""

        def found(items: Any) -> None:
            self.fill(self._typed(document, items), document.effective_at)
            self.tell(NoteBox(say("Choose the reason of each line, then record them."), Tone.INFO))

        self._find_items(document, found)

    def _find_items(self, document: Document, found: Any) -> None:
        wanted = tuple(line.item_id for line in document.lines)
        self.desk.start(self, found, items_of_lines(self.site, self.memory), wanted)

    def _typed(self, document: Document, items: Any) -> tuple[Line, ...]:
        return lines_of(self.purpose, document, items, self.desk.formats)

    # inside --------------------------------------------------------------------------------------------------

    def _undo(self, posted: Posted) -> None:
        words = self.tr("Undone: document #{number}").format(number=posted.number)
        undo_document(self.desk, self, posted, lambda _undone: self.desk.messages.done(words), MISTAKE)

    def _words(self, lines: tuple[Line, ...], posted: Posted) -> str:
        formats = self.desk.formats
        if len(lines) == 1:
            item, moved = item_of(lines[0]), amount_of(lines[0])
            quantity: Any = moved.quantity if moved else 0
            shown = quantity if self.purpose.signed else -quantity
            what = in_words(item, shown, self.purpose, formats) if item is not None else ""
        else:
            what = f"{len(lines)} {speaker.said(self.purpose.noun[1])}"
        if posted.value is None:
            return self.tr("Recorded {what}").format(what=what)
        value = posted.value if self.purpose.signed else -posted.value
        return self.tr("Recorded {what}, {value}").format(what=what, value=formats.money(value, currency=True))

    def _counted(self, today: service.Today) -> None:
        self.today = today
        self.counted.emit(today)

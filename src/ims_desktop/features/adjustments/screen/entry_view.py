"""Entering at one site: the table, and what was recorded today."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ims_desktop.domain.errors import Offline, Problem, UserError
from ims_desktop.domain.wording import Words, say, sentences
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
from ims_desktop.features.adjustments.screen.memory import MemoryKeeper
from ims_desktop.features.adjustments.screen.photos import choose_photo, photos_in, with_photos
from ims_desktop.features.adjustments.screen.purpose import Purpose
from ims_desktop.features.adjustments.screen.recorder import (
    JournalRecorder,
    Recorder,
    document_in,
    errand,
    undo_document,
)
from ims_desktop.features.adjustments.screen.templates import Templates
from ims_desktop.features.adjustments.screen.today import MISTAKE, TodayList
from ims_desktop.features.stock.screen import EffectsPanel
from ims_desktop.features.stock.service import Document, Effects, Posted, preview
from ims_desktop.ui.controls import Button, bind, clear_layout, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import Line
from ims_desktop.ui.entry_grid import EntryGrid
from ims_desktop.ui.journal import Entry
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.objections import ask_for_objections
from ims_desktop.ui.theme import Tone
from ims_desktop.ui.waiting import WaitingStrip
from ims_desktop.ui.when import When

LIMIT = "limit"  # of a refusal: it is worth more than the person may record


class EntryView(QWidget):
    """Lines stay, and cannot be changed, until the server has confirmed them or this PC keeps them for it."""

    counted = Signal(object)  # service.Today
    ready_changed = Signal()
    line_changed = Signal(object)  # Line or None: where the person stands
    foretold = Signal(object)  # EffectsPanel: what dating it back would change, to be shown before it is recorded

    def __init__(self, desk: Desk, purpose: Purpose, site: UUID) -> None:
        super().__init__()
        self.setObjectName("page")
        self.desk, self.purpose, self.site = desk, purpose, site
        self.today: service.Today | None = None
        self._memories = MemoryKeeper(desk, site, self)
        self.memory = self._memories.memory
        self.usual: dict[UUID, UUID] = {}  # by item the reason that the person gave last
        self.grid = EntryGrid(desk, entry_spec(desk, purpose, site, self.memory, self.usual))
        self.templates = Templates(desk, purpose, site, self.grid, self.memory, self)
        self.photo_button = Button(self.tr("Photo"), "small", "camera")
        self.list = TodayList(desk, purpose, site)
        self.when = When(desk)
        self.recorder = Recorder(desk, self)
        self.keeper = JournalRecorder(desk, self) if desk.journal is not None else None
        self.strip = WaitingStrip(desk, purpose.kept_as, self._remembered)
        self._sent: tuple[Line, ...] = ()
        self._asks = False  # the lines on the page wait for approval when they are recorded
        self._fill_in()
        self._listen()

    def _fill_in(self) -> None:
        self._notes = QVBoxLayout()
        self._notes.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 12, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(self.strip)
        layout.addLayout(self._notes)
        above = row(self.when, self.photo_button, self.templates.button)
        above.setStretch(0, 1)
        layout.addLayout(above)
        layout.addWidget(self.grid)
        layout.addWidget(self.list, 1)

    def _listen(self) -> None:
        self.grid.record_requested.connect(self._record)
        self.grid.lines_changed.connect(self.ready_changed)
        self._memories.filled.connect(self._fill_choices)
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
        self.recorder.recorded.connect(self._recorded)
        self.recorder.refused.connect(self._refused)
        self.recorder.doubtful.connect(self._doubtful)
        if self.keeper is not None:
            keeper = self.keeper
            keeper.recorded.connect(self._recorded)
            keeper.refused.connect(self._refused)
            keeper.kept.connect(self._kept)
            self.strip.besides = lambda: keeper.replaces
            self.grid.lines_changed.connect(self._forget_replaced)

    def add_photo(self) -> None:
        """Choose a photo of the line the person stands on."""
        choose_photo(self.desk, self.grid)

    def start(self) -> None:
        """Stand on the waiting line, ready to type."""
        if self.grid.isEnabled():
            QTimer.singleShot(0, self, self._stand)

    def _stand(self) -> None:
        if self.isVisible() and self.grid.current() is None:
            self.grid.table.go(self.grid.model.rowCount() - 1, self.grid.model.cells[0])

    # recording -----------------------------------------------------------------------------------------------

    def _record(self, lines: tuple[Line, ...]) -> None:
        if self.busy:
            return
        self._say(None)
        at, wrong = self.when.read(self.desk.formats.zone)
        if wrong:
            self._ask_what_else(lines, wrong)
            return
        self._sent, self._asks = lines, False
        self.grid.setEnabled(False)
        document = document_of(self.purpose, self.site, lines, at)
        if at is None:
            self._send(document)
        else:
            self.desk.start(
                self, partial(self._foretell, document), preview, document, failed=partial(self._untold, document)
            )

    def _ask_what_else(self, lines: tuple[Line, ...], told: Sequence[Problem]) -> None:
        """Have the lines judged although the moment cannot be read, so that everything is told at once."""
        sent = errand(self.purpose, document_of(self.purpose, self.site, lines, None))
        ask_for_objections(self.desk, self, told, self._show, sent.use_case, sent.value)

    def _send(self, document: Document) -> None:
        journal = self.desk.journal
        words = words_of(self.purpose, self._sent, self.desk.formats)
        photos = photos_in(self._sent, words)
        if self.keeper is not None and journal is not None and journal.is_open:
            kept = replace(document, effective_at=document.effective_at or journal.now())
            self.keeper.send(errand(self.purpose, kept, photos, asks=self._asks), words)
        else:
            self.recorder.send(errand(self.purpose, document, photos, asks=self._asks))
        self.ready_changed.emit()

    def _ask(self) -> None:
        """Let the ready lines wait for somebody who may record what they are worth."""
        lines = self.grid.lines()
        at, wrong = self.when.read(self.desk.formats.zone)
        if not self.busy and lines and not wrong:
            self._say(None)
            self._sent, self._asks = lines, True
            self.grid.setEnabled(False)
            self._send(document_of(self.purpose, self.site, lines, at))

    def _foretell(self, document: Document, effects: Effects) -> None:
        """Record it at once where nothing else changes; otherwise show what does, and wait."""
        if not effects.others:
            self._send(document)
            return
        panel = EffectsPanel(self.desk, effects)
        panel.agreed.connect(partial(self._agree, panel, document))
        panel.closed.connect(self._release)
        self.foretold.emit(panel)

    def _agree(self, panel: EffectsPanel, document: Document) -> None:
        panel.closed.emit()
        self.grid.setEnabled(False)
        self._send(document)

    def _untold(self, document: Document, error: Exception) -> None:
        """What cannot be foretold because nobody answers is recorded without."""
        if isinstance(error, Offline):
            self._send(document)
        elif isinstance(error, UserError):
            self._refused(error)

    @property
    def busy(self) -> bool:
        """Whether lines are on their way."""
        return self.recorder.busy or (self.keeper is not None and self.keeper.busy)

    def take_up(self, entry: Entry) -> None:
        """Put the lines of an entry that was not taken back into the table; recorded again, they replace it."""
        document = document_in(entry.value)
        if self.keeper is None or document is None or self.busy:
            return
        keeper = self.keeper

        def found(items: Any) -> None:
            self._fill(document, items, entry.value)
            keeper.replaces = entry
            self.strip.look()
            self.grid.show_problems(entry.problems)
            self.when.show_problems([one for one in entry.problems if one.row is None])
            words = say(
                "Put it right and record it again: it takes the place of what was saved here. {why}", why=entry.text
            )
            self._say(NoteBox(words, Tone.INFO))
            if any(problem.field == LIMIT for problem in entry.problems):
                self._offer_approval(entry.text)

        wanted = tuple(line.item_id for line in document.lines)
        self.desk.start(self, found, items_of_lines(self.site, self.memory), wanted)

    def take_up_request(self, request: service.Request) -> None:
        """Put the lines of an entry that came back, or was taken back, into the table."""
        document = request.document

        def found(items: Any) -> None:
            self._fill(document, items, document)
            self._say(NoteBox(say("Put it right and record it again. {why}", why=request.row.reason), Tone.INFO))

        wanted = tuple(line.item_id for line in document.lines)
        self.desk.start(self, found, items_of_lines(self.site, self.memory), wanted)

    def prepare(self, document: Document) -> None:
        """Put the lines that another page prepared into the table, before what was begun."""

        def found(items: Any) -> None:
            self._fill(document, items, document)
            self._say(NoteBox(say("Choose the reason of each line, then record them."), Tone.INFO))

        wanted = tuple(line.item_id for line in document.lines)
        self.desk.start(self, found, items_of_lines(self.site, self.memory), wanted)

    def _fill(self, document: Document, items: Any, value: Any) -> None:
        self.grid.table.commit()
        lines = lines_of(self.purpose, document, items, self.desk.formats)
        self.grid.fill([*with_photos(lines, value), *self.grid.begun()])
        if document.effective_at is not None:
            self.when.set(document.effective_at)

    def _kept(self, _entry: Entry) -> None:
        """The server takes its time or is away: this PC has the lines, and sends them."""
        lines, self._sent = self._sent, ()
        self._release()
        self.grid.remove(lines)
        self.when.set_now()
        what = words_of(self.purpose, lines, self.desk.formats)
        words = self.tr("Saved here: {what}. It is sent when the server answers.").format(what=", ".join(what))
        self.desk.messages.note(words)
        self.start()

    def _fill_choices(self) -> None:
        """The page was opened while nobody answered: now this PC does."""
        if not all(self.grid.model.options.values()):
            self.grid.model.load_choices()
        self.strip.look()

    def _forget_replaced(self) -> None:
        """Whoever clears the table leaves the entry as it is: it goes on being shown."""
        if self.keeper is not None and self.keeper.replaces is not None and not self.grid.dirty:
            self.keeper.replaces = None
            self.strip.look()

    def _remembered(self) -> Words:
        at = self.memory.at
        if at is None:
            return say("This PC does not know the items of this site yet.")
        formats = self.desk.formats
        is_today = formats.local(at).date() == formats.today()
        return say("Items and stock are as of {moment}.", moment=formats.time(at) if is_today else formats.moment(at))

    def _recorded(self, document: Document, posted: Posted | service.Asked) -> None:
        self._say(None)
        lines, self._sent = self._sent, ()
        self._release()
        self.grid.remove(lines)
        self.when.set_now()
        self.usual.update((line.item_id, line.reason_id) for line in document.lines if line.reason_id is not None)
        if isinstance(posted, service.Asked):
            words = say("Recorded") if posted.is_posted else say("#{number} waits for approval", number=posted.number)
            self.desk.messages.done(words)
            self.start()
            return
        self.list.light(posted.id)
        self.desk.messages.done(self._words(lines, document, posted), undo=lambda: self._undo(posted))
        self.start()

    def _refused(self, error: UserError) -> None:
        self._release()
        self.strip.look()
        if isinstance(error, Offline):
            words = self.tr("Not recorded: the server cannot be reached. Your lines stay here.")
            self._say(NoteBox(words, Tone.WARN, (self.tr("Try again"), self.grid.record)))
            return
        if any(problem.field == LIMIT for problem in error.problems):
            self._offer_approval(error.text)
            return
        self._show(error.problems, error.text)

    def _show(self, problems: Sequence[Problem], sentence: Words = "") -> None:
        """Every problem at its line or at the moment, and what belongs to no line in words as well."""
        self.grid.show_problems(problems)
        loose = [problem for problem in problems if problem.row is None]
        self.when.show_problems(loose)
        self._say(NoteBox(sentences([sentence, *(one.text for one in loose)]), Tone.BAD))

    def _offer_approval(self, why: Words) -> None:
        self._say(NoteBox(why, Tone.WARN, (say("Ask for approval"), self._ask)))

    def _doubtful(self) -> None:
        words = self.tr(
            "The connection broke before the server answered. The same lines are sent again until it does;"
            " nothing is recorded twice."
        )
        self._say(NoteBox(words, Tone.WARN, (self.tr("Try now"), self.recorder.send_again)))

    def _release(self) -> None:
        self.grid.setEnabled(True)
        self.ready_changed.emit()

    def _undo(self, posted: Posted) -> None:
        words = self.tr("Undone: document #{number}").format(number=posted.number)
        undo_document(self.desk, self, posted, lambda _undone: self.desk.messages.done(words), MISTAKE)

    def _words(self, lines: tuple[Line, ...], document: Document, posted: Posted) -> str:
        formats = self.desk.formats
        if len(lines) == 1:
            item, moved = item_of(lines[0]), amount_of(lines[0])
            quantity: Any = moved.quantity if moved else 0
            shown = quantity if self.purpose.signed else -quantity
            what = in_words(item, shown, self.purpose, formats) if item is not None else ""
        else:
            what = f"{len(document.lines)} {self.purpose.noun[1]}"
        if posted.value is None:
            return self.tr("Recorded {what}").format(what=what)
        value = posted.value if self.purpose.signed else -posted.value
        return self.tr("Recorded {what}, {value}").format(what=what, value=formats.money(value, currency=True))

    def _counted(self, today: service.Today) -> None:
        self.today = today
        self.counted.emit(today)

    def _say(self, note: NoteBox | None) -> None:
        clear_layout(self._notes)
        if note is not None:
            self._notes.addWidget(note)

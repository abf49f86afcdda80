"""Entering a production at one site: what is said once, its lines, what it comes to, and recording it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout

from ims_desktop.domain.errors import Offline, Problem, UnknownOutcome, UserError
from ims_desktop.domain.wording import Words, say, sentences
from ims_desktop.features.production import service
from ims_desktop.features.production.rules import Production, problems_of
from ims_desktop.features.production.screen.head import Head
from ims_desktop.features.stock.screen import EffectsPanel
from ims_desktop.features.stock.service import Effects, Posted
from ims_desktop.ui.controls import bind, clear_layout, frame, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import EntrySpec, Line
from ims_desktop.ui.entry_grid import EntryGrid
from ims_desktop.ui.entry_page import EntryBody
from ims_desktop.ui.fields import Field
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.theme import Tone

MISTAKE = "Entered by mistake"


class EntryView(EntryBody):
    """What the entry of a prep and of repacking share. Nothing can be changed while the server has not answered."""

    def __init__(self, desk: Desk, site: UUID, fields: Sequence[Field], spec: EntrySpec) -> None:
        super().__init__()
        self.setObjectName("page")
        self.desk, self.site = desk, site
        self.head = Head(desk, fields)
        self.grid = EntryGrid(desk, spec)
        self.plan = label("", 12, 500, role="muted", wrap=True)
        self.told = label("", 13, 500, tabular=True)
        self.yielded = label("", 12, 500, role="muted", tabular=True)
        self._sent: Production | None = None
        self._fill_in()
        self._listen()

    def _fill_in(self) -> None:
        self._notes = QVBoxLayout()
        self._notes.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 12, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(self.head)
        layout.addWidget(self.plan)
        layout.addLayout(self._notes)
        layout.addWidget(self.grid)
        self._sum = frame("card", row(self.told, None, self.yielded, spacing=12, margins=(14, 10, 14, 10)))
        self._sum.hide()
        layout.addWidget(self._sum)
        layout.addStretch(1)
        self.plan.hide()

    def _listen(self) -> None:
        self.grid.record_requested.connect(lambda _lines: self.record())
        for signal in (self.grid.lines_changed, self.head.changed):
            signal.connect(self.reckon)
            signal.connect(self.ready_changed)
        bind(self.head, "Ctrl+Return", self.record, words=self.tr("Record the production"))
        self.head.subject_chosen.connect(self.ask_anew)

    # what the two kinds differ in ----------------------------------------------------------------------------

    def production(self, values: dict[str, Any], at: datetime | None) -> tuple[Production | None, list[Problem]]:
        """What stands on the page, and what is wrong with it besides its fields."""
        raise NotImplementedError

    def ask_anew(self) -> None:
        """It is about something else, or another moment, than before."""

    def reckon(self) -> None:
        """Say what it comes to, where there is something to say."""
        self.say_sum()
        self._sum.setVisible(bool(self.told.text() or self.yielded.text()))

    def say_sum(self) -> None:
        """What was used and what came out, in words."""

    def begin(self) -> None:
        """Take away what belonged to the last one."""

    def place_of(self, problem: Problem) -> Problem:
        """Where a problem of a line of the document stands on the page."""
        return problem

    # recording -----------------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether a production is on its way."""
        return self._sent is not None

    @property
    def lacking(self) -> Words:
        """Lines are needed."""
        return "" if self.grid.lines() else say("Say what is made, and how much of it.")

    @property
    def first(self) -> str:
        """The field that is filled in first."""
        return next(iter(self.head.boxes))

    def start(self) -> None:
        """Stand where one types next."""
        QTimer.singleShot(0, self, self._stand)

    def _stand(self) -> None:
        if self.isVisible() and self.grid.isEnabled() and not self.head.dirty:
            self.head.boxes[self.first].editor.setFocus()

    def record(self) -> None:
        """Record what stands on the page, after telling what dating it back would change."""
        if self.busy:
            return
        self.grid.table.commit()
        self._say(None)
        values, at, problems = self.head.read(self.desk.formats.zone)
        production, others = self.production(values, at)
        problems += others
        if production is not None and not problems:
            problems += [self.place_of(one) for one in problems_of(production)]
        if self.grid.unfinished():
            problems.append(Problem("A line is not finished: fill it in or take it away.", "lines"))
        if problems or production is None:
            self._show(problems, say("This production cannot be recorded yet."))
            return
        self._hold(production)
        if at is None:
            self._send()
        else:
            self.desk.start(self, self._foretell, service.foretell, production, failed=self._untold)

    def _hold(self, production: Production | None) -> None:
        self._sent = production
        self.grid.setEnabled(production is None)
        self.head.setEnabled(production is None)
        self.ready_changed.emit()

    def _send(self) -> None:
        if self._sent is not None:
            self.desk.start(self, self._recorded, service.produce, self._sent, failed=self._failed)

    def _foretell(self, effects: Effects) -> None:
        """Record it at once where nothing else changes; otherwise show what does, and wait."""
        if not effects.others:
            self._send()
            return
        panel = EffectsPanel(self.desk, effects)
        panel.agreed.connect(partial(self._agree, panel))
        panel.closed.connect(partial(self._hold, None))
        self.foretold.emit(panel)

    def _agree(self, panel: EffectsPanel) -> None:
        production = self._sent
        panel.closed.emit()
        self._hold(production)
        self._send()

    def _untold(self, error: Exception) -> None:
        if isinstance(error, Offline):
            self._send()
        else:
            self._failed(error)

    def _recorded(self, posted: Posted) -> None:
        words = self.said_of(posted)
        self._hold(None)
        self._say(None)
        self.head.clear()
        self.grid.clear()
        self.begin()
        self.reckon()
        self.desk.messages.done(words, undo=lambda: self._undo(posted))
        self.start()

    def said_of(self, posted: Posted) -> Words:
        """What was recorded, in words."""
        return say("Recorded production #{number}", number=posted.number)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, UnknownOutcome):  # it stays as it is: the same key makes nothing twice
            words = self.tr("The connection broke before the server answered. Try again: nothing is recorded twice.")
            self._say(NoteBox(words, Tone.WARN, (self.tr("Try again"), self._send)))
            return
        self._hold(None)
        if isinstance(error, Offline):
            words = self.tr("Not recorded: the server cannot be reached. What you typed stays here.")
            self._say(NoteBox(words, Tone.WARN, (self.tr("Try again"), self.record)))
            return
        problems = [self.place_of(one) for one in error.problems] if isinstance(error, UserError) else []
        self._show(problems, error.text if isinstance(error, UserError) else str(error))

    def _show(self, problems: Sequence[Problem], sentence: Words) -> None:
        """Every problem at its place, and what has none in words."""
        self.grid.show_problems([one for one in problems if one.row is not None])
        self.head.show_problems(problems)
        loose = [one.text for one in problems if one.row is None and one.field not in (*self.head.boxes, "day", "time")]
        self._say(NoteBox(sentences([sentence, *loose]), Tone.BAD))

    def _undo(self, posted: Posted) -> None:
        done = say("Undone: production #{number}", number=posted.number)
        self.desk.start(
            self, lambda _undone: self.desk.messages.done(done), service.take_back, uuid4(), posted.id, MISTAKE
        )

    def _say(self, note: NoteBox | None) -> None:
        clear_layout(self._notes)
        if note is not None:
            self._notes.addWidget(note)

    def tell_plan(self, words: Words) -> None:
        """What the head means."""
        self.plan.say(words)
        self.plan.setVisible(bool(words))

    def lines(self) -> tuple[Line, ...]:
        """The lines that are ready."""
        return self.grid.lines()

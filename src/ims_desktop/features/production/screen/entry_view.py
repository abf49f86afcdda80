"""Entering a production at one site: what is said once, its lines, what it comes to, and recording it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.wording import Words, meant, say, sentences
from ims_desktop.features.production import service
from ims_desktop.features.production.rules import Production, problems_of
from ims_desktop.features.production.screen.head import Head
from ims_desktop.features.production.screen.lines import quantity_of, words_of
from ims_desktop.features.production.screen.memory import Memory
from ims_desktop.features.stock.screen import EntrySheet, SheetParts
from ims_desktop.features.stock.service import Posted
from ims_desktop.ui.controls import bind, frame, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import EntrySpec, Line
from ims_desktop.ui.entry_grid import EntryGrid
from ims_desktop.ui.fields import Field
from ims_desktop.ui.journal import Entry
from ims_desktop.ui.keeping import Errand
from ims_desktop.ui.language import said
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.theme import Tone

KIND = "production.made"  # what its entries are called in the journal of a PC, for ever
ASKED = "production.made.approval"  # the same of entries that ask for approval
MISTAKE = "Entered by mistake"


class EntryView(EntrySheet):
    """What the entry of a prep and of repacking share: one production at a time, below what is said of it once."""

    memory: Memory
    may_ask = True

    def __init__(self, desk: Desk, site: UUID, memory: Memory, fields: Sequence[Field], spec: EntrySpec) -> None:
        head, grid = Head(desk, fields), EntryGrid(desk, spec)
        super().__init__(desk, site, SheetParts(KIND, service.foretell, service.rehearse, memory, grid, head.when))
        self.head = head
        self.plan = label("", 12, 500, role="muted", wrap=True)
        self.told = label("", 13, 500, tabular=True)
        self.yielded = label("", 12, 500, role="muted", tabular=True)
        self._values: dict[str, Any] = {}  # what is said once, as it was read last
        self._words: tuple[Words, ...] = ()  # what is on its way: what was done, and then line by line
        self._sum = frame("card", row(self.told, None, self.yielded, spacing=12, margins=(14, 10, 14, 10)))
        self._sum.hide()
        self.lay_out(self.grid, self._sum, between=(self.head, self.plan)).addStretch(1)
        self.plan.hide()
        self._listen()

    def _listen(self) -> None:
        for signal in (self.head.changed, self.head.subject_chosen):
            signal.connect(self._unmark)
        for signal in (self.grid.lines_changed, self.head.changed):
            signal.connect(self.reckon)
        self.head.changed.connect(self.ready_changed)
        bind(self.head, "Ctrl+Return", self.record, words=self.tr("Record the production"))
        self.head.subject_chosen.connect(self.ask_anew)

    # what the two kinds differ in ----------------------------------------------------------------------------

    def read_head(self, _values: dict[str, Any]) -> list[Problem]:
        """What is wrong with what is said once, beyond its single fields."""
        raise NotImplementedError

    def production(self, values: dict[str, Any], lines: tuple[Line, ...], at: datetime | None) -> Production | None:
        """What stands on the page; None as long as its head cannot be read."""
        raise NotImplementedError

    def done_words(self, _production: Production) -> Words:
        """What was done: so much of something was made, or repacked."""
        raise NotImplementedError

    def ask_anew(self) -> None:
        """It is about something else, or another moment, than before."""

    def say_sum(self) -> None:
        """What was used and what came out, in words."""

    def place_of(self, problem: Problem) -> Problem:
        """Where a problem of a line of the document stands on the page."""
        return problem

    def show_again(self, production: Production, done: Callable[[Sequence[Line]], None]) -> None:
        """Put what is said once of a production back on the page, and hand its lines to `done`."""
        raise NotImplementedError

    # what a page tells ---------------------------------------------------------------------------------------

    @property
    def recording(self) -> Words:
        """The button records the whole."""
        return meant("Record", "command")

    @property
    def lacking(self) -> Words:
        """Lines are needed."""
        return "" if self.grid.lines() else say("Say what is made, and how much of it.")

    @property
    def dirty(self) -> bool:
        """Whether something was begun in the head or in the lines."""
        return self.head.dirty or super().dirty

    def reckon(self) -> None:
        """Say what it comes to, where there is something to say."""
        self.say_sum()
        self._sum.setVisible(bool(self.told.text() or self.yielded.text()))

    def moment(self) -> tuple[datetime | None, list[Problem]]:
        """The head is read as a whole: what it says, when it was, and what is wrong with either."""
        self._values, at, wrong = self.head.read(self.desk.formats.zone)
        return at, [*wrong, *self.read_head(self._values)]

    def drafted(self, lines: tuple[Line, ...], at: datetime | None) -> Production | None:
        """The production of the lines."""
        made = self.production(self._values, lines, at)
        if made is not None:
            self._words = (self.done_words(made), *words_of(lines, self.desk.formats))
        return made

    def problems_of(self, value: Production | None) -> list[Problem]:
        """What no production is."""
        return problems_of(value) if value is not None else []

    def errand(self, value: Production) -> Errand:
        """Made as it is, or to wait for approval."""
        return Errand(ASKED, value, service.ask) if self.asks else Errand(KIND, value, service.produce)

    def words_of(self, _lines: tuple[Line, ...]) -> tuple[str, ...]:
        """What was done, and what it took or became."""
        return tuple(said(words) for words in self._words)

    def kept_words(self, entry: Entry) -> str:
        """What was done, without its lines."""
        return entry.lines[0]  # the rest is what it took, or became

    def recorded(self, _value: Production, _lines: tuple[Line, ...], result: Posted | service.Asked) -> None:
        """Tell what was made, with a way back, or that it waits."""
        if isinstance(result, service.Asked):
            waits = say("#{number} waits for approval", number=result.number)
            self.desk.messages.done(self._words[0] if result.is_posted else waits)
            return
        self.desk.messages.done(self._words[0], undo=lambda: self._undo(result))

    def next_one(self) -> None:
        """The next one begins empty, and now."""
        self.head.clear()
        self.grid.clear()
        self.tell_plan("")
        self.reckon()

    def load_choices(self) -> None:
        """Places and reasons as well."""
        super().load_choices()
        self.head.load_choices()

    def stand(self) -> None:
        """At what is made, as long as nothing is said of it."""
        if not self.dirty:
            next(iter(self.head.boxes.values())).editor.setFocus()

    def hold(self, lines: tuple[Line, ...]) -> None:
        """Nothing of it is changed any more."""
        super().hold(lines)
        self.head.setEnabled(False)

    def release(self) -> None:
        """It may be changed again."""
        self.head.setEnabled(True)
        super().release()

    def tell_missing(self) -> None:
        """Everything that is missing above the lines, or what is with them."""
        _at, wrong = self.moment()
        if self.grid.unfinished():
            wrong.append(Problem("A line is not finished: fill it in or take it away.", "lines"))
        elif not wrong:
            wrong.append(Problem(self.lacking, "lines"))
        self.show_problems(wrong, say("This production cannot be recorded yet."))

    def show_problems(self, problems: Sequence[Problem], sentence: Words = "") -> None:
        """Every problem at its place, and what has none in words."""
        loose = self.mark(problems)
        self.tell(NoteBox(sentences([sentence, *(one.text for one in loose)]), Tone.BAD))

    def mark(self, problems: Sequence[Problem]) -> list[Problem]:
        """Mark the lines and fields that are wrong; what belongs to none is left."""
        shown = [self.place_of(one) for one in problems]
        self.grid.show_problems([one for one in shown if one.row is not None])
        self.head.show_problems(shown)
        return [one for one in shown if one.row is None and one.field not in self.head.places]

    def measured(self) -> tuple[Line, ...]:
        """The lines that say how much, whatever else is wrong with them."""
        return tuple(line for line in self.grid.begun() if quantity_of(line) is not None)

    def _unmark(self) -> None:
        """Something else is said of the whole: what was refused of its lines may be right now."""
        if self.grid.unfinished():
            self.grid.fill(self.grid.begun())

    def tell_plan(self, words: Words) -> None:
        """What the head means."""
        self.plan.say(words)
        self.plan.setVisible(bool(words))

    def _undo(self, posted: Posted) -> None:
        done = say("Undone: production #{number}", number=posted.number)
        self.desk.start(
            self, lambda _undone: self.desk.messages.done(done), service.take_back, uuid4(), posted.id, MISTAKE
        )

    # putting right -------------------------------------------------------------------------------------------

    def take_up(self, entry: Entry) -> None:
        """Put a production that was not taken back on the page; recorded again, it replaces it."""
        production, before = entry.value, self.handover.replaces
        if not isinstance(production, Production) or self.busy or (before is not None and before.key == entry.key):
            return

        def shown(lines: Sequence[Line]) -> None:
            self.put_right(entry, lines, entry.text)
            self.mark(entry.problems)

        self.once_empty(lambda: self.show_again(production, shown))

    def take_up_request(self, request: service.Request) -> None:
        """Put a production that came back, or was taken back, on the page again."""
        production = service.production_of(request.document)

        def shown(lines: Sequence[Line]) -> None:
            self.fill(lines, production.effective_at)
            self.tell(NoteBox(say("Put it right and record it again. {why}", why=request.row.reason), Tone.INFO))

        self.once_empty(lambda: self.show_again(production, shown))

    def once_empty(self, go_on: Callable[[], None]) -> None:
        """Go on where nothing is begun; two productions are never mixed, and none is thrown away unasked."""
        if not self.dirty:
            go_on()
            return

        def clear() -> None:
            self.tell(None)
            self.next_one()
            go_on()

        words = say("Another production is begun here: record it first, or take it away.")
        self.tell(NoteBox(words, Tone.WARN, (say("Take it away"), clear)))

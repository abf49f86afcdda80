"""What every table has in common whose lines become a posting: they are dated, kept, sent, and put right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ims_desktop.domain.errors import Offline, Problem, UserError
from ims_desktop.domain.wording import Words, dotted, say, say_count, sentences
from ims_desktop.features.stock.screen.effects import EffectsPanel
from ims_desktop.features.stock.service import Effects
from ims_desktop.ui.controls import clear_layout
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import Line
from ims_desktop.ui.entry_grid import EntryGrid
from ims_desktop.ui.entry_page import EntryBody
from ims_desktop.ui.journal import Entry
from ims_desktop.ui.keeping import Errand, Handover
from ims_desktop.ui.local_copy import LocalCopy
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.objections import ask_for_objections
from ims_desktop.ui.theme import Tone
from ims_desktop.ui.waiting import WaitingStrip
from ims_desktop.ui.when import When

LIMIT = "limit"  # of a refusal: it is worth more than the person may record


@dataclass(frozen=True)
class SheetParts:
    """What a table is put together from; `kept_as` is what its entries are called in the journal of a PC, `foretell`
    the use case that says what dating a value back would change, `rehearse` the one that lets the ledger judge it."""

    kept_as: str
    foretell: Callable[..., Any]
    rehearse: Callable[..., Any]
    memory: LocalCopy
    grid: EntryGrid
    when: When


class EntrySheet(EntryBody):
    """Lines stay, and cannot be changed, until the server has confirmed them or this PC keeps them for it.

    What a table is about is told by the methods under "what a page tells". Where it `may_ask`, what is above a limit
    can wait for somebody who may.
    """

    may_ask = False

    def __init__(self, desk: Desk, site: UUID, parts: SheetParts) -> None:
        super().__init__()
        self.setObjectName("page")
        self.desk, self.site = desk, site
        self.memory, self.grid, self.when = parts.memory, parts.grid, parts.when
        self.memory.setParent(self)
        self._foretelling, self._rehearse = parts.foretell, parts.rehearse
        self.handover = Handover(desk, self)
        self.strip = WaitingStrip(desk, parts.kept_as, self.memory.as_of)
        self.strip.besides = lambda: self.handover.replaces
        self.sent: tuple[Line, ...] = ()  # the lines that are on their way
        self.asks = False  # they are to wait for approval
        self._notes = QVBoxLayout()
        self._notes.setContentsMargins(0, 0, 0, 0)
        self._connect()

    def _connect(self) -> None:
        self.grid.record_requested.connect(self._record)
        self.grid.lines_changed.connect(self.ready_changed)
        self.grid.lines_changed.connect(self._forget_replaced)
        self.memory.filled.connect(self._fill_choices)
        self.handover.recorded.connect(self._recorded)
        self.handover.refused.connect(self.refuse)
        self.handover.kept.connect(self._kept)
        self.handover.doubtful.connect(self._doubtful)

    def lay_out(self, *below: QWidget, between: Sequence[QWidget] = ()) -> QVBoxLayout:
        """The strip, what comes between, what is to be said, and below it the table and the rest."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 12, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(self.strip)
        for widget in between:
            layout.addWidget(widget)
        layout.addLayout(self._notes)
        for widget in below:
            layout.addWidget(widget)
        return layout

    # what a page tells ---------------------------------------------------------------------------------------

    def drafted(self, lines: tuple[Line, ...], at: datetime | None) -> Any:
        """What the lines become, with a key of its own; None where what stands beside them cannot be read."""
        raise NotImplementedError

    def problems_of(self, _value: Any) -> list[Problem]:
        """What is wrong with it, as far as this PC can tell."""
        return []

    def agreed(self, _value: Any) -> bool:
        """Whether nothing is to be asked before it goes."""
        return True

    def errand(self, value: Any) -> Errand:
        """How that is sent."""
        raise NotImplementedError

    def words_of(self, lines: tuple[Line, ...]) -> tuple[str, ...]:
        """Each line as a person reads it."""
        raise NotImplementedError

    def recorded(self, value: Any, lines: tuple[Line, ...], result: Any) -> None:
        """The server has it: tell it."""
        raise NotImplementedError

    def moment(self) -> tuple[datetime | None, list[Problem]]:
        """When it happened (None: now), and what is wrong with what was typed."""
        return self.when.read(self.desk.formats.zone)

    def kept_words(self, entry: Entry) -> str:
        """What this PC has kept, in a few words."""
        return ", ".join(entry.lines)

    def next_one(self) -> None:
        """Begin the next one: what was typed beside the lines goes."""
        self.when.set_now()

    def load_choices(self) -> None:
        """Ask once more for what may be chosen, where nobody answered before."""
        if not all(self.grid.model.options.values()):
            self.grid.model.load_choices()

    def show_problems(self, problems: Sequence[Problem], sentence: Words = "") -> None:
        """Every problem at its line or at the moment, and what belongs to no line in words as well."""
        self.grid.show_problems(problems)
        loose = [problem for problem in problems if problem.row is None]
        self.when.show_problems(loose)
        self.tell(NoteBox(sentences([sentence, *(one.text for one in loose)]), Tone.BAD))

    def show_refusal(self, error: UserError) -> None:
        """What the server says to it; what is above a limit may be asked for."""
        if not self.offer_approval(error.problems, error.text):
            self.show_problems(error.problems, error.text)

    def stand(self) -> None:
        """Stand where one types next."""
        if self.grid.current() is None:
            self.grid.table.go(self.grid.model.rowCount() - 1, self.grid.model.cells[0])

    # what pages ask ------------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether lines are on their way."""
        return self.handover.busy

    @property
    def dirty(self) -> bool:
        """Whether something typed here is not recorded."""
        return self.grid.dirty

    @property
    def recording(self) -> Words:
        """How many lines the button records."""
        count = len(self.grid.lines())
        return say_count("Record 1 line", "Record {count} lines", count) if count else super().recording

    @property
    def lacking(self) -> Words:
        """A line is needed."""
        return "" if self.grid.lines() else say("Fill in a line first.")

    def record(self) -> None:
        """Record the lines that are ready."""
        self.grid.record()

    def start(self) -> None:
        """Stand on the waiting line, ready to type."""
        if self.grid.isEnabled():
            QTimer.singleShot(0, self, self._stand)

    def _stand(self) -> None:
        if self.isVisible() and self.grid.isEnabled():
            self.stand()

    def tell(self, note: NoteBox | None) -> None:
        """Say one thing above the table, or nothing."""
        clear_layout(self._notes)
        if note is not None:
            self._notes.addWidget(note)

    # recording -----------------------------------------------------------------------------------------------

    def _record(self, lines: tuple[Line, ...]) -> None:
        if self.busy or not self.grid.isEnabled():
            return
        self.tell(None)
        if not lines or (self.grid.model.spec.together and self.grid.unfinished()):
            self.tell_missing()
            return
        at, wrong = self.moment()
        self.asks = False
        value = self.drafted(lines, self._as_it_was(at))
        if told := [*wrong, *self.problems_of(value)]:
            self._tell_everything(value, told)
            return
        if value is None or not self.agreed(value):
            return
        self.hold(lines)
        if value.effective_at is None:
            self.send(value)
        else:
            done, failed = partial(self._foretell, value), partial(self._untold, value)
            self.desk.start(self, done, self._foretelling, value, failed=failed)

    def tell_missing(self) -> None:
        """Nothing goes yet: say why, and stand where it is to be put right."""
        if not self.grid.dirty:
            self.tell(NoteBox(say("There is nothing to record yet: choose an item and say how much of it."), Tone.WARN))
            self.start()
            return
        words = say("Nothing was recorded: fill in what is missing, or take the line away.")
        self.tell(NoteBox(sentences([words, dotted(*self.grid.missing())]), Tone.WARN))
        self.grid.go_to_unfinished()

    def _tell_rest(self) -> None:
        """What was not ready has not gone with the rest."""
        if count := self.grid.unfinished():
            words = say_count(
                "{count} line is not finished and was not recorded: it stays here.",
                "{count} lines are not finished and were not recorded: they stay here.",
                count,
            )
            self.tell(NoteBox(words, Tone.WARN, (say("Go there"), self.grid.go_to_unfinished)))

    def _tell_everything(self, value: Any, told: list[Problem]) -> None:
        """What is wrong here, and then what the ledger says to all the rest, so that everything is told at once."""

        def tell(problems: Sequence[Problem]) -> None:
            if not self.busy:
                self.show_problems(problems, say("This cannot be recorded yet."))

        tell(told)
        if value is None:
            return
        ask_for_objections(self.desk, self, told, tell, self._rehearse, value)

    def hold(self, lines: tuple[Line, ...]) -> None:
        """These lines are about to go: they are not changed any more."""
        self.sent = lines
        self.grid.setEnabled(False)

    def send(self, value: Any) -> None:
        """Keep it, or send it; what is kept has its own time, whenever it gets to the server."""
        journal = self.desk.journal
        if journal is not None and journal.is_open and value.effective_at is None:
            value = replace(value, effective_at=journal.now())
        self.handover.send(self.errand(value), self.words_of(self.sent), self.site)
        self.ready_changed.emit()

    def offer_approval(self, problems: Sequence[Problem], why: Words) -> bool:
        """Whether it was refused for its worth alone and may wait for somebody who may: then that is offered."""
        if not self.may_ask or not any(problem.field == LIMIT for problem in problems):
            return False
        self.tell(NoteBox(why, Tone.WARN, (say("Ask for approval"), self._ask)))
        return True

    def _ask(self) -> None:
        """Let the ready lines wait for somebody who may record what they are worth."""
        lines = self.grid.lines()
        at, wrong = self.moment()
        value = self.drafted(lines, self._as_it_was(at)) if lines and not wrong else None
        if self.busy or value is None:
            return
        self.tell(None)
        self.asks = True
        self.hold(lines)
        self.send(value)

    def _as_it_was(self, at: datetime | None) -> datetime | None:
        """The page shows minutes: what is put right keeps its own moment, unless another one was typed."""
        before = self.handover.replaces
        was = moment_of(before.value) if before is not None else None
        return was if at is not None and was is not None and was - at < timedelta(minutes=1) and was >= at else at

    def _foretell(self, value: Any, effects: Effects) -> None:
        """Record it at once where nothing else changes; otherwise show what does, and wait."""
        if not effects.others:
            self.send(value)
            return
        panel = EffectsPanel(self.desk, effects)
        panel.agreed.connect(partial(self._agree, panel, value))
        panel.closed.connect(self.release)
        self.foretold.emit(panel)

    def _agree(self, panel: EffectsPanel, value: Any) -> None:
        panel.closed.emit()
        self.hold(self.sent)
        self.send(value)

    def _untold(self, value: Any, error: Exception) -> None:
        """What cannot be foretold because nobody answers is recorded without."""
        if isinstance(error, Offline):
            self.send(value)
        elif isinstance(error, UserError):
            self.refuse(error)
        else:
            self.release()

    # what became of it ---------------------------------------------------------------------------------------

    def _recorded(self, value: Any, result: Any) -> None:
        self.recorded(value, self._gone(), result)
        self.start()

    def _kept(self, entry: Entry) -> None:
        """The server takes its time or is away: this PC has the lines, and sends them."""
        self._gone()
        what = self.kept_words(entry)
        self.desk.messages.note(say("Saved here: {what}. It is sent when the server answers.", what=what))
        self.start()

    def _gone(self) -> tuple[Line, ...]:
        lines, self.sent = self.sent, ()
        self.tell(None)
        self.release()
        self.grid.remove(lines)
        self.next_one()
        self._tell_rest()
        return lines

    def refuse(self, error: UserError) -> None:
        """Nothing was recorded: the lines stay, with what is wrong."""
        self.release()
        self.strip.look()
        if isinstance(error, Offline):
            words = say("Not recorded: the server cannot be reached. Your lines stay here.")
            self.tell(NoteBox(words, Tone.WARN, (say("Try again"), self.grid.record)))
        else:
            self.show_refusal(error)

    def _doubtful(self) -> None:
        words = say(
            "The connection broke before the server answered. The same lines are sent again until it does;"
            " nothing is recorded twice."
        )
        self.tell(NoteBox(words, Tone.WARN, (say("Try now"), self.handover.send_again)))

    def release(self) -> None:
        """The lines may be changed again."""
        self.grid.setEnabled(True)
        self.ready_changed.emit()

    # putting right -------------------------------------------------------------------------------------------

    def put_right(self, entry: Entry, lines: Sequence[Line], why: Words) -> None:
        """Show the lines of an entry that was not taken, before what was begun; recorded again, they replace it."""
        self.fill(lines, moment_of(entry.value))
        self.handover.replaces = entry
        self.strip.look()
        self.tell(
            NoteBox(
                say("Put it right and record it again: it takes the place of what was saved here. {why}", why=why),
                Tone.INFO,
            )
        )
        self.offer_approval(entry.problems, why)

    def fill(self, lines: Sequence[Line], at: datetime | None) -> None:
        """Put lines into the table, before what was begun."""
        self.grid.table.commit()
        self.grid.fill([*lines, *self.grid.begun()])
        if at is not None:
            self.when.set(at)

    def _forget_replaced(self) -> None:
        """Whoever clears the table leaves the entry as it is: it goes on being shown."""
        if self.handover.replaces is not None and not self.dirty and not self.busy:
            self.handover.replaces = None
            self.strip.look()

    def _fill_choices(self) -> None:
        """The page was opened while nobody answered: now this PC does."""
        self.load_choices()
        self.strip.look()


def moment_of(value: Any) -> datetime | None:
    """When what is kept happened."""
    at = getattr(getattr(value, "document", value), "effective_at", None)
    return at if isinstance(at, datetime) else None

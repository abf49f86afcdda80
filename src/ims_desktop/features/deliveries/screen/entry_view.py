"""Entering a delivery at one site: what the paper says, its lines, and whether both come to the same."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ims_desktop.domain.errors import Offline, Problem, UserError
from ims_desktop.domain.wording import Words, dotted, say, sentences
from ims_desktop.features.deliveries import service
from ims_desktop.features.deliveries.rules import Delivery, apart, as_read, problems_of
from ims_desktop.features.deliveries.screen.head import Head
from ims_desktop.features.deliveries.screen.lines import (
    Asking,
    entry_spec,
    item_of,
    lines_again,
    lines_of,
    net,
    words_of,
)
from ims_desktop.features.stock.screen import EffectsPanel
from ims_desktop.features.stock.service import Effects, Posted, post
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import clear_layout, frame, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import Line, Measured
from ims_desktop.ui.entry_grid import EntryGrid
from ims_desktop.ui.journal import Entry
from ims_desktop.ui.keeping import Handover
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.objections import ask_for_objections
from ims_desktop.ui.theme import Tone
from ims_desktop.ui.waiting import WaitingStrip

KIND = "deliveries.received"  # what its entries are called in the journal of a PC, for ever
MISTAKE = "Entered by mistake"


class EntryView(QWidget):
    """Lines stay, and cannot be changed, until the server has confirmed them or this PC keeps them for it."""

    ready_changed = Signal()
    foretold = Signal(object)  # EffectsPanel: what dating it back would change, to be shown before it is recorded

    def __init__(self, desk: Desk, site: UUID) -> None:
        super().__init__()
        self.setObjectName("page")
        self.desk, self.site = desk, site
        self.asking = Asking(site, lambda: desk.formats, day=desk.formats.today())
        self.head = Head(desk)
        self.grid = EntryGrid(desk, entry_spec(self.asking))
        self.told = label("", 13, 500, tabular=True)
        self.paper = label("", 12, 500, role="muted", tabular=True)
        self.handover = Handover(desk, KIND, service.receive, self)
        self.strip = WaitingStrip(desk, KIND)
        self.strip.besides = lambda: self.handover.replaces
        self._sent: tuple[Line, ...] = ()
        self._agreed: Decimal | None = None  # how far apart the paper and the lines may be
        self._fill_in()
        self._listen()
        self._reckon()

    def _fill_in(self) -> None:
        self._notes = QVBoxLayout()
        self._notes.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 12, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(self.strip)
        layout.addWidget(self.head)
        layout.addLayout(self._notes)
        layout.addWidget(self.grid)
        layout.addWidget(frame("card", row(self.told, None, self.paper, spacing=12, margins=(14, 10, 14, 10))))
        layout.addStretch(1)

    def _listen(self) -> None:
        self.grid.record_requested.connect(self._record)
        self.grid.lines_changed.connect(self._reckon)
        self.grid.lines_changed.connect(self.ready_changed)
        self.head.changed.connect(self._reckon)
        self.head.supplier_chosen.connect(self._ask_anew)
        self.handover.recorded.connect(self._recorded)
        self.handover.refused.connect(self._refused)
        self.handover.kept.connect(self._kept)
        self.handover.doubtful.connect(self._doubtful)

    @property
    def busy(self) -> bool:
        """Whether lines are on their way."""
        return self.handover.busy

    def start(self) -> None:
        """Stand where one types next: at the supplier, or on the waiting line."""
        QTimer.singleShot(0, self, self._stand)

    def _stand(self) -> None:
        if not self.isVisible() or not self.grid.isEnabled():
            return
        box = self.head.boxes.get("supplier_id")
        if box is not None and self.head.supplier is None:
            box.editor.setFocus()
        elif self.grid.current() is None:
            self.grid.table.go(self.grid.model.rowCount() - 1, self.grid.model.cells[0])

    # what the lines depend on and come to --------------------------------------------------------------------

    def _ask_anew(self) -> None:
        """Another supplier or day has other prices: lines that have the proposed one get the new one."""
        formats = self.desk.formats
        at, _wrong = self.head.when.read(formats.zone) if self.head.when.is_earlier else (None, [])
        self.asking.supplier = self.head.supplier
        self.asking.day = formats.local(at).date() if at is not None else formats.today()
        wanted = tuple({item.id for line in self.grid.begun() if (item := item_of(line)) is not None})
        if wanted:
            self.desk.start(
                self, self._price_anew, service.deliverables_of, self.site, self.asking.supplier, self.asking.day,
                wanted, replace="deliverables", failed=_unheard,
            )  # fmt: skip

    def _price_anew(self, items: tuple[service.Deliverable, ...]) -> None:
        known: dict[tuple[UUID, str], service.Deliverable] = {}
        for item in items:
            known.setdefault((item.id, item.pack), item)
            known.setdefault((item.id, ""), item)
        columns = [one.key for one in self.grid.model.spec.columns]
        for place in range(self.grid.model.rowCount()):
            line = self.grid.model.line(place)
            before = item_of(line)
            after = known.get((before.id, before.pack)) or known.get((before.id, "")) if before is not None else None
            if before is None or after is None or after == before:
                continue
            price = line.get("price")
            proposed = not isinstance(price, Measured) or price.value == before.listed
            self.grid.model.put(place, columns.index("item"), Choice(after, after.name))
            if proposed and after.listed is not None:
                cell = self.grid.model.spec.columns[columns.index("price")]
                written = format(after.listed.normalize(), "f").replace(".", self.desk.formats.decimal_sign)
                if cell.parse is not None:
                    parsed = cell.parse(written, self.grid.model.line(place))
                    self.grid.model.put(place, columns.index("price"), parsed)

    def _reckon(self) -> None:
        """What is typed so far, beside what the paper says."""
        formats, decimals = self.desk.formats, self.desk.formats.money_decimals
        lines = self.grid.lines()
        worth = sum((net(line, decimals) or Decimal(0) for line in lines), Decimal(0))
        discount, freight = self.head.amount("discount"), self.head.amount("freight")
        together = worth - discount + freight
        parts: list[Words] = [say("Lines {money}", money=formats.money(worth))]
        if discount:
            parts.append(say("less discount {money}", money=formats.money(discount)))
        if freight:
            parts.append(say("freight {money}", money=formats.money(freight)))
        parts.append(say("together {money}", money=formats.money(together, currency=True)))
        self.told.say(dotted(*parts))
        if not self.head.has_total:
            self.paper.say("")
            return
        off = self.head.amount("total") - together
        words = (
            say("As on the paper")
            if not off
            else say("{money} against the paper", money=f"{formats.number(-off, decimals, True)} {formats.currency}")
        )
        self.paper.say(words)
        self.paper.tone("bad" if off else "ok")

    # recording -----------------------------------------------------------------------------------------------

    def _record(self, lines: tuple[Line, ...]) -> None:
        if self.busy:
            return
        self._say(None)
        values, at, wrong = self.head.read(self.desk.formats.zone)
        at = self._as_it_was(at)
        delivery = Delivery(
            uuid4(),
            self.site,
            values.get("supplier_id"),
            lines_of(lines, self.desk.formats.money_decimals),
            values.get("reference") or "",
            at,
            values.get("discount") or Decimal(0),
            values.get("freight") or Decimal(0),
        )
        if told := [*wrong, *problems_of(delivery)]:
            self._tell_everything(delivery, told)
            return
        off = apart(delivery, values.get("total"))
        if off and self._agreed != off:
            self._ask_about(off)
            return
        self._sent = lines
        self.grid.setEnabled(False)
        if at is None:
            self._send(delivery)
        else:
            done = partial(self._foretell, delivery)
            self.desk.start(self, done, service.foretell, delivery, failed=partial(self._untold, delivery))

    def _tell_everything(self, delivery: Delivery, told: list[Problem]) -> None:
        """What is wrong here, and what the ledger says to all the rest."""

        def tell(problems: Sequence[Problem]) -> None:
            if not self.busy:
                self._show(problems, say("This delivery cannot be received yet."))

        tell(told)
        ask_for_objections(self.desk, self, told, tell, post, delivery, build=service.document_of)

    def _as_it_was(self, at: datetime | None) -> datetime | None:
        """The page shows minutes: what is put right keeps its own moment, unless another one was typed."""
        before = self.handover.replaces
        was = before.value.effective_at if before is not None and isinstance(before.value, Delivery) else None
        return was if at is not None and was is not None and was - at < timedelta(minutes=1) and was >= at else at

    def _ask_about(self, off: Decimal) -> None:
        def agree() -> None:
            self._agreed = off
            self.grid.record()

        money = self.desk.formats.number(abs(off), self.desk.formats.money_decimals)
        words: Words = (
            say(
                "The paper says {money} more than these lines come to. Is a line missing, or a price another?",
                money=money,
            )
            if off > 0
            else say("The paper says {money} less than these lines. Is a discount missing?", money=money)
        )
        self._say(NoteBox(words, Tone.WARN, (self.tr("Record it all the same"), agree)))

    def _send(self, delivery: Delivery) -> None:
        journal = self.desk.journal
        if journal is not None and journal.is_open and delivery.effective_at is None:
            delivery = replace(delivery, effective_at=journal.now())
        self.handover.send(delivery, words_of(self._sent, self.desk.formats), self.site)
        self.ready_changed.emit()

    def _foretell(self, delivery: Delivery, effects: Effects) -> None:
        """Record it at once where nothing else changes; otherwise show what does, and wait."""
        if not effects.others:
            self._send(delivery)
            return
        panel = EffectsPanel(self.desk, effects)
        panel.agreed.connect(partial(self._agree, panel, delivery))
        panel.closed.connect(self._release)
        self.foretold.emit(panel)

    def _agree(self, panel: EffectsPanel, delivery: Delivery) -> None:
        panel.closed.emit()
        self.grid.setEnabled(False)
        self._send(delivery)

    def _untold(self, delivery: Delivery, error: Exception) -> None:
        """What cannot be foretold because nobody answers is recorded without."""
        if isinstance(error, Offline):
            self._send(delivery)
        elif isinstance(error, UserError):
            self._refused(error)

    def _recorded(self, delivery: Delivery, posted: Posted) -> None:
        count, formats = len(delivery.lines), self.desk.formats
        self._done()
        words: Words = say("Received delivery #{number}, {lines} lines", number=posted.number, lines=count)
        if posted.value is not None:
            value = formats.money(posted.value + delivery.freight, currency=True)
            words = say("Received delivery #{number}, {value}", number=posted.number, value=value)
        self.desk.messages.done(words, undo=lambda: self._undo(posted))

    def _kept(self, _entry: Entry) -> None:
        what = ", ".join(words_of(self._sent, self.desk.formats))
        self._done()
        self.desk.messages.note(say("Saved here: {what}. It is sent when the server answers.", what=what))

    def _done(self) -> None:
        lines, self._sent, self._agreed = self._sent, (), None
        self._say(None)
        self._release()
        self.grid.remove(lines)
        self.head.clear()
        self._reckon()
        self.start()

    def _refused(self, error: UserError) -> None:
        self._release()
        self.strip.look()
        if isinstance(error, Offline):
            words = self.tr("Not recorded: the server cannot be reached. Your lines stay here.")
            self._say(NoteBox(words, Tone.WARN, (self.tr("Try again"), self.grid.record)))
            return
        self._show(error.problems, error.text)

    def _show(self, problems: Sequence[Problem], sentence: Words) -> None:
        """Every problem at its place, and what has none in words."""
        shown = as_read(lines_of(self.grid.lines(), self.desk.formats.money_decimals), problems)
        self.grid.show_problems(shown)
        self.head.show_problems(list(shown))
        loose = [one.text for one in shown if one.row is None and one.field not in self.head.places]
        self._say(NoteBox(sentences([sentence, *loose]), Tone.BAD))

    def _doubtful(self) -> None:
        words = self.tr(
            "The connection broke before the server answered. The same lines are sent again until it does;"
            " nothing is recorded twice."
        )
        self._say(NoteBox(words, Tone.WARN, (self.tr("Try now"), self.handover.send_again)))

    def _release(self) -> None:
        self.grid.setEnabled(True)
        self.ready_changed.emit()

    def _undo(self, posted: Posted) -> None:
        done = say("Undone: delivery #{number}", number=posted.number)
        self.desk.start(
            self, lambda _undone: self.desk.messages.done(done), service.take_back, uuid4(), posted.id, MISTAKE
        )

    def take_up(self, entry: Entry) -> None:
        """Put a delivery that was not taken back on the page; recorded again, it replaces it."""
        delivery = entry.value
        if not isinstance(delivery, Delivery) or self.busy:
            return

        def found(items: Any) -> None:
            self.grid.table.commit()
            self.grid.fill(lines_again(delivery.lines, items, self.asking))
            self.handover.replaces = entry
            self.strip.look()
            shown = as_read(delivery.lines, entry.problems)
            self.grid.show_problems(shown)
            self.head.show_problems(list(shown))
            words = say(
                "Put it right and record it again: it takes the place of what was saved here. {why}", why=entry.text
            )
            self._say(NoteBox(words, Tone.INFO))

        self.head.fill(delivery)
        self._ask_anew()
        wanted = tuple(line.item_id for line in delivery.lines)
        self.desk.start(self, found, service.deliverables_of, self.site, delivery.supplier_id, self.asking.day, wanted)

    def _say(self, note: NoteBox | None) -> None:
        clear_layout(self._notes)
        if note is not None:
            self._notes.addWidget(note)


def _unheard(_error: Exception) -> None:
    """Prices that were proposed stay as they are."""

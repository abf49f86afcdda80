"""While an import runs: how far it is, with a way to stop; and what it did."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame

from ims_desktop.domain.wording import say
from ims_desktop.domain.work import read
from ims_desktop.features.sales import service
from ims_desktop.ui.controls import Button, Picture, clear_layout, column, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.inputs import Meter
from ims_desktop.ui.language import counted
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.theme import Tone


@read
def cut(_connection: Any, sales: service.SalesImport) -> Sequence[service.Chunk | service.KeptChunk]:
    """Cut an import into chunks off the GUI thread: a year has tens of thousands of orders."""
    return *sales.kept(), *sales.chunks()


class ImportRun(QObject):
    """Sends chunk after chunk; may be stopped between two, and goes on where it was after a failure.

    Every chunk has a key of its own, so one whose answer was lost is simply sent again.
    """

    moved = Signal()
    stopped = Signal(object)  # Exception, or None when the person stopped it
    finished = Signal()

    def __init__(self, desk: Desk, sales: service.SalesImport, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._sales = sales
        self._chunks: Sequence[service.Chunk | service.KeptChunk] = ()
        self._next = 0
        self._stopping = False
        self.running = False
        self.total = len(sales.orders)
        self.recorded = service.Recorded()

    @property
    def done(self) -> int:
        """Orders that are through."""
        return sum(len(chunk.orders) for chunk in self._chunks[: self._next] if isinstance(chunk, service.Chunk))

    def go_on(self) -> None:
        """Begin, or go on."""
        self._stopping, self.running = False, True
        if self._chunks:
            self._send()
        else:
            self._desk.start(self, self._cut, cut, self._sales, failed=self._failed)

    def stop(self) -> None:
        """Stop behind the chunk that is under way."""
        self._stopping = True

    def _cut(self, chunks: Sequence[service.Chunk | service.KeptChunk]) -> None:
        self._chunks = chunks
        self._send()

    def _send(self) -> None:
        chunk = self._chunks[self._next]
        send = service.post_chunk if isinstance(chunk, service.Chunk) else service.keep_chunk
        self._desk.start(self, self._recorded, send, chunk, failed=self._failed)

    def _recorded(self, recorded: service.Recorded) -> None:
        self.recorded += recorded
        self._next += 1
        self.moved.emit()
        if self._next == len(self._chunks):
            self.running = False
            self.finished.emit()
        elif self._stopping:
            self.running = False
            self.stopped.emit(None)
        else:
            self._send()

    def _failed(self, error: Exception) -> None:
        self.running = False
        self.stopped.emit(error)


class ProgressCard(QFrame):
    """The course of a run."""

    left = Signal()

    def __init__(self, run: ImportRun) -> None:
        super().__init__()
        self.setObjectName("card")
        self._run = run
        self.title = label(self.tr("Importing sales"), 16, 600)
        self.words = label("", 13, role="sub", tabular=True)
        self.meter = Meter(0, name=self.tr("Progress"), height=8)
        self.note = column()
        self.stop = Button(self.tr("Stop"), icon="stop")
        self.again = Button(self.tr("Go on"), "primary")
        self.leave = Button(self.tr("Leave it at that"))
        self.setLayout(
            column(
                *(self.title, 6, self.words, 14, self.meter, 14, self.note),
                row(self.stop, self.again, self.leave, None),
                margins=(24, 20, 24, 20),
            )
        )
        self.stop.clicked.connect(self._stop)
        self.again.clicked.connect(self._go_on)
        self.leave.clicked.connect(self.left)
        run.moved.connect(self._show)
        run.stopped.connect(self._stopped)
        self._show()
        self._offer()

    def _show(self) -> None:
        run = self._run
        share = run.done / run.total if run.total else 1
        self.meter.set_share(share)
        words = self.tr("{done} of {total} orders · {share}% · {movements} movements")
        self.words.say(
            words.format(
                done=counted(run.done),
                total=counted(run.total),
                share=round(share * 100),
                movements=counted(run.recorded.movements),
            )
        )

    def begun(self) -> None:
        """The run has begun."""
        self._offer()

    def _offer(self) -> None:
        self.stop.setVisible(self._run.running)
        self.again.setVisible(not self._run.running)
        self.leave.setVisible(not self._run.running)

    def _go_on(self) -> None:
        clear_layout(self.note)
        self.title.say(self.tr("Importing sales"))
        self._run.go_on()
        self.stop.refuse(None)
        self._offer()

    def _stop(self) -> None:
        self.stop.refuse(self.tr("It stops as soon as the orders on their way are in."))
        self._run.stop()

    def _stopped(self, error: Exception | None) -> None:
        self.title.say(self.tr("The import has stopped"))
        words = self.tr("What is in stays in. Going on takes the rest; nothing is counted twice.")
        clear_layout(self.note)
        self.note.addWidget(NoteBox(f"{error} {words}" if error else words, Tone.BAD if error else Tone.INFO))
        self.note.addSpacing(14)
        self._offer()


class ResultCard(QFrame):
    """`unmapped`: the person wants to see the lines that wait."""

    unmapped = Signal()


def result_card(
    run: ImportRun, checked: service.Checked, formats: Formats, look: Callable[[], None], another: Callable[[], None]
) -> ResultCard:
    """What an import did, with the way to the orders and to what waits."""
    recorded, totals = run.recorded, checked.preview.totals
    figures = [
        (say("Orders imported"), counted(recorded.orders), say("new in the books")),
        (say("Already there"), counted(recorded.repeated), say("left as they were")),
        (say("Revenue"), formats.money(totals.revenue_accepted), formats.currency),
        (say("Movements"), counted(recorded.movements), say("taken out of stock")),
        (say("Kept"), counted(recorded.kept), say("lines wait to be mapped")),
        (say("Held back"), counted(totals.held), say("lines not imported")),
    ]
    blocks = [
        column(label(title, 12, role="muted"), 2, label(value, 22, 600, tabular=True), label(note, 11, role="muted"))
        for title, value, note in figures
    ]
    open_orders, more = Button(say("Look at the orders"), "primary", "receipt"), Button(say("Import another file"))
    open_orders.clicked.connect(look)
    more.clicked.connect(another)
    head = row(Picture("check-circle", "ok", 22), label(say("The sales are in"), 16, 600), None, spacing=10)
    missing = run.total - run.done
    rest = (
        (
            NoteBox(
                say("{missing:,} orders were not sent, because the import was stopped.", missing=missing), Tone.WARN
            ),
            14,
        )
        if missing
        else ()
    )
    made = ResultCard()
    made.setObjectName("card")
    buttons = [open_orders, more]
    if recorded.kept:
        buttons.insert(1, Button(say("Say what they mean"), icon="tray"))
        buttons[1].clicked.connect(made.unmapped)
    figured = row(*blocks, None, spacing=36)
    made.setLayout(column(head, 16, figured, 20, *rest, row(*buttons, None), margins=(24, 20, 24, 20)))
    return made

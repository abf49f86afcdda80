"""Records a document: by the journal of this PC where there is one, otherwise straight to the server."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from ims_desktop.domain.errors import Offline, UnknownOutcome, UserError
from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.screen.purpose import Purpose
from ims_desktop.features.adjustments.service import Photo, Photographed
from ims_desktop.features.stock.service import Document, Posted
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.journal import Entry, Sending, State

AGAIN_MS = 4000
PATIENCE_MS = 1500  # how long the page waits for the server before it lets the person go on


@dataclass(frozen=True)
class Errand:
    """A document on its way: alone, with photos of its lines, or to wait for somebody's approval."""

    kind: str  # what it is called in the journal of a PC, for ever
    document: Document
    value: Any
    use_case: Callable[..., Any]

    @property
    def key(self) -> UUID:
        """The key of the document."""
        return self.document.key


def errand(purpose: Purpose, document: Document, photos: tuple[Photo, ...] = (), *, asks: bool = False) -> Errand:
    """How a document is recorded."""
    if asks:
        return Errand(purpose.asked_as, document, Photographed(document, photos), service.ask_photographed)
    if photos:
        return Errand(purpose.photographed_as, document, Photographed(document, photos), service.post_photographed)
    return Errand(purpose.kept_as, document, document, service.post)


def document_in(value: Any) -> Document | None:
    """The document that an entry of a journal is about."""
    found = value.document if isinstance(value, Photographed) else value
    return found if isinstance(found, Document) else None


class Recorder(QObject):
    """One document at a time. When the line breaks after sending, the same document goes again under the same key,
    until the server has answered: it records it then, or answers what it did the first time."""

    recorded = Signal(object, object)  # Document, Posted or Asked
    refused = Signal(object)  # UserError: nothing was recorded
    doubtful = Signal()  # sent, but the answer was lost: asked again by and by

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._sent: Errand | None = None
        self._in_doubt = False
        self._pause = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._pause.timeout.connect(self.send_again)

    @property
    def busy(self) -> bool:
        """Whether a document is on its way."""
        return self._sent is not None

    def send(self, sent: Errand) -> None:
        """Send a document, unless one is on its way."""
        if self._sent is None:
            self._sent, self._in_doubt = sent, False
            self.send_again()

    def send_again(self) -> None:
        """Send what is on its way once more."""
        self._pause.stop()
        if self._sent is not None:
            self._desk.start(self, self._answered, self._sent.use_case, self._sent.value, failed=self._failed)

    def _answered(self, posted: Any) -> None:
        sent, self._sent = self._sent, None
        if sent is not None:
            self.recorded.emit(sent.document, posted)

    def _failed(self, error: Exception) -> None:
        self._in_doubt = self._in_doubt or isinstance(error, UnknownOutcome)
        if self._in_doubt and isinstance(error, Offline | UnknownOutcome):
            self.doubtful.emit()
            self._pause.start()
            return
        self._sent = None
        if isinstance(error, UserError):
            self.refused.emit(error)


def sendings(purpose: Purpose) -> tuple[Sending, ...]:
    """How the journal sends the documents of a page."""
    title, page = purpose.title, purpose.key
    return (
        Sending(purpose.kept_as, title, Document, service.post, page),
        Sending(purpose.photographed_as, title, Photographed, service.post_photographed, page),
        Sending(purpose.asked_as, title, Photographed, service.ask_photographed, page),
    )


class JournalRecorder(QObject):
    """Keeps a document on this PC first. The page waits a moment for the server's answer, so that a refusal is shown at
    the lines; when it does not come, the lines are `kept` here, and what becomes of them is the journal's to tell."""

    recorded = Signal(object, object)  # Document, Posted or Asked
    refused = Signal(object)  # UserError: the entry stays in the journal until it is replaced
    kept = Signal(object)  # Entry

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        if desk.journal is None:
            raise ValueError("this desk keeps no journal")
        self._desk, self._journal = desk, desk.journal
        self._waits_for: Document | None = None
        self.replaces: Entry | None = None  # what the lines on the page were before
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._go_on)
        self._journal.settled.connect(self._settled)
        self._journal.changed.connect(self._look)

    @property
    def busy(self) -> bool:
        """Whether the page waits."""
        return self._waits_for is not None

    def send(self, sent: Errand, lines: tuple[str, ...]) -> None:
        """Keep a document, unless one is under way."""
        if self._waits_for is not None:
            return
        document = self._waits_for = sent.document
        before = self.replaces.key if self.replaces is not None else None
        self._journal.keep(
            self, self._written, sent.kind, sent.value, lines,
            site=document.site_id, replaces=before, failed=self._not_kept,
        )  # fmt: skip

    def _written(self, _entry: Entry) -> None:
        self.replaces = None
        self._patience.start()
        self._look()

    def _look(self) -> None:
        """The server is away: nobody has to wait for it."""
        if self._journal.away_since is not None and self._patience.isActive():
            self._go_on()

    def _go_on(self) -> None:
        document, self._waits_for = self._waits_for, None
        self._patience.stop()
        entry = self._journal.find(document.key) if document is not None else None
        if entry is not None:
            self.kept.emit(entry)

    def _settled(self, entry: Entry, result: Any) -> None:
        document = self._waits_for
        if document is None or entry.key != document.key:
            return
        self._patience.stop()
        self._waits_for = None
        if entry.state is State.SENT and result is not None:
            self.recorded.emit(document, result)
        else:
            self.replaces = entry
            self.refused.emit(UserError(entry.text, entry.problems))

    def _not_kept(self, error: Exception) -> None:
        self._waits_for = None
        if isinstance(error, UserError):
            self.refused.emit(error)


def undo_document(desk: Desk, owner: QObject, posted: Posted, done: Callable[[Posted], None], reason: str) -> None:
    """Take a whole document back."""
    desk.start(owner, done, service.reverse_document, uuid4(), posted.id, reason)


def undo_movement(desk: Desk, owner: QObject, movement: int, done: Callable[[Posted], None], reason: str) -> None:
    """Take one line back."""
    desk.start(owner, done, service.reverse, uuid4(), (movement,), reason)

"""Sends a document and does not let go of it before its outcome is known."""

from collections.abc import Callable
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from ims_desktop.domain.errors import Offline, UnknownOutcome, UserError
from ims_desktop.features.adjustments import service
from ims_desktop.features.stock.service import Document, Posted
from ims_desktop.ui.desk import Desk

AGAIN_MS = 4000


class Recorder(QObject):
    """One document at a time. When the line breaks after sending, the same document goes again under the same key,
    until the server has answered: it records it then, or answers what it did the first time."""

    recorded = Signal(object, object)  # Document, Posted
    refused = Signal(object)  # UserError: nothing was recorded
    doubtful = Signal()  # sent, but the answer was lost: asked again by and by

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._sent: Document | None = None
        self._in_doubt = False
        self._pause = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._pause.timeout.connect(self.send_again)

    @property
    def busy(self) -> bool:
        """Whether a document is on its way."""
        return self._sent is not None

    def send(self, document: Document) -> None:
        """Send a document, unless one is on its way."""
        if self._sent is None:
            self._sent, self._in_doubt = document, False
            self.send_again()

    def send_again(self) -> None:
        """Send what is on its way once more."""
        self._pause.stop()
        if self._sent is not None:
            self._desk.start(self, self._answered, service.post, self._sent, failed=self._failed)

    def _answered(self, posted: Posted) -> None:
        document, self._sent = self._sent, None
        if document is not None:
            self.recorded.emit(document, posted)

    def _failed(self, error: Exception) -> None:
        self._in_doubt = self._in_doubt or isinstance(error, UnknownOutcome)
        if self._in_doubt and isinstance(error, Offline | UnknownOutcome):
            self.doubtful.emit()
            self._pause.start()
            return
        self._sent = None
        if isinstance(error, UserError):
            self.refused.emit(error)


def undo_document(desk: Desk, owner: QObject, posted: Posted, done: Callable[[Posted], None], reason: str) -> None:
    """Take a whole document back."""
    desk.start(owner, done, service.reverse_document, uuid4(), posted.id, reason)


def undo_movement(desk: Desk, owner: QObject, movement: int, done: Callable[[Posted], None], reason: str) -> None:
    """Take one line back."""
    desk.start(owner, done, service.reverse, uuid4(), (movement,), reason)

"""Hands over what a page entered: by the journal of this PC where there is one, otherwise straight to the server."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from ims_desktop.domain.errors import Offline, UnknownOutcome, UserError
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.journal import Entry, State

AGAIN_MS = 4000
PATIENCE_MS = 1500  # how long the page waits for the server before it lets the person go on


class Keyed(Protocol):
    """A value that posts once under its own key."""

    @property
    def key(self) -> UUID:
        """What makes sending it twice the same as once."""


@dataclass(frozen=True)
class Errand:
    """A value on its way: what it is called in the journal of a PC, for ever, and how it is posted."""

    kind: str
    value: Keyed
    use_case: Callable[..., Any]


class Handover(QObject):
    """One value at a time. The page waits a moment for the answer, so that a refusal is shown where it was typed; when
    none comes the value is `kept` here, and what becomes of it is the journal's to tell. Without a journal it goes
    again under its key until the server has answered."""

    recorded = Signal(object, object)  # value, result
    refused = Signal(object)  # UserError; in the journal the entry stays until it is replaced
    kept = Signal(object)  # Entry
    doubtful = Signal()  # sent without a journal, and the answer was lost

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._errand: Errand | None = None
        self._in_doubt = False
        self.replaces: Entry | None = None  # what stands on the page was this entry before
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._go_on)
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self.send_again)
        if desk.journal is not None:
            desk.journal.settled.connect(self._settled)
            desk.journal.changed.connect(self._look)

    @property
    def busy(self) -> bool:
        """Whether the page waits."""
        return self._errand is not None

    def send(self, errand: Errand, lines: tuple[str, ...], site: UUID) -> None:
        """Hand a value over, unless one is on its way; `lines` say it in words."""
        if self.busy:
            return
        self._errand, self._in_doubt = errand, False
        journal = self._desk.journal
        if journal is None or not journal.is_open:
            self.send_again()
            return
        before = self.replaces.key if self.replaces is not None else None
        journal.keep(
            self, self._written, errand.kind, errand.value, lines, site=site, replaces=before, failed=self._not_kept
        )

    def send_again(self) -> None:
        """Send what is on its way once more, without a journal."""
        self._again.stop()
        if self._errand is not None:
            self._desk.start(self, self._answered, self._errand.use_case, self._errand.value, failed=self._failed)

    # without a journal ---------------------------------------------------------------------------------------

    def _answered(self, result: Any) -> None:
        errand, self._errand = self._errand, None
        if errand is not None:
            self.recorded.emit(errand.value, result)

    def _failed(self, error: Exception) -> None:
        self._in_doubt = self._in_doubt or isinstance(error, UnknownOutcome)
        if self._in_doubt and isinstance(error, Offline | UnknownOutcome):
            self.doubtful.emit()
            self._again.start()
        else:
            self._not_kept(error)

    def _not_kept(self, error: Exception) -> None:
        self._errand = None
        self.refused.emit(error if isinstance(error, UserError) else UserError(str(error)))

    # with one ------------------------------------------------------------------------------------------------

    def _written(self, _entry: Entry) -> None:
        self.replaces = None
        self._patience.start()
        self._look()

    def _look(self) -> None:
        """The server is away: nobody has to wait for it."""
        journal = self._desk.journal
        if journal is not None and journal.away_since is not None and self._patience.isActive():
            self._go_on()

    def _go_on(self) -> None:
        errand, self._errand = self._errand, None
        self._patience.stop()
        journal = self._desk.journal
        entry = journal.find(errand.value.key) if journal is not None and errand is not None else None
        if entry is not None:
            self.kept.emit(entry)

    def _settled(self, entry: Entry, result: Any) -> None:
        errand = self._errand
        if errand is None or entry.key != errand.value.key:
            return
        self._patience.stop()
        self._errand = None
        if entry.state is State.SENT and result is not None:
            self.recorded.emit(errand.value, result)
        else:
            self.replaces = entry
            self.refused.emit(UserError(entry.text, entry.problems))

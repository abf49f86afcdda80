"""A desk with a journal for tests: its line to the server breaks when it is told to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from PySide6.QtCore import QDeadlineTimer, QEventLoop
from PySide6.QtWidgets import QApplication

from ims_desktop.app.journal import desk_journal
from ims_desktop.app.journal.desk_journal import DeskJournal, place_of
from ims_desktop.app.navigation import SENDINGS
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Offline
from ims_desktop.domain.work import Lane, lane_of
from ims_desktop.features.deliveries.rules import Delivery
from ims_desktop.features.stock.service import Document, DocumentLine, Kind
from ims_desktop.ui.background import Background
from ims_desktop.ui.journal import Entry, Sending, State
from ims_desktop.ui.messages import Message, Messages

LIMIT_MS = 60_000
WASTE, DELIVERY = "stock.waste", "deliveries.received"
MEMBER = UUID(int=1)


class JournalDesk:
    """Keeps documents; `cut` makes the server unreachable, `trouble` is raised after the next change was made."""

    def __init__(
        self, database: TenantDatabase, folder: Path, *, secret: str = "", sendings: tuple[Sending, ...] = SENDINGS
    ) -> None:
        self.database = database
        self.is_cut = False
        self.trouble: list[Exception] = []
        self.sent: list[Any] = []
        self.said: list[Message] = []
        self.settled: list[tuple[Entry, Any]] = []
        self.crashes: list[Exception] = []
        self.messages = Messages()
        self.messages.posted.connect(self.said.append)
        self.background = Background(self._run, self.messages)
        self.background.crashed.connect(self.crashes.append)
        self.place = place_of(folder, database.identity.tenant.id, MEMBER)
        self.journal = DeskJournal(
            self.background, self.messages, sendings, self.place, secret or database.identity.gate_secret
        )
        self.journal.settled.connect(lambda entry, result: self.settled.append((entry, result)))

    def _run(self, use_case: Callable[..., Any], *args: Any, **named: Any) -> Any:
        if self.is_cut:
            raise Offline("The server cannot be reached.")
        result = self.database.run(use_case, *args, **named)
        if lane_of(use_case) is Lane.CHANGE:
            self.sent.append(args)
            if self.trouble:
                raise self.trouble.pop(0)
        return result

    def open(self) -> "JournalDesk":
        """Open the journal and wait for it."""
        self.journal.open()
        self.until(lambda: self.journal.is_open or bool(self.journal.why_not))
        return self

    def cut(self) -> None:
        """The server goes."""
        self.is_cut = True
        self.messages.online(False)

    def mend(self) -> None:
        """The server comes back."""
        self.is_cut = False
        self.messages.online(True)

    def keep(
        self, document: Document | Delivery, lines: tuple[str, ...] = ("1 kg Flour",), *, kind: str = WASTE, **more: Any
    ) -> Entry:
        """Keep a document, and wait until it is safe."""
        kept: list[Entry] = []
        refused: list[Exception] = []
        self.journal.keep(
            self.journal, kept.append, kind, document, lines, site=document.site_id, failed=refused.append, **more
        )
        self.until(lambda: bool(kept or refused))
        if refused:
            raise refused[0]
        return kept[0]

    def states(self) -> list[State]:
        """The states of all entries."""
        return [entry.state for entry in self.journal.entries(*State)]

    def rest(self, state: State = State.SENT) -> None:
        """Wait until every entry is in a state and nothing is under way."""
        self.until(lambda: set(self.states()) <= {state} and self.background.idle())

    def until(self, happened: Callable[[], bool]) -> None:
        """Let the desk work until something is so."""
        limit = QDeadlineTimer(LIMIT_MS)
        while not happened():
            assert not limit.hasExpired(), self.states()
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)

    def close(self) -> None:
        """As a program does that ends."""
        self.journal.pause()
        self.background.close()
        self.journal.close()


@contextmanager
def journal_desk(database: TenantDatabase, folder: Path, **more: Any) -> Iterator[JournalDesk]:
    """A desk whose journal is open; it does not wait long before it tries again."""
    with patch.multiple(desk_journal, AGAIN_MS=20, LATER_MS=40, LOCK_MS=20):
        desk = JournalDesk(database, folder, **more)
        try:
            yield desk.open()
        finally:
            desk.close()


def waste(site: UUID, line: DocumentLine, at: datetime | None = None) -> Document:
    """A document under a key of its own."""
    return Document(uuid4(), Kind.WASTE, site, (line,), at)


def flour(at: SimpleNamespace, quantity: str = "1", moment: datetime | None = None) -> Document:
    """Flour that is wasted."""
    return waste(at.site, at.bench.line("Flour", -Decimal(quantity), "SPOILAGE"), moment)


def posted(at: SimpleNamespace, *documents: Document) -> list[int]:
    """How often each document is in the ledger."""
    found = at.bench.root.execute("SELECT id FROM postings").fetchall()
    return [sum(key == document.key for (key,) in found) for document in documents]

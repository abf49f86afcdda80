"""The journal of the person at the desk: opens after the sign-in, keeps entries, and sends them in their order."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, QTimer

from ims_desktop.app.journal import entries
from ims_desktop.app.journal.file import FromNewer
from ims_desktop.app.journal.sealing import JournalKey
from ims_desktop.app.journal.store import Store
from ims_desktop.database.journals import JournalOpening, mark_journal, open_journal
from ims_desktop.domain.errors import Conflict, Offline, UnknownOutcome, UserError
from ims_desktop.domain.wording import Sentence, Words, say, say_count
from ims_desktop.domain.work import here
from ims_desktop.ui.background import Background
from ims_desktop.ui.journal import UNSETTLED, Entry, Journal, Sending, State
from ims_desktop.ui.messages import Messages

AGAIN_MS, LATER_MS, LOCK_MS = 4_000, 30_000, 15_000
MOST_CONFLICTS = 3
MEANWHILE = "It is on its way to the server or recorded by now, as it was. Undo it there, then record it anew."
UNEXPECTED = "Something unexpected went wrong when it was sent; the log has it. Send it again, or discard it."


def place_of(folder: Path, tenant: UUID, member: UUID) -> Path:
    """Where the journal of a person is; its name tells nobody whose it is."""
    return folder / f"{hashlib.sha256(tenant.bytes + member.bytes).hexdigest()[:24]}.journal"


class DeskJournal(Journal):
    """One entry is under way at a time. Only an answer of the server settles it: without, it goes again by its key."""

    def __init__(
        self, background: Background, messages: Messages, sendings: tuple[Sending, ...], path: Path, secret: str,
        parent: QObject | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._background, self._messages, self._path, self._secret = background, messages, path, secret
        self._sendings: Mapping[str, Sending] = {sending.kind: sending for sending in sendings}
        self._store: Store | None = None
        self._why_not: Words = ""
        self._ahead = timedelta()
        self._away_since: datetime | None = None
        self._waits: list[tuple[QObject, Callable[[Any], None], str, type]] = []
        self._going: UUID | None = None
        self._conflicts = self._sent = self._marked = 0
        self._is_paused = self._is_opening = self._was_away = self._is_unchecked = False
        self.half: JournalOpening | None = None  # what the server said last, or its person unlocked without it
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self.send_now)
        self._open_again = QTimer(self, singleShot=True, interval=LOCK_MS)
        self._open_again.timeout.connect(self.open)
        messages.connection.connect(self._note_connection)

    # opening -------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Ask the server for its half of the key, and open the file; while another window holds it, ask again later."""
        if not self._is_paused:
            self._background.start(self, self._opened, open_journal, failed=self._unopened, replace="open")

    def open_here(self, half: JournalOpening) -> None:
        """Open the file without the server, by what its person unlocked here: entries are kept, and nothing is sent
        before the person has signed in and the server has told how far this journal was."""
        self._is_paused = self._is_unchecked = True
        self._note_connection(False)
        self._begin(half)

    def pause(self) -> None:
        """Send nothing; the file stays open, so that nobody else goes on with it."""
        self._is_paused = True
        self._again.stop()
        self._open_again.stop()

    def go_on(self) -> None:
        """The person is back."""
        self._is_paused = False
        self.open()

    def close(self) -> None:
        """Let go of the file; called when the background has ended."""
        self.pause()
        store, self._store = self._store, None
        if store is not None:
            store.close()

    def _opened(self, opening: JournalOpening) -> None:
        self._ahead = opening.ahead
        if self._away_since is not None:
            self._messages.online(True)  # this was the first to come through again
        if self._store is None:
            self._begin(opening)
        elif self.half is not None and (opening.name, opening.secret) != (self.half.name, self.half.secret):
            self.pause()
            self._why_not = say("The server has another key for the journal of this PC: nothing of it is sent.")
            self.changed.emit()
        elif self._is_unchecked:
            self._background.start(self, self._compared, self._store.compare, opening.mark, failed=self._stuck)
        else:
            self.send_now()

    def _compared(self, wrong: Sentence | None) -> None:
        self._is_unchecked = False
        if wrong is not None:
            self._messages.failed(wrong)
        self.changed.emit()
        self.send_now()

    def _begin(self, opening: JournalOpening) -> None:
        self._ahead, self.half = opening.ahead, opening
        if self._is_opening:
            return
        self._is_opening = True
        key = JournalKey.of(opening.name, opening.secret, self._secret)
        self._background.start(
            self, self._take, _opened_store, self._path, key, opening.mark, self._sendings, failed=self._unopened
        )

    def _take(self, store: Store) -> None:
        self._store, self._why_not, self._is_opening = store, "", False
        if store.wrong is not None:
            self._messages.failed(store.wrong)
        for owner, done, name, kind in self._waits:
            self.recall(owner, done, name, kind)
        self._waits.clear()
        self.changed.emit()
        self.send_now()

    def _unopened(self, error: Exception) -> None:
        self._is_opening = False
        if self._store is None and isinstance(error, UserError) and not isinstance(error, FromNewer):
            self._open_again.start()
        if isinstance(error, UserError) and not isinstance(error, Offline | UnknownOutcome):
            self._why_not = error.text
        elif self._away_since is not None and not self._is_paused:
            self._again.start(LATER_MS)
        self.changed.emit()

    # what pages ask ------------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether entries can be kept."""
        return self._store is not None

    @property
    def is_confirmed(self) -> bool:
        """Whether it is open, and by what the server has given to its person since the program was started."""
        return self._store is not None and not self._is_unchecked

    @property
    def why_not(self) -> Words:
        """Why not, where a person should know."""
        return self._why_not

    @property
    def away_since(self) -> datetime | None:
        """Since when the server does not answer."""
        return self._away_since

    def now(self) -> datetime:
        """What the server's clock says."""
        return datetime.now(UTC) + self._ahead

    def entries(self, *states: State) -> tuple[Entry, ...]:
        """The entries in these states."""
        return self._store.entries.of(*states) if self._store is not None else ()

    def find(self, key: UUID) -> Entry | None:
        """An entry by its key."""
        return self._store.entries.find(key) if self._store is not None else None

    def title(self, entry: Entry) -> Words:
        """What an entry is."""
        sending = self._sendings.get(entry.kind)
        return sending.title if sending is not None else "Entry of another version"

    def page(self, entry: Entry) -> str:
        """Where it is put right."""
        sending = self._sendings.get(entry.kind)
        return sending.page if sending is not None and entry.value is not None else ""

    def keep(
        self, owner: QObject, done: Callable[[Any], None], kind: str, value: Any, lines: tuple[str, ...], *,
        site: UUID | None = None, replaces: UUID | None = None, failed: Callable[[Exception], None] | None = None,
    ) -> None:  # fmt: skip
        """Write an entry down, then tell that it is safe, then send it."""
        old = self.find(replaces) if replaces is not None else None
        if old is not None and not self._is_free(old):
            (failed or self._tell)(UserError(MEANWHILE))
            return
        record = entries.written(self._sendings[kind], value, self.now(), site, lines, replaces)

        def kept(_nothing: Any) -> None:
            self.changed.emit()
            if replaces is not None and (replaced := self.find(replaces)) is not None:
                self.settled.emit(replaced, None)
            done(self.find(value.key))
            self.send_now()

        self._write(kept, record, owner=owner, failed=failed)

    def send_again(self, key: UUID) -> None:
        """Send what was refused or held once more."""
        self._write(lambda _: self._moved(), entries.again(key))

    def discard(self, key: UUID) -> None:
        """Give an entry up, unless it may have reached the server."""
        entry = self.find(key)
        if entry is None or not self._is_free(entry):
            self._messages.failed(MEANWHILE)
            return

        def gone(_nothing: Any) -> None:
            self.settled.emit(self.find(key), None)
            self._moved()

        self._write(gone, entries.discarded(key))

    def _is_free(self, entry: Entry) -> bool:
        """Whether the server neither has it nor may have it."""
        return entry.state in UNSETTLED and entry.may_discard and entry.key != self._going

    def _tell(self, error: Exception) -> None:
        self._messages.failed(str(error))

    def remember(self, name: str, value: Any) -> None:
        """Keep a value for the time without a server."""
        if self._store is not None:
            self._background.start(self, _unheard, self._store.remember, name, value, failed=_unheard)

    def recall(self, owner: QObject, done: Callable[[Any], None], name: str, kind: type) -> None:
        """Tell what was kept under a name, once the journal is open."""
        if self._store is None:
            self._waits.append((owner, done, name, kind))
        else:
            self._background.start(owner, done, self._store.recall, name, kind, failed=_unheard)

    # sending -------------------------------------------------------------------------------------------------

    def send_now(self) -> None:
        """Send the oldest entry that waits, unless one is under way; while the server is away, ask if it is back."""
        self._again.stop()
        if self._store is None or self._is_paused or self._is_unchecked or self._going is not None:
            return
        if self._away_since is not None:
            self.open()
            return
        waiting = self.entries(State.WAITING)
        if not waiting:
            self._rest()
            return
        entry = waiting[0]
        self._going = entry.key
        self._write(lambda _: self._send(entry), entries.going(entry.key), failed=self._stuck)

    def _send(self, entry: Entry) -> None:
        sending = self._sendings[entry.kind]
        self._background.start(
            self, partial(self._answered, entry), sending.use_case, entry.value, failed=partial(self._failed, entry)
        )

    def _answered(self, entry: Entry, result: Any) -> None:
        self._conflicts = 0
        self._sent += self._was_away

        def noted(_nothing: Any) -> None:
            self._settle(entry.key, result)

        # When the disk does not take it, the entry goes again after the next start, and the server says the same.
        self._write(noted, entries.sent(entry.key), failed=lambda _error: self._settle(entry.key, result))

    def _failed(self, entry: Entry, error: Exception) -> None:
        if isinstance(error, Offline):
            self._write(lambda _: self._wait(LATER_MS), entries.unsent(entry.key), failed=self._stuck)
        elif isinstance(error, UnknownOutcome):
            self._wait(AGAIN_MS)
        elif isinstance(error, Conflict) and self._conflicts < MOST_CONFLICTS:
            self._conflicts += 1
            self._wait(AGAIN_MS)
        else:
            self._conflicts = 0
            known = isinstance(error, UserError)
            record = entries.refused(entry.key, error) if known else entries.held(entry.key, UNEXPECTED)  # type: ignore[arg-type]
            self._write(lambda _: self._settle(entry.key, None), record, failed=self._stuck)

    def _settle(self, key: UUID, result: Any) -> None:
        self._going = None
        entry = self.find(key)
        self.changed.emit()
        if entry is not None:
            self.settled.emit(entry, result)
        self.send_now()

    def _moved(self) -> None:
        self.changed.emit()
        self.send_now()

    def _wait(self, milliseconds: int) -> None:
        self._going = None
        self.changed.emit()
        if not self._is_paused:
            self._again.start(milliseconds)

    def _stuck(self, error: Exception) -> None:
        """This PC cannot write: nothing is sent that could not be noted."""
        if isinstance(error, UserError):
            self._messages.failed(error.text)
        self._wait(LATER_MS)

    def _rest(self) -> None:
        """Everything is sent: say how much, if the server was away, and tell it how far the journal is."""
        if self._store is not None and self._store.number > self._marked:
            self._marked = self._store.number
            self._background.start(self, _unheard, mark_journal, self._marked, failed=self._unmarked)
        sent, self._sent = self._sent, 0
        if sent:
            self._was_away = False
            self._messages.done(_sent_words(sent))

    def _unmarked(self, _error: Exception) -> None:
        self._marked = 0

    def _note_connection(self, answers: object) -> None:
        if answers:
            self._away_since = None
        elif self._away_since is None:
            self._away_since, self._was_away = datetime.now(UTC), True
        self.changed.emit()
        if answers and not self._is_paused:
            self.open()

    def _write(
        self, done: Callable[[Any], None], *records: bytes, owner: QObject | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:  # fmt: skip
        if self._store is not None:
            self._background.start(owner or self, done, self._store.write, *records, failed=failed)


@here
def _opened_store(path: Path, key: JournalKey, mark: int, sendings: Mapping[str, Sending]) -> Store:
    return Store(path, key, mark, sendings)


def _sent_words(count: int) -> Words:
    return say_count(
        "{count} entry that was saved here is on the server now",
        "{count} entries that were saved here are on the server now",
        count=count,
    )


def _unheard(_result: Any) -> None:
    """Nobody waits for this."""

"""What a person enters and the server does not have yet: kept on this PC, sent by itself, shown until it is settled.

A page that enters something hands it over with `desk.journal.keep(...)`, see `Journal`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.wording import Words
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.theme import Tone


class State(Enum):
    """Where an entry is."""

    WAITING = "waiting"  # on this PC, to be sent
    REFUSED = "refused"  # the server said no
    HELD = "held"  # on this PC, and not sent before its person has looked at it
    SENT = "sent"  # on the server
    DISCARDED = "discarded"  # its person did not want it


CHIPS = {
    State.WAITING: Chip("Saved here", Tone.INFO),
    State.REFUSED: Chip("Not taken", Tone.BAD),
    State.HELD: Chip("Look at it", Tone.WARN),
    State.SENT: Chip("Saved on server", Tone.OK),
    State.DISCARDED: Chip("Discarded", Tone.NEUTRAL),
}
UNSETTLED = frozenset({State.WAITING, State.REFUSED, State.HELD})


@dataclass(frozen=True)
class Sending:
    """A kind of entry: `use_case(connection, value)` posts it under the key it carries, so that twice is once.

    `kind` is written into journals: it never changes. `value` is a frozen dataclass of plain values. `page` is where an
    entry is put right: it has `take_up(entry)`. The use case must not ask back by Confirm.
    """

    kind: str
    title: Words
    value: type
    use_case: Callable[..., Any]
    page: str


@dataclass(frozen=True)
class Entry:
    """One entry as it stands now; `value` is None where this program cannot read it, `lines` say it in words."""

    key: UUID
    kind: str
    at: datetime
    site: UUID | None
    lines: tuple[str, ...]
    value: Any = None
    state: State = State.WAITING
    text: Words = ""  # why it is not taken, or held
    problems: tuple[Problem, ...] = ()
    may_discard: bool = True  # not while it may have reached the server

    @property
    def id(self) -> UUID:
        """What tells it from others."""
        return self.key


class Journal(QObject):
    """The journal of the person at the desk. Its answers come on the GUI thread.

    `changed`: an entry was added or is in another state. `settled` (Entry, result of the use case or None): the server
    has it, or refused it, or it was discarded.
    """

    changed = Signal()
    settled = Signal(object, object)

    @property
    def is_open(self) -> bool:
        """Whether entries can be kept; otherwise they go to the server directly."""
        raise NotImplementedError

    @property
    def why_not(self) -> Words:
        """Why entries cannot be kept, where a person should know."""
        raise NotImplementedError

    @property
    def away_since(self) -> datetime | None:
        """Since when the server does not answer."""
        raise NotImplementedError

    def now(self) -> datetime:
        """What the server's clock says, whether it is there or not: the time of an entry."""
        raise NotImplementedError

    def entries(self, *states: State) -> tuple[Entry, ...]:
        """The entries in these states, the oldest first."""
        raise NotImplementedError

    def find(self, key: UUID) -> Entry | None:
        """An entry by its key."""
        raise NotImplementedError

    def title(self, entry: Entry) -> Words:
        """What an entry is, such as Waste."""
        raise NotImplementedError

    def page(self, entry: Entry) -> str:
        """Where it is put right; empty where this program does not know it."""
        raise NotImplementedError

    def keep(
        self, owner: QObject, done: Callable[[Any], None], kind: str, value: Any, lines: tuple[str, ...], *,
        site: UUID | None = None, replaces: UUID | None = None, failed: Callable[[Exception], None] | None = None,
    ) -> None:  # fmt: skip
        """Write an entry down (`value.key` is its key), then tell `done` the Entry: from then on it is safe."""
        raise NotImplementedError

    def send_again(self, key: UUID) -> None:
        """Send what was refused or held once more, as it is."""
        raise NotImplementedError

    def discard(self, key: UUID) -> None:
        """Give an entry up; the page asked before."""
        raise NotImplementedError

    def send_now(self) -> None:
        """Try at once instead of by and by."""
        raise NotImplementedError

    def remember(self, name: str, value: Any) -> None:
        """Keep a frozen value for the time without a server, in the place of the one before."""
        raise NotImplementedError

    def recall(self, owner: QObject, done: Callable[[Any], None], name: str, kind: type) -> None:
        """Tell `done` what was kept under a name, or None."""
        raise NotImplementedError

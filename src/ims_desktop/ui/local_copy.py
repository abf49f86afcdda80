"""What a page knows while the server is away: a copy kept on this PC, encrypted, of what its person may see.

A capability says once what is copied, `Copy("site", KnownHere, service.known_here, "waste.record")`; a page holds a
`LocalCopy(desk, copy, site)` and lets reads be answered from it by `remembered(use_case, answer)`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from ims_desktop.domain.errors import Offline
from ims_desktop.domain.wording import Words, say
from ims_desktop.domain.work import or_from_memory, read
from ims_desktop.ui.desk import Desk

FRESH_MS = 10 * 60 * 1000
MOST_AGE = timedelta(days=7)  # what is older says too little of how it is, and is not shown


@dataclass(frozen=True)
class Copy:
    """What is copied: `read(connection, site)` answers a frozen value of the type `kind` with plain values in it, and
    `at`, when it was so. A copy that is not `of_site` is one for all sites, and is read without one.
    """

    name: str
    kind: type
    read: Callable[..., Any]
    permission: str | tuple[str, ...] | None
    of_site: bool = True

    def kept_as(self, site: UUID | None) -> str:
        """What it is called on the PC."""
        return f"{self.name}-{site.hex[:12]}" if self.of_site and site is not None else self.name

    def asked(self, site: UUID | None) -> tuple[Any, ...]:
        """What it is read with."""
        return (site,) if self.of_site else ()


class LocalCopy(QObject):
    """Filled from this PC at once, and from the server now and then; answers on any thread."""

    filled = Signal()  # another copy than before, or the first one

    def __init__(self, desk: Desk, copy: Copy, site: UUID | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._copy, self._site = desk, copy, site
        self._known: Any = None
        self._timer = QTimer(self, interval=FRESH_MS)
        self._timer.timeout.connect(self.refresh)
        if desk.journal is not None:
            desk.journal.recall(self, self._recalled, copy.kept_as(site), copy.kind)
            self._timer.start()
            self.refresh()

    @property
    def known(self) -> Any:
        """The copy, unless there is none or it is too old."""
        known, journal = self._known, self._desk.journal
        if known is None or (journal is not None and journal.now() - known.at > MOST_AGE):
            return None
        return known

    @property
    def at(self) -> datetime | None:
        """When it was so."""
        return self.known.at if self.known is not None else None

    def here(self) -> Any:
        """The copy; Offline where there is none."""
        if self.known is None:
            raise Offline("The server cannot be reached, and this PC does not know what it would answer.")
        return self.known

    def as_of(self) -> Words:
        """Of when it is, for who reads it."""
        if self.at is None:
            return say("This PC does not know the items of this site yet.")
        formats = self._desk.formats
        is_today = formats.local(self.at).date() == formats.today()
        moment = formats.time(self.at) if is_today else formats.moment(self.at)
        return say("Items and stock are as of {moment}.", moment=moment)

    def refresh(self) -> None:
        """Ask the server how it is now."""
        asked = self._copy.asked(self._site)
        self._desk.start(self, self._came, self._copy.read, *asked, failed=_unheard, replace="local copy")

    def _recalled(self, known: Any) -> None:
        if self._known is None and known is not None:
            self._known = known
            self.filled.emit()

    def _came(self, known: Any) -> None:
        self._known = known
        if self._desk.journal is not None:
            self._desk.journal.remember(self._copy.kept_as(self._site), known)
        self.filled.emit()


def remembered(use_case: Callable[..., Any], answer: Callable[..., Any]) -> Any:
    """The same read, answered by `answer(*args)` while the server is away."""

    @read
    def ask(connection: Any, *args: Any) -> Any:
        return use_case(connection, *args)

    return or_from_memory(ask, answer)


def _unheard(_error: Any) -> None:
    """What is remembered goes on being so."""

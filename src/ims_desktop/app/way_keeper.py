"""Keeps what a person needs to come in without the server: locked with the password they have just shown to it."""

from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer

from ims_desktop.app.desk_session import DeskSession
from ims_desktop.app.entrance import Entered
from ims_desktop.app.journal.way_in import DESK, KnownDesk, WaysIn
from ims_desktop.ui.background import Background

FRESH_MS = 60 * 60 * 1000


class WayKeeper(QObject):
    """Waits for the journal to be open, locks its key, forgets the password; what the desk begins with is kept anew now
    and then, as long as the server says so."""

    def __init__(
        self, ways: WaysIn, desk: DeskSession, entered: Entered, background: Background, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._ways, self._desk, self._background = ways, desk, background
        self._entered: Entered | None = entered
        self._timer = QTimer(self, interval=FRESH_MS)
        self._timer.timeout.connect(self._look)
        desk.journal.changed.connect(self._look)
        self._look()

    def _look(self) -> None:
        """The journal is open, by a half that the server gave to its person: not by one that was unlocked here."""
        journal = self._desk.journal
        if not journal.is_confirmed or journal.half is None:
            return
        if not self._timer.isActive():
            self._timer.start()
            journal.changed.disconnect(self._look)
        now, half = journal.now(), journal.half
        known = KnownDesk.of(now, now - datetime.now(UTC), self._desk.tenant, self._desk.opening)
        journal.remember(DESK, known)
        entered, self._entered = self._entered, None
        if entered is not None and entered.secret:
            member = self._desk.member
            self._background.start(
                self, _done, self._ways.keep, entered.gate, entered.login, entered.secret, half, *member,
                failed=_done,
            )  # fmt: skip


def _done(_result: Any) -> None:
    """Whoever cannot come in without the server comes in with it."""

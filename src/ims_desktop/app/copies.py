"""Copies of what entering needs, kept on this PC for pages that nobody has opened here yet."""

from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer

from ims_desktop.ui.desk import Desk
from ims_desktop.ui.local_copy import Copy

FIRST_MS, SOON_MS, AGAIN_MS = 20_000, 1_000, 2 * 60 * 60 * 1000  # after the first page, once there is a place; seldom


class CopyKeeper(QObject):
    """Reads the copies that the person may have, for the site they work at; open pages keep theirs fresh themselves."""

    def __init__(self, desk: Desk, copies: tuple[Copy, ...], parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._copies = desk, copies
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._read)
        desk.site_changed.connect(lambda _site: self.begin() if self._timer.isActive() else None)

    def begin(self) -> None:
        """Read in a while, and now and then."""
        self._timer.start(FIRST_MS)

    def end(self) -> None:
        """Read no more."""
        self._timer.stop()

    def _read(self) -> None:
        journal, site = self._desk.journal, self._desk.site
        if journal is None or not journal.is_open:
            self._timer.start(SOON_MS)
            return
        self._timer.start(AGAIN_MS)
        for copy in self._copies:
            if self._desk.may(copy.permission) and (site is not None or not copy.of_site):
                kept = partial(self._keep, copy.kept_as(site))
                self._desk.start(self, kept, copy.read, *copy.asked(site), failed=_unheard)

    def _keep(self, name: str, known: Any) -> None:
        if self._desk.journal is not None:
            self._desk.journal.remember(name, known)


def _unheard(_error: Exception) -> None:
    """The copy of before stays."""

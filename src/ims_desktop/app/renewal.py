"""Keeps the identity of a desk fresh: before it ends, and whenever the desk was cut off."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer, Signal

from ims_desktop.database.endings import renew_identity
from ims_desktop.database.sign_in import Gate, Identity, SessionEnded, SignedIn
from ims_desktop.domain.errors import Denied
from ims_desktop.ui.background import Background

BEFORE_MS = 30 * 60 * 1000
RETRY_MS = 60_000


class Renewal(QObject):
    """Asks at the gate, off the GUI thread: a fresh identity is `renewed`, or the session has `ended`."""

    renewed = Signal(object)  # Identity
    ended = Signal(object)  # SessionEnded | Denied: why

    def __init__(self, gate: Gate, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._gate, self._background = gate, background
        self._session: SignedIn | None = None
        self._identity: Identity | None = None
        self._is_asking = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._renew)

    def keep(self, session: SignedIn, identity: Identity) -> None:
        """Renew this identity in time, from now on."""
        self._session, self._identity = session, identity
        left = int((identity.until - datetime.now(UTC)).total_seconds() * 1000)
        self._timer.start(max(left - BEFORE_MS, RETRY_MS))

    def stop(self) -> None:
        """Ask no more; an answer under way is not listened to."""
        self._timer.stop()
        self._session = None

    def come_back(self) -> None:
        """Cut off: come back with a fresh identity, or learn that somebody has ended this session."""
        if not self._is_asking:
            self._ask(lambda: None)

    def _renew(self) -> None:
        self._ask(lambda: self._timer.start(RETRY_MS))

    def _ask(self, later: Callable[[], None]) -> None:
        session, identity = self._session, self._identity
        if session is None or identity is None:
            return

        def came(fresh: Identity) -> None:
            self._is_asking = False
            if self._session is session:
                self.keep(session, fresh)
                self.renewed.emit(fresh)

        def refused(error: Exception) -> None:
            self._is_asking = False
            if self._session is not session:
                return
            if isinstance(error, SessionEnded | Denied):
                self.ended.emit(error)
            else:
                later()

        self._is_asking = True
        self._background.start(self, came, renew_identity, self._gate, session, identity.tenant, failed=refused)

"""One person at work in one tenant: database, background, desk and window, from opening to sign-out."""

from collections.abc import Callable, Set
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from ims_desktop.app.navigation import ENTRIES, VIEWS, commands
from ims_desktop.database.endings import renew_identity
from ims_desktop.database.notices import Notices, telling
from ims_desktop.database.sealing import seal_in_passing
from ims_desktop.database.sign_in import Gate, Identity, SessionEnded, SignedIn, sign_out
from ims_desktop.database.transaction import Opening, TenantDatabase, opening
from ims_desktop.domain.errors import Denied
from ims_desktop.ui.background import Background
from ims_desktop.ui.desk import Desk, Person, Site
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.messages import Messages
from ims_desktop.ui.shell import Shell

# Every subject a page may show; read again when something may have been missed.
EVERYTHING = frozenset(
    {"sites", "storage", "items", "stock", "postings", "suppliers", "recipes", "menu", "orders", "people", "audit"}
)
KEYS = (
    "Ctrl+K finds pages and actions · Ctrl+F searches the list · Ctrl+N adds · Ctrl+S saves · Ctrl+Z takes back"
    " · Alt+Left goes back · Ctrl+L locks"
)
HEAL_MS = 120_000
RENEW_BEFORE_MS = 30 * 60 * 1000
RETRY_MS = 60_000
AT_THE_GATE = frozenset({renew_identity, sign_out})


class DeskSession(QObject):
    """Holds the parts together and lets them go again. `ended`: signed out; `locked`: a password is wanted."""

    ended = Signal(object)  # str: why, empty when the person wanted it
    locked = Signal()
    _heard = Signal(object)
    _connected = Signal(object)

    def __init__(
        self, gate: Gate, session: SignedIn, identity: Identity, opening: Opening, settings: QSettings
    ) -> None:
        super().__init__()
        self._gate, self._session, self._opening = gate, session, opening
        self.database = TenantDatabase(identity)
        self.messages = Messages(self)
        self.background = Background(self._run, self.messages, self)
        self.desk = self._make_desk(identity, opening, settings)
        self._notices = Notices(identity, self._heard.emit, self._connected.emit)
        self._tell = telling(self._notices)
        self._repeating = self._coming_back = self._is_over = False
        self.shell = Shell(self.desk, ENTRIES, commands(self.desk))
        self._listen(identity)

    def start(self) -> None:
        """Open the first page and begin to listen."""
        first = next(entry.key for entry in ENTRIES if self.desk.may(entry.permission))
        self.desk.navigation.open(first)
        self._notices.start()
        self._heal.start(HEAL_MS)

    def close(self) -> None:
        """Let everything go; the window is closed by now or hidden."""
        self._is_over = True  # what was heard on the way may still arrive
        self._heal.stop()
        self._renewal.stop()
        self._notices.close()
        self.background.close()
        self.database.close()

    def _make_desk(self, identity: Identity, opening: Opening, settings: QSettings) -> Desk:
        sites = tuple(Site(site.id, site.name, identity.tenant.name) for site in opening.sites)
        default = next((site.id for site in opening.sites if site.is_default), None)
        only = sites[0].key if sites else None
        return Desk(
            self.background,
            self.messages,
            self._formats(default or only),
            sites=sites,
            site=default or only,
            rights=opening.permissions,
            person=Person(opening.name, opening.role, opening.member_id),
            settings=settings,
            views=VIEWS,
            parent=self,
        )

    def _formats(self, site: Any) -> Formats:
        known = [seen for seen in self._opening.sites if seen.id == site] or list(self._opening.sites)
        return Formats(known[0].locale, known[0].currency, known[0].time_zone) if known else Formats()

    def _listen(self, identity: Identity) -> None:
        self.background.changed.connect(self._tell_others)
        self._heard.connect(self._repeat, Qt.ConnectionType.QueuedConnection)
        self._heard.connect(self._look_at_rights, Qt.ConnectionType.QueuedConnection)
        self._connected.connect(self._show_connection, Qt.ConnectionType.QueuedConnection)
        self.desk.site_changed.connect(self._change_formats)
        self.shell.signed_out.connect(self.sign_out)
        self.shell.locked.connect(self.locked)
        self.shell.helped.connect(lambda _page: self.messages.note(self.tr(KEYS)))
        self._heal, self._renewal = QTimer(self), QTimer(self)
        self._heal.timeout.connect(lambda: self._repeat(EVERYTHING))
        self._heal.timeout.connect(self._seal)
        self._renewal.setSingleShot(True)
        self._renewal.timeout.connect(self._renew)
        self._plan_renewal(identity)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.applicationStateChanged.connect(self._look_again)

    def _change_formats(self, site: Any) -> None:
        self.desk.formats = self._formats(site)

    def _tell_others(self, subjects: Set[str]) -> None:
        if not self._repeating:
            self.background.start(self, lambda _: None, self._tell, subjects, failed=lambda _: None)

    def _repeat(self, subjects: Set[str]) -> None:
        """Let the pages read again what changed elsewhere, without telling it on."""
        if self._is_over:
            return
        self._repeating = True
        try:
            self.background.changed.emit(subjects)
        finally:
            self._repeating = False

    def _seal(self) -> None:
        """Every desk seals the books now and then; whether there is anything to do, the server knows."""
        self.background.start(self, lambda _: None, seal_in_passing, failed=lambda _: None)

    def _look_at_rights(self, subjects: Set[str]) -> None:
        """Somebody changed people or roles: perhaps what this person may do."""
        if "rights" in subjects:
            self.background.start(self, self._take_rights, opening, failed=lambda _: None, replace="rights")

    def _take_rights(self, found: Opening) -> None:
        """Let go of what may no longer be done; what may be done anew is there from the next sign-in on."""
        if (found.permissions, found.sites) == (self._opening.permissions, self._opening.sites):
            return
        self._opening = found
        self.desk.rights = found.permissions
        words = self.tr("Your roles have changed. Sign in again to see what you may do now.")
        self.messages.failed(words, self.tr("Sign out"), self.sign_out)

    def _look_again(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive and self._heal.isActive():
            self._repeat(EVERYTHING)
            self._heal.start(HEAL_MS)

    def _show_connection(self, answers: bool) -> None:
        if self._is_over:
            return
        was_away = not self.shell.offline.isHidden()
        self.messages.online(answers)
        if answers and was_away:
            self._repeat(EVERYTHING)
        if not answers:
            self._come_back()

    def _run(self, use_case: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """What is asked at the gate needs no connection to the tenant, and comes through when there is none."""
        if use_case in AT_THE_GATE:
            return use_case(*args, **named)
        return self.database.run(use_case, *args, **named)

    def _plan_renewal(self, identity: Identity) -> None:
        left = int((identity.until - datetime.now(UTC)).total_seconds() * 1000)
        self._renewal.start(max(left - RENEW_BEFORE_MS, RETRY_MS))

    def _renew(self) -> None:
        """Ask for a fresh identity before the old one ends; off the GUI thread, like everything that waits."""
        self._ask_anew(lambda: self._renewal.start(RETRY_MS))

    def _come_back(self) -> None:
        """Cut off: come back with a fresh identity, or learn that somebody has ended this session."""
        if not self._coming_back:
            self._coming_back = True
            self._ask_anew(lambda: None)

    def _ask_anew(self, later: Callable[[], None]) -> None:
        def refused(error: Exception) -> None:
            self._coming_back = False
            if isinstance(error, SessionEnded | Denied):
                self._end(error.text)
            else:
                later()

        tenant = self.database.identity.tenant
        self.background.start(self, self._take, renew_identity, self._gate, self._session, tenant, failed=refused)

    def _take(self, identity: Identity) -> None:
        self._coming_back = False
        if self._is_over:
            return
        self.database.renew(identity)
        self._notices.renew(identity)
        self._plan_renewal(identity)

    def sign_out(self) -> None:
        """End the session on the server, then here; without the server only here."""
        self._is_over = True

        def gone(_result: Any) -> None:
            self.ended.emit("")

        self.background.start(self, gone, sign_out, self._gate, self._session, failed=gone)

    def _end(self, why: str) -> None:
        if not self._is_over:
            self._is_over = True
            self.ended.emit(why)

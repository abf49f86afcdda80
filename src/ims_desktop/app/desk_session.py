"""One person at work in one tenant: database, background, desk and window, from opening to sign-out."""

from collections.abc import Callable, Set
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from ims_desktop.app import logs
from ims_desktop.app.approval_news import ApprovalNews
from ims_desktop.app.copies import CopyKeeper
from ims_desktop.app.day_news import DayNews
from ims_desktop.app.journal.desk_journal import DeskJournal, place_of
from ims_desktop.app.journal.way_in import Unlocked
from ims_desktop.app.navigation import COPIES, ENTRIES, IMPORTS, SENDINGS, VIEWS, commands
from ims_desktop.app.renewal import Renewal
from ims_desktop.app.rights_told import what_changed
from ims_desktop.app.server_watch import ServerWatch
from ims_desktop.app.spoken import keep, locale_for, of_person
from ims_desktop.app.transfer_news import TransferNews
from ims_desktop.database.embedded.server import default_data
from ims_desktop.database.endings import renew_identity
from ims_desktop.database.notices import Notices, telling
from ims_desktop.database.sealing import seal_in_passing
from ims_desktop.database.sign_in import Gate, Identity, SignedIn, TenantChoice, knock, sign_out
from ims_desktop.database.transaction import Opening, TenantDatabase, opening
from ims_desktop.domain.errors import Offline
from ims_desktop.domain.wording import say
from ims_desktop.ui.background import Background
from ims_desktop.ui.desk import Desk, Person, Site
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import speaker
from ims_desktop.ui.messages import Messages
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.shell import Shell
from ims_desktop.ui.theme import Tone

# Every subject a page may show; read again when something may have been missed.
EVERYTHING = frozenset(
    {
        "sites",
        "storage",
        "items",
        "stock",
        "postings",
        "suppliers",
        "customers",
        "recipes",
        "menu",
        "orders",
        "unmapped_sales",
        "people",
        "views",
        "audit",
        "approvals",
        "entry_templates",
        "counts",
    }
)
HEAL_MS = 120_000
AT_THE_GATE = frozenset({renew_identity, sign_out, knock})


class DeskSession(QObject):
    """Holds the parts together and lets them go again.

    `ended`: signed out, or cut off by a session that is over; `locked`: a password is wanted. A desk that is paused is
    like one whose server is away: nothing is sent, and what was typed stays where it is.
    """

    ended = Signal(object)  # Exception: why; None when the person wanted it
    locked = Signal()
    sign_in_wanted = Signal()  # of a desk that was opened without the server: it answers now, and the person agrees
    _heard = Signal(object)
    _connected = Signal(object)

    def __init__(self, gate: Gate, session: SignedIn, identity: Identity, found: Opening, settings: QSettings) -> None:
        super().__init__()
        self._gate, self._session, self._opening = gate, session, found
        self.is_here = not identity.role  # opened without the server: nothing is asked of it before the person signs in
        self.database = TenantDatabase(identity)
        self.messages = Messages(self)
        self.background = Background(self._run, self.messages, self)
        self.journal = self._make_journal(identity)
        self.desk = self._make_desk(identity, found, settings)
        self.speak()
        self._repeating = self._is_over = self._is_paused = False
        self._renewal = Renewal(gate, self.background, self)
        self.shell = Shell(self.desk, ENTRIES, commands(self.desk))
        self.day_news = DayNews(self.desk, self.shell.news, self)
        self.approval_news = ApprovalNews(self.desk, self.shell.news, self)
        self.transfer_news = TransferNews(self.desk, self.shell.news, self)
        self._listen()
        self._copies = CopyKeeper(self.desk, COPIES, self)
        self._server_watch = ServerWatch(gate, self.background, self)
        self._server_watch.answered.connect(self._offer_sign_in)
        if self.is_here:
            self._is_over = self._is_paused = True
            self._listen_as(identity)
        else:
            self._connect(identity)

    @property
    def member(self) -> tuple[UUID, UUID]:
        """Who works here: the restaurant group, and the person in it."""
        return self.database.identity.tenant.id, self._opening.member_id

    @property
    def tenant(self) -> TenantChoice:
        """The restaurant group."""
        return self.database.identity.tenant

    @property
    def opening(self) -> Opening:
        """What the server said last of the person's rights and sites."""
        return self._opening

    def start(self) -> None:
        """Open the first page and begin to listen."""
        self.shell.open_first()
        self.journal.open()
        self._copies.begin()
        self._notices.start()
        self._heal.start(HEAL_MS)
        self.day_news.look()
        self.transfer_news.look()
        self.approval_news.look()

    def start_here(self, unlocked: Unlocked) -> None:
        """Begin without the server: entries go into the journal, and wait for the person to sign in."""
        self.journal.open_here(unlocked.half)
        self.messages.online(False)
        day = self.desk.formats.moment(unlocked.known.at)
        words = say(
            "You work without the server. This PC shows how things were ({moment}). What you record is saved here, and"
            " sent once the server answers and you sign in.",
            moment=day,
        )
        self.shell.hold_banner(NoteBox(words, Tone.WARN))
        self.shell.open_one_of([sending.page for sending in SENDINGS])
        self._server_watch.begin()

    def _offer_sign_in(self) -> None:
        words = say("The server answers again. Sign in: then what you saved here is sent.")
        self.shell.hold_banner(NoteBox(words, Tone.OK, (say("Sign in"), self.sign_in_wanted.emit)))

    def pause(self) -> None:
        """Give the lines to the server back and send nothing more; calls under way still end."""
        self._is_over = self._is_paused = True  # what was heard on the way may still arrive
        self._server_watch.end()
        self._copies.end()
        self._heal.stop()
        self.journal.pause()
        self._renewal.stop()
        self._notices.close()
        self.database.close()

    def go_on(self, session: SignedIn, identity: Identity, found: Opening) -> None:
        """The person is back: as a fresh identity, at what they left, with what changed meanwhile."""
        self._session = session
        self._is_over = self._is_paused = self.is_here = False
        self.shell.hold_banner(None)
        self.database.renew(identity)
        self._connect(identity)
        self._copies.begin()
        self._notices.start()
        self._heal.start(HEAL_MS)
        self.journal.go_on()
        self.messages.online(True)
        self._take_rights(found)
        self._repeat(EVERYTHING)

    def close(self) -> None:
        """Let everything go; the window is closed by now or hidden."""
        self.pause()
        self.background.close()
        self.journal.close()

    def _connect(self, identity: Identity) -> None:
        self._listen_as(identity)
        self._renewal.keep(self._session, identity)

    def _listen_as(self, identity: Identity) -> None:
        self._notices = Notices(identity, self._heard.emit, self._connected.emit)
        self._tell = telling(self._notices)

    def _make_journal(self, identity: Identity) -> DeskJournal:
        place = place_of(default_data("journal"), *self.member)
        return DeskJournal(self.background, self.messages, SENDINGS, place, identity.gate_secret, self)

    def _make_desk(self, identity: Identity, opening: Opening, settings: QSettings) -> Desk:
        site = _first_site(opening)
        made = Desk(
            self.background,
            self.messages,
            sites=_sites(opening, identity),
            site=site,
            rights=opening.permissions,
            person=Person(opening.name, opening.role, opening.member_id),
            settings=settings,
            views=VIEWS,
            imports=IMPORTS,
            journal=self.journal,
            parent=self,
        )
        made.formats = self._formats(site, made.own)
        return made

    def speak(self) -> None:
        """Speak as the person at this desk reads."""
        speaker.speak(of_person(self.desk.own, self.desk.settings))

    def choose_language(self, code: str) -> None:
        """Speak another language from now on; what was typed stays, and is said anew once it is saved."""
        keep(self.desk.own, code)
        speaker.speak(code)
        self._change_formats(self.desk.site)
        self.shell.take_rights(ENTRIES, commands(self.desk))

    def _formats(self, site: Any, own: QSettings) -> Formats:
        known = [seen for seen in self._opening.sites if seen.id == site] or list(self._opening.sites)
        if not known:
            return Formats()
        return Formats(locale_for(own, known[0].locale), known[0].currency, known[0].time_zone)

    def _listen(self) -> None:
        self.background.changed.connect(self._tell_others)
        self.background.crashed.connect(logs.alarm.raise_for)
        self._heard.connect(self._repeat, Qt.ConnectionType.QueuedConnection)
        self._heard.connect(self._look_at_rights, Qt.ConnectionType.QueuedConnection)
        self._connected.connect(self._show_connection, Qt.ConnectionType.QueuedConnection)
        self.desk.site_changed.connect(self._change_formats)
        self.shell.signed_out.connect(self.sign_out)
        self.shell.locked.connect(self.locked)
        self._renewal.renewed.connect(self._take)
        self._renewal.ended.connect(self._end)
        self._heal = QTimer(self)
        self._heal.timeout.connect(lambda: self._repeat(EVERYTHING))
        self._heal.timeout.connect(self._seal)
        self._heal.timeout.connect(self.day_news.look)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.applicationStateChanged.connect(self._look_again)

    def _change_formats(self, site: Any) -> None:
        self.desk.formats = self._formats(site, self.desk.own)

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
        if "rights" in subjects and not self._is_over:
            self.background.start(self, self._take_rights, opening, failed=lambda _: None, replace="rights")

    def _take_rights(self, found: Opening) -> None:
        """Show at once what may be done now, and nothing that may no longer; what was typed stays."""
        before, self._opening = self._opening, found
        told = what_changed(before, found)
        if not told:
            return
        self.desk.rights, self.desk.sites = found.permissions, _sites(found, self.database.identity)
        if self.desk.site not in {None, *(site.key for site in self.desk.sites)}:
            self.desk.choose_site(_first_site(found))
        self.shell.take_rights(ENTRIES, commands(self.desk))
        self.messages.note(told)

    def _look_again(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive and self._heal.isActive():
            self._repeat(EVERYTHING)
            self._heal.start(HEAL_MS)

    def _show_connection(self, answers: bool) -> None:
        if self._is_over:
            return
        was_away = self.shell.is_away
        self.messages.online(answers)
        if answers and was_away:
            self.shell.news.tell(self.tr("The server answers again; everything shown is read anew."))
            self._repeat(EVERYTHING)
        if not answers:
            self._renewal.come_back()

    def _run(self, use_case: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """What is asked at the gate needs no connection to the tenant, and comes through when there is none."""
        if use_case in AT_THE_GATE:
            return use_case(*args, **named)
        if self.is_here:
            raise Offline(
                "The server cannot be reached. Counts, waste, adjustments, deliveries and production are entered"
                " without it."
            )
        if self._is_paused:
            raise Offline("This desk is kept until its person comes back.")
        return self.database.run(use_case, *args, **named)

    def _take(self, identity: Identity) -> None:
        """Go on as a fresh identity; whoever was cut off for a change of rights learns here what changed."""
        if not self._is_over:
            self.database.renew(identity)
            self._notices.renew(identity)
            self._look_at_rights({"rights"})

    def sign_out(self) -> None:
        """End the session on the server, then here; without the server only here."""
        self._is_over = True

        def gone(_result: Any) -> None:
            self.ended.emit(None)

        self.background.start(self, gone, sign_out, self._gate, self._session, failed=gone)

    def _end(self, why: Exception | None) -> None:
        if not self._is_over:
            self._is_over = True
            self.ended.emit(why)


def _sites(found: Opening, identity: Identity) -> tuple[Site, ...]:
    return tuple(Site(site.id, site.name, identity.tenant.name) for site in found.sites)


def _first_site(found: Opening) -> Any:
    usual = [site.id for site in found.sites if site.is_default] or [site.id for site in found.sites]
    return usual[0] if usual else None

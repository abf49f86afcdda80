"""The program from its first window to its last: sign-in, the desk of one person, and sign-in again."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSettings, QTimer, Signal

from ims_desktop.app.desk_session import DeskSession
from ims_desktop.app.entrance import Entered, Entrance
from ims_desktop.app.idle import IdleWatch
from ims_desktop.app.person_menu import PersonMenu
from ims_desktop.app.sample_builder import SampleBuilder
from ims_desktop.database.profiles import DEMO
from ims_desktop.database.sign_in import Identity, TenantChoice, open_tenant
from ims_desktop.database.transaction import Opening, TenantDatabase, opening
from ims_desktop.domain.sample_accounts import DEMO_PASSWORD, OWNER
from ims_desktop.ui.background import Background
from ims_desktop.ui.messages import Messages
from ims_desktop.ui.sign_in import Credentials, Group, SignIn
from ims_desktop.ui.theme import Tone


class Program(QObject):
    """Owns the entrance and the session of the person at work."""

    opened = Signal(object)  # DeskSession
    refused = Signal(object)  # str
    finished = Signal()

    def __init__(self, profile: str | None = None, settings: QSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or QSettings()
        self.session: DeskSession | None = None
        self.person_menu: PersonMenu | None = None
        self.idle: IdleWatch | None = None
        self._entered: Entered | None = None
        self._tenant: str | None = None
        self._messages = Messages(self)
        self._background = Background(_plainly, self._messages, self)
        self._sample = SampleBuilder(self)
        self.entrance = Entrance(profile, self.settings, self._background, self)
        self.entrance.entered.connect(self._choose)
        self.entrance.unlocked.connect(self._unlocked)
        self.entrance.switch_wanted.connect(self._switch_locked)
        self.entrance.refused.connect(self.refused)
        self.view.group_chosen.connect(self._group_chosen)
        self.view.sample_wanted.connect(self.open_sample)
        self.view.installEventFilter(self)

    @property
    def view(self) -> SignIn:
        """The sign-in window."""
        return self.entrance.view

    def start(self, *, sample: bool = False) -> None:
        """Show the sign-in; go on by itself into the sample data or the session this PC remembers."""
        self.view.show()
        QTimer.singleShot(0, self.open_sample if sample else self.entrance.start)

    def open_sample(self) -> None:
        """Sign in to the sample data as their owner, building them first when they are missing."""
        self.view.credentials.say(self.tr("Preparing the sample data …"), Tone.INFO)
        self.view.credentials.wait(True)
        self._sample.prepare(self._sample_ready, self._sample_failed, self._sample_says)

    def sign_in(self, credentials: Credentials, tenant: str | None = None) -> None:
        """Sign in and open the tenant: the only one, the one called `tenant`, or the one the person chooses."""
        self._tenant = tenant
        self.entrance.sign_in(credentials)

    def close(self) -> None:
        """End everything; the embedded server stops with its last user."""
        if self.session is not None:
            self.session.close()
            self.session = None
        self._background.close()
        self._sample.close()
        self.entrance.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Closing the sign-in window ends the program."""
        if watched is self.view and event.type() == QEvent.Type.Close:
            self.finished.emit()
        return super().eventFilter(watched, event)

    def lock(self) -> None:
        """Hide the desk until its person gives the password again; what is typed there stays."""
        if self.session is None or self._entered is None or self.session.shell.isHidden():
            return
        if self.person_menu is not None and self.person_menu.dialog is not None:
            self.person_menu.dialog.reject()
        self.session.shell.hide()
        self.entrance.lock(self._entered, self.session.desk.person.name)

    def switch(self) -> None:
        """Let somebody else take over: a remembered person comes back by PIN, anybody else is signed out."""
        entered, session = self._entered, self.session
        if entered is None or session is None:
            return
        if self.entrance.remembered.find(entered.profile, entered.login) is None:
            session.sign_out()
        else:
            self._leave()
            self.entrance.welcome()

    def _sample_ready(self) -> None:
        self.sign_in(Credentials(DEMO, OWNER.login, DEMO_PASSWORD, remember=False), OWNER.tenants[0])

    def _sample_failed(self, text: str) -> None:
        self.view.refuse(text)
        self.refused.emit(text)

    def _sample_says(self, text: str) -> None:
        self.view.credentials.say(text, Tone.INFO)
        self.view.credentials.wait(True)

    def _choose(self, entered: Entered) -> None:
        self._entered = entered
        choices = entered.session.tenants
        usual = self.settings.value(f"sign-in/group/{entered.gate.user}/{entered.session.person}")
        wanted = [one for one in choices if one.name == self._tenant or str(one.id) == usual]
        if not choices:
            self._sample_failed(self.tr("You belong to no restaurant group yet. Ask its owner to invite you."))
        elif wanted or len(choices) == 1:
            self._open((wanted or list(choices))[0])
        else:
            self.view.show_groups([_group(one) for one in choices])

    def _group_chosen(self, key: Any, always: bool) -> None:
        entered = self._entered
        if entered is None:
            return
        if always:
            self.settings.setValue(f"sign-in/group/{entered.gate.user}/{entered.session.person}", str(key))
        self._open(next(one for one in entered.session.tenants if one.id == key))

    def _open(self, tenant: TenantChoice) -> None:
        entered = self._entered
        if entered is None:
            return

        def opened() -> tuple[Identity, Opening]:
            identity = open_tenant(entered.gate, entered.session, tenant)
            database = TenantDatabase(identity)
            try:
                return identity, database.run(opening)
            finally:
                database.close()

        self._background.start(self, lambda pair: self._begin(entered, *pair), opened, failed=self.entrance.refuse)

    def _begin(self, entered: Entered, identity: Identity, found: Opening) -> None:
        session = self.session = DeskSession(entered.gate, entered.session, identity, found, self.settings)
        session.ended.connect(self._ended)
        session.locked.connect(self.lock)
        session.shell.closed.connect(self.finished)
        session.shell.show()
        session.shell.activateWindow()
        self.view.hide()
        self.view.credentials.password.clear()
        self.view.credentials.wait(False)
        self.person_menu = PersonMenu(session, entered, self.entrance.remembered, self._background)
        self.person_menu.switch_wanted.connect(lambda: session.shell.leave_page(self.switch))
        self.idle = IdleWatch(session.shell, self.settings)
        self.idle.idle.connect(self.lock)
        self.person_menu.waiting_changed.connect(self.idle.restart)
        session.start()
        self.opened.emit(session)

    def _unlocked(self) -> None:
        if self.session is not None:
            self.view.hide()
            self.session.shell.show()
            self.session.shell.activateWindow()
            if self.idle is not None:
                self.idle.restart()

    def _switch_locked(self) -> None:
        if self.session is None:
            return
        question = self.tr("What {name} typed and did not save is lost. Go on?")
        self._messages.ask(question.format(name=self.session.desk.person.name), self.switch, parent=self.view)

    def _ended(self, why: str) -> None:
        if self._entered is not None:
            self.entrance.forget(self._entered)
        self._leave()
        self.entrance.welcome()
        if why:
            self.view.refuse(why, Tone.WARN)
            self.refused.emit(why)

    def _leave(self) -> None:
        """Let the desk go; the session on the server is not touched."""
        session, self.session, self.person_menu, self.idle, self._entered = self.session, None, None, None, None
        if session is not None:
            session.shell.hide()
            session.close()
            session.shell.deleteLater()


def _plainly(use_case: Callable[..., Any], *args: Any) -> Any:
    return use_case(*args)


def _group(tenant: TenantChoice) -> Group:
    last = f"{tenant.last_opened_at:%Y-%m-%d %H:%M}" if tenant.last_opened_at else ""
    return Group(tenant.id, tenant.name, tenant.role.title(), f"{tenant.country} · {tenant.currency}", last)

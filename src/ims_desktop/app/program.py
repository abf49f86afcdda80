"""The program from its first window to its last: sign-in, the desk of one person, and sign-in again."""

import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSettings, QTimer, Signal

from ims_desktop.app import logs
from ims_desktop.app.desk_session import DeskSession
from ims_desktop.app.sample_builder import SampleBuilder
from ims_desktop.database import keyring_store
from ims_desktop.database.local import LocalServer
from ims_desktop.database.profiles import DEMO, Profile, profiles
from ims_desktop.database.sign_in import Gate, Identity, SignedIn, TenantChoice, open_tenant, resume, sign_in, sign_out
from ims_desktop.database.transaction import Opening, TenantDatabase, opening
from ims_desktop.domain.errors import Offline, UserError
from ims_desktop.domain.sample_accounts import DEMO_PASSWORD, OWNER
from ims_desktop.ui.background import Background
from ims_desktop.ui.messages import Messages
from ims_desktop.ui.sign_in import Credentials, Group, SignIn
from ims_desktop.ui.sign_in import Profile as Offered
from ims_desktop.ui.theme import Tone

RETRY_SECONDS = 15


@dataclass(frozen=True)
class Entered:
    """A session at a gate, before a tenant is opened."""

    gate: Gate
    session: SignedIn


class Program(QObject):
    """Owns the sign-in window and the session of the person; everything that waits runs off the GUI thread."""

    opened = Signal(object)  # DeskSession
    refused = Signal(object)  # str
    finished = Signal()

    def __init__(self, profile: str | None = None, settings: QSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or QSettings()
        self.session: DeskSession | None = None
        self._profiles = {known.name: known for known in profiles()}
        if profile is not None and profile not in self._profiles:
            raise UserError(f"This PC knows no server called {profile}. It knows {', '.join(self._profiles)}.")
        self._demo: LocalServer | None = None
        self._entered: Entered | None = None
        self._last: Credentials | None = None
        self._messages = Messages(self)
        self._background = Background(_plainly, self._messages, self)
        self._sample = SampleBuilder(self)
        self.view = self._make_view(profile)

    def start(self, *, sample: bool = False) -> None:
        """Show the sign-in; go on by itself into the sample data or the session this PC remembers."""
        self.view.show()
        QTimer.singleShot(0, self.open_sample if sample else self._go_on)

    def open_sample(self) -> None:
        """Sign in to the sample data as their owner, building them first when they are missing."""
        self.view.credentials.say(self.tr("Preparing the sample data …"), Tone.INFO)
        self.view.credentials.wait(True)
        self._sample.prepare(self._sample_ready, self._refuse, self._sample_says)

    def sign_in(self, credentials: Credentials, tenant: str | None = None) -> None:
        """Sign in and open the tenant: the only one, the one called `tenant`, or the one the person chooses."""
        self._last = credentials
        self.view.credentials.wait(True)
        if self.session is not None:
            self._unlock(self.session, credentials)
            return

        def enter() -> Entered:
            gate = self._gate(credentials.profile)
            entered = Entered(gate, sign_in(gate, credentials.login, credentials.password))
            if credentials.remember:
                _remember(credentials, entered.session)
            return entered

        self._background.start(self, lambda entered: self._choose(entered, tenant), enter, failed=self._refused)

    def close(self) -> None:
        """End everything; the embedded server stops with its last user."""
        if self.session is not None:
            self.session.close()
            self.session = None
        self._background.close()
        self._sample.close()
        if self._demo is not None:
            self._demo.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Closing the sign-in window ends the program."""
        if watched is self.view and event.type() == QEvent.Type.Close:
            self.finished.emit()
        return super().eventFilter(watched, event)

    def _make_view(self, profile: str | None) -> SignIn:
        names = sorted(self._profiles, key=lambda name: (name != profile, name == DEMO))
        offered = [Offered(name, name, self._profiles[name].detail) for name in names]
        view = SignIn(offered, version=version("ims-desktop"), computer=platform.node())
        view.submitted.connect(self.sign_in)
        view.group_chosen.connect(self._group_chosen)
        view.sample_wanted.connect(self.open_sample)
        view.installEventFilter(self)
        view.set_up_wanted.connect(
            lambda: view.refuse(self.tr("Ask your owner or administrator for the profile file."))
        )
        login = self.settings.value("sign-in/login")
        if login:
            view.show_credentials(str(login))
        return view

    def _go_on(self) -> None:
        """Open the remembered session of the last person, when there is one."""
        profile, login = self.settings.value("sign-in/profile"), self.settings.value("sign-in/login")
        if (
            not profile
            or not login
            or self.settings.value("sign-in/remember") != "yes"
            or profile not in self._profiles
        ):
            return
        self.view.credentials.wait(True)

        def enter() -> Entered | None:
            token = keyring_store.recall(_key(str(profile), str(login)))
            if token is None:
                return None
            gate = self._gate(str(profile))
            session = resume(gate, bytes.fromhex(token))
            keyring_store.keep(_key(str(profile), str(login)), session.token.hex())
            return Entered(gate, session)

        def found(entered: Entered | None) -> None:
            if entered is None:
                self.view.show_credentials()
            else:
                self._choose(entered, None)

        self._background.start(self, found, enter, failed=lambda _error: self.view.show_credentials())

    def _gate(self, name: str) -> Gate:
        profile: Profile = self._profiles[name]
        if profile.place is None:
            self._demo = self._demo or LocalServer()
            return self._demo.start().gate
        secret = keyring_store.recall(f"gate:{profile.gate_user}")
        if secret is None:
            raise UserError(f"This PC has lost its key to {name}. Ask your administrator to set it up again.")
        return Gate(profile.place, profile.gate_user, secret)

    def _sample_ready(self) -> None:
        tenants = OWNER.tenants
        self.sign_in(Credentials(DEMO, OWNER.login, DEMO_PASSWORD, remember=False), tenants[0])

    def _sample_says(self, text: str) -> None:
        self.view.credentials.say(text, Tone.INFO)
        self.view.credentials.wait(True)

    def _choose(self, entered: Entered, tenant: str | None) -> None:
        self._entered = entered
        choices = entered.session.tenants
        usual = self.settings.value(f"sign-in/group/{entered.gate.user}/{entered.session.person}")
        wanted = [one for one in choices if one.name == tenant or str(one.id) == usual]
        if not choices:
            self._refuse(self.tr("You belong to no restaurant group yet. Ask its owner to invite you."))
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

        self._background.start(self, lambda pair: self._begin(entered, *pair), opened, failed=self._refused)

    def _begin(self, entered: Entered, identity: Identity, found: Opening) -> None:
        if self._last is not None:
            self.settings.setValue("sign-in/login", self._last.login)
            self.settings.setValue("sign-in/profile", self._last.profile)
            self.settings.setValue("sign-in/remember", "yes" if self._last.remember else "no")
        self.session = DeskSession(entered.gate, entered.session, identity, found, self.settings)
        self.session.ended.connect(self._signed_out)
        self.session.locked.connect(self._lock)
        self.session.shell.closed.connect(self.finished)
        self.session.shell.show()
        self.session.shell.activateWindow()
        self.view.hide()
        self.view.credentials.password.clear()
        self.view.credentials.wait(False)
        self.session.start()
        self.opened.emit(self.session)

    def _lock(self) -> None:
        """Hide the desk until its person gives the password again; what is typed there stays."""
        if self.session is not None:
            self.session.shell.hide()
            self.view.show_credentials(self._last.login if self._last else None)
            self.view.show()
            self.view.activateWindow()

    def _unlock(self, session: DeskSession, credentials: Credentials) -> None:
        def check() -> str:
            gate = self._gate(credentials.profile)
            proved = sign_in(gate, credentials.login, credentials.password)
            sign_out(gate, proved)
            return proved.person

        def proved(person: str) -> None:
            if person != session.desk.person.name:
                self._refuse(self.tr("This desk is locked by {name}.").format(name=session.desk.person.name))
                return
            self.view.hide()
            self.view.credentials.password.clear()
            self.view.credentials.wait(False)
            session.shell.show()
            session.shell.activateWindow()

        self._background.start(self, proved, check, failed=self._refused)

    def _signed_out(self) -> None:
        if self._last is not None and self._last.remember:
            self._background.start(self, lambda _: None, _forget, self._last, failed=lambda _: None)
        self.settings.setValue("sign-in/remember", "no")
        if self.session is not None:
            self.session.shell.hide()
            self.session.close()
            self.session.shell.deleteLater()
            self.session = None
        self.view.show_credentials()
        self.view.show()

    def _refused(self, error: Exception) -> None:
        if isinstance(error, Offline):
            self.view.show_unreachable(str(error), RETRY_SECONDS)
            self.refused.emit(str(error))
        elif isinstance(error, UserError):
            self._refuse(error.text)
        else:
            number = logs.report(error)
            self._refuse(
                self.tr("Something unexpected went wrong. The log has it under {number}.").format(number=number)
            )

    def _refuse(self, text: str) -> None:
        self.view.refuse(text)
        self.refused.emit(text)


def _plainly(use_case: Callable[..., Any], *args: Any) -> Any:
    return use_case(*args)


def _key(profile: str, login: str) -> str:
    return f"session:{profile}:{login}"


def _remember(credentials: Credentials, session: SignedIn) -> None:
    """Keep the session in the keyring; a system without one is no reason not to sign in."""
    try:
        keyring_store.keep(_key(credentials.profile, credentials.login), session.token.hex())
    except keyring_store.NoKeyring:
        return


def _forget(credentials: Credentials) -> None:
    keyring_store.forget(_key(credentials.profile, credentials.login))


def _group(tenant: TenantChoice) -> Group:
    last = f"{tenant.last_opened_at:%Y-%m-%d %H:%M}" if tenant.last_opened_at else ""
    return Group(tenant.id, tenant.name, tenant.role.title(), f"{tenant.country} · {tenant.currency}", last)

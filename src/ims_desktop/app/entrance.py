"""The ways in: password, remembered person, PIN, one-time code, a new PC. What waits runs off the GUI thread."""

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSettings, Signal

from ims_desktop.app import logs, steps
from ims_desktop.app.remembered import Known, Remembered, check_pin, forget_session, keep_session, open_session
from ims_desktop.database import keyring_store
from ims_desktop.database.enrolment import NeedsCode, gate_by_code, gate_of, set_up
from ims_desktop.database.local import LocalServer
from ims_desktop.database.profiles import DEMO, Profile, profiles
from ims_desktop.database.sign_in import (
    Gate,
    SessionEnded,
    SignedIn,
    change_password,
    reset_password,
    sign_in,
    sign_out,
)
from ims_desktop.domain.errors import Offline, UserError
from ims_desktop.ui.background import Background
from ims_desktop.ui.sign_in import Credentials, KnownPerson, SignIn
from ims_desktop.ui.sign_in import Profile as Offered

RETRY_SECONDS = 15
Values = Mapping[str, str]


@dataclass(frozen=True)
class Entered:
    """A session at a gate, before a tenant is opened, and whether this PC remembers it."""

    gate: Gate
    session: SignedIn
    profile: str
    login: str
    known: Known | None = None


class Entrance(QObject):
    """Owns the sign-in window until somebody has `entered`, or the person of a locked desk came back (`unlocked`)."""

    entered = Signal(object)  # Entered
    unlocked = Signal()
    switch_wanted = Signal()
    refused = Signal(object)  # str

    def __init__(self, profile: str | None, settings: QSettings, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._settings, self._background = settings, background
        self.remembered = Remembered(settings)
        self._profiles = {known.name: known for known in profiles()}
        if profile is not None and profile not in self._profiles:
            raise UserError(f"This PC knows no server called {profile}. It knows {', '.join(self._profiles)}.")
        self._first = profile
        self._gates: dict[str, Gate] = {}
        self._demo: LocalServer | None = None
        self._locked: Entered | None = None
        self.view = SignIn(self._offered(), version=version("ims-desktop"), computer=platform.node())
        self._connect()

    def start(self) -> None:
        """Show who may come in; go on by itself with the last person when this PC keeps an open session."""
        self.view.show()
        self._ask_keyring()
        login, profile = str(self._settings.value("sign-in/login") or ""), self._settings.value("sign-in/profile")
        last = self.remembered.find(str(profile), login)
        if last is not None and not last.pinned and last.profile in self._profiles:
            self._resume(last)
        else:
            self.welcome(login)

    def welcome(self, login: str = "") -> None:
        """Show the people this PC remembers, or the fields to sign in."""
        self._locked = None
        self.view.credentials.greet(self.tr("Welcome back"), self.tr("Sign in with the login your Owner gave you."))
        self.view.show_credentials(login or None)
        people = [known for known in self.remembered.people() if known.profile in self._profiles]
        if people:
            kinds = {True: self.tr("With a PIN"), False: self.tr("Remembered")}
            self.view.show_people(
                [KnownPerson(known, known.name, f"{kinds[known.pinned]} · {known.profile}") for known in people]
            )
        self.view.show()

    def lock(self, entered: Entered, name: str) -> None:
        """Wait for the person of a desk: by password, or by the PIN of this PC."""
        self._locked = entered
        lead = self.tr("{name} is at work here. What was typed is kept.").format(name=name)
        self.view.credentials.password.clear()
        self.view.credentials.say("")
        self.view.credentials.greet(self.tr("Locked"), lead, locked=True)
        self.view.credentials.profile.choose(entered.profile)
        self.view.show_credentials(entered.login)
        known = self.remembered.find(entered.profile, entered.login)
        if known is not None and known.pinned:
            self.view.ask(steps.pin_of(known.name), lambda values: self._unlock_by_pin(known, values))
        self.view.show()
        self.view.activateWindow()

    def sign_in(self, credentials: Credentials) -> None:
        """Sign in with what was typed; at a locked desk only see whether it is its person."""
        self.view.credentials.wait(True)
        locked = self._locked

        def enter() -> Entered:
            gate = locked.gate if locked else self.gate(credentials.profile)
            session = sign_in(gate, locked.login if locked else credentials.login, credentials.password)
            return Entered(gate, session, credentials.profile, credentials.login)

        def came(entered: Entered) -> None:
            if locked is not None:
                self._leave_lock(sign_out, entered.gate, entered.session)
            elif entered.session.must_change:
                self._ask_new_password(entered, credentials)
            else:
                self._come_in(entered, remember=credentials.remember)

        self._work(came, enter, again=lambda: self.sign_in(credentials))

    def gate(self, name: str) -> Gate:
        """The gate of this PC to a server; not for the GUI thread."""
        profile: Profile = self._profiles[name]
        if profile.place is None:
            self._demo = self._demo or LocalServer()
            return self._demo.start().gate
        if name not in self._gates:
            self._gates[name] = gate_of(profile)
        return self._gates[name]

    def forget(self, entered: Entered) -> None:
        """Whoever signs out is not remembered."""
        known = self.remembered.find(entered.profile, entered.login)
        if known is not None:
            self.remembered.remove(known)
            self._background.start(self, lambda _: None, forget_session, known, failed=lambda _: None)

    def close(self) -> None:
        """The embedded server stops with its last user."""
        if self._demo is not None:
            self._demo.stop()

    def refuse(self, error: Exception) -> None:
        """Say why it did not work, where the person is."""
        if isinstance(error, Offline):
            self.view.show_unreachable(str(error), RETRY_SECONDS)
            self.refused.emit(str(error))
            return
        problems = error.problems if isinstance(error, UserError) else ()
        text = error.text if isinstance(error, UserError) else self._unexpected(error)
        if self.view.asks:
            self.view.refuse_step(text, problems)
        else:
            self.view.refuse(text)
        self.refused.emit(text)

    def _offered(self) -> list[Offered]:
        names = sorted(self._profiles, key=lambda name: (name != self._first, name == DEMO))
        return [Offered(name, name, self._profiles[name].detail) for name in names]

    def _connect(self) -> None:
        view = self.view
        view.submitted.connect(self.sign_in)
        view.set_up_wanted.connect(lambda: view.ask(steps.set_up(), self._set_up))
        view.code_wanted.connect(self._another_way)
        view.person_chosen.connect(self._person_chosen)
        view.somebody_else.connect(view.show_credentials)

    def _another_way(self) -> None:
        if self._locked is not None:
            self.switch_wanted.emit()
            return
        self.view.ask(steps.by_code(), self._enter_by_code)
        self.view.step.lines["login"].editor.setText(self.view.credentials.login.text())

    def _work(
        self, done: Callable[[Any], None], work: Callable[..., Any], *args: Any, again: Callable[[], None]
    ) -> None:
        """Do something off the GUI thread; where the PC's code is missing, ask for it first and do it `again`."""

        def failed(error: Exception) -> None:
            if isinstance(error, NeedsCode):
                self._ask_code(error.profile, again)
            else:
                self.refuse(error)

        self._background.start(self, done, work, *args, failed=failed)

    def _ask_code(self, profile: Profile, again: Callable[[], None]) -> None:
        def opened(gate: Gate) -> None:
            self._gates[profile.name] = gate
            self.view.show_credentials()
            again()

        def answered(values: Values) -> None:
            self._background.start(self, opened, gate_by_code, profile, values["code"], failed=self.refuse)

        self.view.ask(steps.code_of_pc(profile.name), answered)

    def _ask_keyring(self) -> None:
        def none(_error: Exception) -> None:
            self.view.credentials.tell_key_store("")

        self._background.start(self, self.view.credentials.tell_key_store, _key_store, failed=none)

    def _ask_new_password(self, entered: Entered, credentials: Credentials) -> None:
        def change(values: Values) -> None:
            change_password(entered.gate, entered.login, credentials.password, values["new"], entered.session)

        def changed(_result: Any) -> None:
            session = replace(entered.session, must_change=False)
            self._come_in(replace(entered, session=session), remember=credentials.remember)

        def answered(values: Values) -> None:
            self._background.start(self, changed, change, values, failed=self.refuse)

        self.view.ask(steps.new_password(entered.session.person), answered)

    def _enter_by_code(self, values: Values) -> None:
        profile, login = str(self.view.credentials.profile.value()), values["login"].strip()

        def enter() -> Entered:
            gate = self.gate(profile)
            reset_password(gate, login, values["code"], values["new"])
            return Entered(gate, sign_in(gate, login, values["new"]), profile, login)

        self._work(self._come_in, enter, again=lambda: self._enter_by_code(values))

    def _set_up(self, values: Values) -> None:
        def known(pair: tuple[Profile, Gate]) -> None:
            profile, gate = pair
            self._profiles[profile.name], self._gates[profile.name] = profile, gate
            self.view.offer_profiles(self._offered())
            self.view.credentials.profile.choose(profile.name)
            self.view.show_credentials()

        self._work(known, set_up, Path(values["file"]), values["code"], again=lambda: self._set_up(values))

    def _person_chosen(self, known: Known) -> None:
        if known.pinned:
            self.view.ask(
                steps.pin_of(known.name), lambda values: self._resume(known, values["pin"]), lambda: self._type(known)
            )
        else:
            self._resume(known)

    def _type(self, known: Known) -> None:
        self.view.credentials.profile.choose(known.profile)
        self.view.show_credentials(known.login)

    def _resume(self, known: Known, pin: str = "") -> None:
        if not self.view.asks:
            self._type(known)
            self.view.credentials.wait(True)

        def enter() -> Entered:
            gate = self.gate(known.profile)
            return Entered(gate, open_session(known, gate, pin), known.profile, known.login, known)

        def failed(error: Exception) -> None:
            if isinstance(error, NeedsCode):
                self._ask_code(error.profile, lambda: self._resume(known, pin))
            elif isinstance(error, SessionEnded):
                self.remembered.remove(known)
                self._type(known)
                self.refuse(error)
            else:
                self.refuse(error)

        self._background.start(self, self._come_back, enter, failed=failed)

    def _come_back(self, entered: Entered) -> None:
        if entered.session.must_change:
            self.view.refuse(self.tr("A new password is due: sign in with the old one."))
        else:
            self._come_in(entered)

    def _come_in(self, entered: Entered, *, remember: bool = False) -> None:
        self._settings.setValue("sign-in/login", entered.login)
        self._settings.setValue("sign-in/profile", entered.profile)
        if remember:
            known = Known(entered.profile, entered.login, entered.session.person)
            entered = replace(entered, known=known)

            def kept(works: bool) -> None:
                if works:
                    self.remembered.add(known)

            self._background.start(self, kept, keep_session, known, entered.session)
        elif entered.known is not None:
            self.remembered.add(entered.known)
        self.entered.emit(entered)

    def _unlock_by_pin(self, known: Known, values: Values) -> None:
        self._leave_lock(check_pin, known, values["pin"])

    def _leave_lock(self, work: Callable[..., Any], *args: Any) -> None:
        def opened(_result: Any) -> None:
            self._locked = None
            self.view.credentials.password.clear()
            self.view.credentials.wait(False)
            self.unlocked.emit()

        self._background.start(self, opened, work, *args, failed=self.refuse)

    def _unexpected(self, error: Exception) -> str:
        text = self.tr("Something unexpected went wrong. The log has it under {number}.")
        return text.format(number=logs.report(error))


def _key_store() -> str:
    try:
        return keyring_store.where()
    except keyring_store.NoKeyring:
        return ""

"""The ways in: password, remembered person, PIN, one-time code, a new PC."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSettings, Signal

from ims_desktop.app import steps
from ims_desktop.app.first_window import LAST_LOGIN, LAST_SERVER, keep_servers
from ims_desktop.app.journal.way_in import NoWayIn, Unlocked, WaysIn
from ims_desktop.app.porter import Porter
from ims_desktop.app.remembered import Known, Remembered, forget_session, keep_session, open_session
from ims_desktop.database import keyring_store
from ims_desktop.database.embedded.server import default_data
from ims_desktop.database.enrolment import set_up
from ims_desktop.database.profiles import Profile
from ims_desktop.database.sign_in import (
    Gate,
    SessionEnded,
    SignedIn,
    change_password,
    reset_password,
    sign_in,
)
from ims_desktop.domain.errors import Offline
from ims_desktop.domain.wording import say
from ims_desktop.ui.sign_in import Credentials, KnownPerson

Values = Mapping[str, str]


@dataclass(frozen=True)
class Entered:
    """A session at a gate, before a tenant is opened, and whether this PC remembers it.

    `secret` is the password or PIN by which the person came: the way in without a server is locked with it.
    """

    gate: Gate
    session: SignedIn
    profile: str
    login: str
    known: Known | None = None
    secret: str = field(default="", repr=False)


class Entrance(QObject):
    """Leads a person through the sign-in until they have `entered`, or until this PC `unlocked` itself for them."""

    entered = Signal(object)  # Entered
    unlocked = Signal(object, object)  # Entered, Unlocked: the server is away

    def __init__(self, porter: Porter, remembered: Remembered, settings: QSettings, parent: QObject) -> None:
        super().__init__(parent)
        self._porter, self.remembered, self._settings = porter, remembered, settings
        self.ways = WaysIn(default_data("journal"))
        self._view, self._gates = porter.view, porter.gates
        self._view.set_up_wanted.connect(lambda: self._view.ask(steps.set_up(), self._set_up))
        self._view.person_chosen.connect(self._person_chosen)
        self._view.somebody_else.connect(self._view.show_credentials)
        self._offer_servers()

    def start(self) -> None:
        """Show who may come in; go on by itself with the last person when this PC keeps an open session."""
        login, server = str(self._settings.value(LAST_LOGIN) or ""), str(self._settings.value(LAST_SERVER))
        last = self.remembered.find(server, login)
        if self._view.credentials.is_touched:  # somebody was quicker
            return
        if last is not None and not last.pinned and server in self._gates:
            self._resume(last)
        else:
            self.welcome(login=login)

    def welcome(self, kept: Mapping[Known, str] | None = None, login: str = "") -> None:
        """Show the people this PC remembers, and those whose desk is `kept` with a word about it; or the fields."""
        card, kept = self._view.credentials, kept or {}
        card.greet(say("Welcome back"), say("Sign in with the login your Owner gave you."))
        self._view.show_credentials(login or None)
        remembered = {(known.profile, known.login): known for known in self.remembered.people()}
        others = [known for known in kept if (known.profile, known.login) not in remembered]
        people = [known for known in (*remembered.values(), *others) if known.profile in self._gates]
        if people:
            words = {(known.profile, known.login): word for known, word in kept.items()}
            self._view.show_people([self._tile(known, words.get((known.profile, known.login), "")) for known in people])
        self._view.show()

    def sign_in(self, credentials: Credentials) -> None:
        """Sign in with what was typed."""
        self._view.credentials.wait(True)

        def enter() -> Entered:
            gate = self._gates.gate(credentials.profile)
            session = sign_in(gate, credentials.login, credentials.password)
            return Entered(gate, session, credentials.profile, credentials.login, secret=credentials.password)

        def came(entered: Entered) -> None:
            if entered.session.must_change:
                self._ask_new_password(entered, credentials)
            else:
                self._come_in(entered, remember=credentials.remember)

        without = partial(self._unlock, credentials.profile, credentials.login, credentials.password, None)
        self._porter.ask(came, enter, failed=without)

    def _unlock(self, profile: str, login: str, secret: str, known: Known | None, error: Exception) -> None:
        """Nobody answers: whoever worked here lately comes in with what this PC keeps for them."""
        if not isinstance(error, Offline) or not secret:
            self._porter.refuse(error)
            return

        def unlock() -> tuple[Entered, Unlocked]:
            gate = self._gates.gate(profile)
            found = self.ways.open(gate, login, secret)
            session = SignedIn(found.known.name, (found.known.tenant,), b"")
            return Entered(gate, session, profile, login, known), found

        def refused(why: Exception) -> None:
            self._porter.refuse(error if isinstance(why, NoWayIn) else why)

        self._porter.ask(lambda pair: self.unlocked.emit(*pair), unlock, failed=refused)

    def ask_code(self) -> None:
        """Let somebody in by a one-time code of an administrator."""
        self._view.ask(steps.by_code(), self._enter_by_code)
        self._view.step.lines["login"].editor.setText(self._view.credentials.login.text())

    def ask_keyring(self) -> None:
        """See whether this computer can remember somebody."""
        card = self._view.credentials
        self._porter.ask(card.tell_key_store, _key_store, failed=lambda _error: card.tell_key_store(""))

    def forget(self, entered: Entered) -> None:
        """Whoever signs out is not remembered."""
        known = self.remembered.find(entered.profile, entered.login)
        if known is not None:
            self.remembered.remove(known)
            self._porter.ask(_nothing, forget_session, known, failed=_nothing)
        self._porter.ask(_nothing, self.ways.forget, entered.gate, entered.login, failed=_nothing)

    def come_back(self, known: Known) -> None:
        """Lead somebody whose desk waits here to the sign-in."""
        self._person_chosen(known)

    def _offer_servers(self) -> None:
        offered = self._gates.offered()
        self._view.offer_profiles(offered)
        keep_servers(self._settings, offered)

    def _tile(self, known: Known, word: str) -> KnownPerson:
        if self.remembered.find(known.profile, known.login) is None:
            how = say("With the password")
        else:
            how = say("With a PIN") if known.pinned else say("Remembered")
        return KnownPerson(known, known.name, say("{how} · {where}", how=how, where=word or known.profile))

    def _ask_new_password(self, entered: Entered, credentials: Credentials) -> None:
        def change(values: Values) -> None:
            change_password(entered.gate, entered.login, credentials.password, values["new"], entered.session)

        def changed(secret: str, _result: Any) -> None:
            session = replace(entered.session, must_change=False)
            self._come_in(replace(entered, session=session, secret=secret), remember=credentials.remember)

        self._view.ask(
            steps.new_password(entered.session.person),
            lambda values: self._porter.ask(partial(changed, values["new"]), change, values),
        )

    def _enter_by_code(self, values: Values) -> None:
        profile, login = str(self._view.credentials.profile.value()), values["login"].strip()

        def enter() -> Entered:
            gate = self._gates.gate(profile)
            reset_password(gate, login, values["code"], values["new"])
            return Entered(gate, sign_in(gate, login, values["new"]), profile, login, secret=values["new"])

        self._porter.ask(self._come_in, enter)

    def _set_up(self, values: Values) -> None:
        def known(pair: tuple[Profile, Gate]) -> None:
            profile, gate = pair
            self._gates.add(profile, gate)
            self._offer_servers()
            self._view.credentials.profile.choose(profile.name)
            self._view.show_credentials()

        self._porter.ask(known, set_up, Path(values["file"]), values["code"])

    def _person_chosen(self, known: Known) -> None:
        if self.remembered.find(known.profile, known.login) is None:
            self._type(known)
        elif known.pinned:
            self._view.ask(
                steps.pin_of(known.name), lambda values: self._resume(known, values["pin"]), lambda: self._type(known)
            )
        else:
            self._resume(known)

    def _type(self, known: Known) -> None:
        self._view.credentials.profile.choose(known.profile)
        self._view.show_credentials(known.login)

    def _resume(self, known: Known, pin: str = "") -> None:
        if not self._view.asks:
            self._type(known)
            self._view.credentials.wait(True)

        def enter() -> Entered:
            gate = self._gates.gate(known.profile)
            return Entered(gate, open_session(known, gate, pin), known.profile, known.login, known)

        def failed(error: Exception) -> None:
            if isinstance(error, SessionEnded):
                self.remembered.remove(known)
                self._type(known)
            if isinstance(error, Offline):
                self._porter.ask(partial(self._offer_password, known, error), has_way, failed=self._porter.refuse)
            else:
                self._porter.refuse(error)

        def has_way() -> bool:
            return self.ways.has(self._gates.gate(known.profile), known.login)

        self._porter.ask(self._come_back, enter, failed=failed)

    def _offer_password(self, known: Known, error: Offline, has_way: bool) -> None:
        """Neither a session nor a PIN opens anything without the server: the password does, for who worked here."""
        self._type(known)
        hint = say("{why} With your password you can go on at this PC without it.", why=error.text)
        self._porter.refuse(Offline(hint) if has_way else error)

    def _come_back(self, entered: Entered) -> None:
        if entered.session.must_change:
            self._view.refuse(say("A new password is due: sign in with the old one."))
        else:
            self._come_in(entered)

    def _come_in(self, entered: Entered, *, remember: bool = False) -> None:
        self._settings.setValue(LAST_LOGIN, entered.login)
        self._settings.setValue(LAST_SERVER, entered.profile)
        if remember:
            known = Known(entered.profile, entered.login, entered.session.person)
            entered = replace(entered, known=known)
            self._porter.ask(self._remembers(known), keep_session, known, entered.session)
        elif entered.known is not None:
            self.remembered.add(entered.known)
        self.entered.emit(entered)

    def _remembers(self, known: Known) -> Callable[[bool], None]:
        return lambda works: self.remembered.add(known) if works else None


def _key_store() -> str:
    try:
        return keyring_store.where()
    except keyring_store.NoKeyring:
        return ""


def _nothing(_result: Any) -> None:
    """Nobody waits for this."""

"""The people this PC remembers: their names in the settings, their sessions in the keyring."""

import json
from dataclasses import asdict, dataclass

from PySide6.QtCore import QSettings

from ims_desktop.database import keyring_store, pins
from ims_desktop.database.sign_in import Gate, SessionEnded, SignedIn, resume
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

PEOPLE = "sign-in/people"


@dataclass(frozen=True)
class Known:
    """Somebody this PC remembers; `pinned`: the session opens with a PIN."""

    profile: str
    login: str
    name: str
    pinned: bool = False

    @property
    def entry(self) -> str:
        """What the session is called in the keyring."""
        return f"session:{self.profile}:{self.login}"


class Remembered:
    """The list of them, the newest first."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def people(self) -> tuple[Known, ...]:
        """Everybody."""
        try:
            found = json.loads(str(self._settings.value(PEOPLE) or "[]"))
            return tuple(Known(one["profile"], one["login"], one["name"], bool(one["pinned"])) for one in found)
        except (ValueError, TypeError, KeyError):
            return ()

    def find(self, profile: str, login: str) -> Known | None:
        """One of them."""
        return next((known for known in self.people() if (known.profile, known.login) == (profile, login)), None)

    def add(self, known: Known) -> None:
        """Remember somebody, first in the list."""
        self._write([known, *self._others(known)])

    def remove(self, known: Known) -> None:
        """Forget somebody."""
        self._write(self._others(known))

    def _others(self, known: Known) -> list[Known]:
        return [other for other in self.people() if other.entry != known.entry]

    def _write(self, people: list[Known]) -> None:
        self._settings.setValue(PEOPLE, json.dumps([asdict(known) for known in people]))


def keep_session(known: Known, session: SignedIn, pin: str = "") -> bool:
    """Keep the session in the keyring; a system without one is no reason not to sign in."""
    try:
        if known.pinned:
            pins.keep(known.entry, session.token, pin)
        else:
            keyring_store.keep(known.entry, session.token.hex())
    except keyring_store.NoKeyring:
        return False
    return True


def open_session(known: Known, gate: Gate, pin: str = "") -> SignedIn:
    """Go on with the session this PC keeps; SessionEnded when that is over, UserError for a wrong PIN."""
    try:
        session = resume(gate, _token(known, pin))
    except keyring_store.NoKeyring as error:
        raise UserError(say("{error} Sign in with your password.", error=error)) from error
    keep_session(known, session, pin)
    return session


def forget_session(known: Known) -> None:
    """Remove the session from the keyring."""
    try:
        keyring_store.forget(known.entry)
    except keyring_store.NoKeyring:
        return


def check_pin(known: Known, pin: str) -> None:
    """UserError when this is not the PIN of the person."""
    try:
        pins.open_with(known.entry, pin)
    except keyring_store.NoKeyring as error:
        raise UserError(say("{error} Use your password.", error=error)) from error


def _token(known: Known, pin: str) -> bytes:
    if known.pinned:
        return pins.open_with(known.entry, pin)
    try:
        return bytes.fromhex(keyring_store.recall(known.entry) or "no")
    except ValueError as error:
        raise SessionEnded("This PC no longer remembers you. Sign in with your password.") from error

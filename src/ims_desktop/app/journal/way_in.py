"""The way in without a server: its half of a journal's key, locked with what the person knows and this PC keeps.

Who has the disk alone has neither half of the lock. Who has the secrets of the PC as well must guess the password, at
half a second and 128 MiB a guess; then the journal and the copies beside it open, and nothing at the server does.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from ims_desktop.app.journal.desk_journal import place_of
from ims_desktop.app.journal.file import OWNER_FOLDER, NotKept, read_sealed, replace_file
from ims_desktop.app.journal.sealing import JournalKey
from ims_desktop.database import locked_box
from ims_desktop.database.journals import JournalOpening
from ims_desktop.database.sign_in import Gate, TenantChoice
from ims_desktop.database.transaction import Opening, SiteSeen
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.plain_values import NotThisValue, from_plain
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.domain.work import here

LASTS = timedelta(days=7)  # since the server let the person in last
TRIES, MOST_TRIES, PAUSE = 5, 20, timedelta(minutes=15)
LENGTH = locked_box.DEAR
DESK = "desk"  # what the journal remembers it as


class NoWayIn(UserError):
    """This PC lets the person in with the server alone."""


@dataclass(frozen=True, slots=True)
class KnownDesk:
    """What the server said last of a person and their group: as much as a desk begins with."""

    at: datetime
    ahead_ms: int
    tenant: TenantChoice
    member_id: UUID
    name: str
    role: str
    permissions: tuple[str, ...]
    sites: tuple[SiteSeen, ...]

    @classmethod
    def of(cls, at: datetime, ahead: timedelta, tenant: TenantChoice, opening: Opening) -> "KnownDesk":
        """What is to be kept."""
        return cls(
            at, round(ahead / timedelta(milliseconds=1)), tenant, opening.member_id, opening.name, opening.role,
            tuple(sorted(opening.permissions)), opening.sites,
        )  # fmt: skip

    @property
    def opening(self) -> Opening:
        """As a desk begins with it."""
        return Opening(self.member_id, self.name, self.role, frozenset(self.permissions), self.sites)


@dataclass(frozen=True)
class Unlocked:
    """What the person gets for the right password or PIN: the half of the key, and what the desk begins with."""

    half: JournalOpening = field(repr=False)
    known: KnownDesk


class WaysIn:
    """The ways in of one PC, beside its journals, each for a login at a server. A try takes its time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @here
    def keep(self, gate: Gate, login: str, secret: str, half: JournalOpening, tenant: UUID, member: UUID) -> None:
        """Lock the half with the password (or PIN) of who has just shown it to the server."""
        content = {"name": str(half.name), "half": half.secret.hex(), "tenant": str(tenant), "member": str(member)}
        locked = locked_box.lock(json.dumps(content).encode(), _secret(gate, secret), _about(login), LENGTH)
        self._write(self._path(gate, login), {"wrong": 0, "at": "", "locked": locked})

    def open(self, gate: Gate, login: str, secret: str) -> Unlocked:
        """Unlock; NoWayIn where there is none (any more), UserError for a wrong password, which is counted first."""
        path = self._path(gate, login)
        kept = self._counted(path)
        try:
            content = json.loads(locked_box.unlock(kept["locked"], _secret(gate, secret), _about(login), LENGTH))
        except locked_box.WrongSecret as error:
            raise _wrong(TRIES - int(kept["wrong"]) % TRIES) from error
        except locked_box.Damaged as error:
            raise self._gone(path) from error
        self._write(path, {**kept, "wrong": 0, "at": ""})
        name, tenant, member = (UUID(content[key]) for key in ("name", "tenant", "member"))
        half = bytes.fromhex(content["half"])
        known = self._known(JournalKey.of(name, half, gate.password), place_of(self._folder, tenant, member))
        if known is None or abs(datetime.now(UTC) + timedelta(milliseconds=known.ahead_ms) - known.at) > LASTS:
            raise self._gone(path)
        return Unlocked(JournalOpening(name, half, 0, timedelta(milliseconds=known.ahead_ms)), known)

    def has(self, gate: Gate, login: str) -> bool:
        """Whether somebody with this login came in here by the password."""
        return self._path(gate, login).exists()

    @here
    def forget(self, gate: Gate, login: str) -> None:
        """There is no way in any more; the entries of the journal stay."""
        self._path(gate, login).unlink(missing_ok=True)

    def _known(self, key: JournalKey, journal: Path) -> KnownDesk | None:
        content = read_sealed(journal.with_suffix(f".{DESK}"), key)
        try:
            return from_plain(KnownDesk, json.loads(content)) if content is not None else None
        except (NotThisValue, ValueError):
            return None

    def _counted(self, path: Path) -> dict[str, Any]:
        """What is kept, with this try counted: who ends the program meanwhile has used one up as well."""
        try:
            kept = json.loads(path.read_text("utf-8"))
            wrong, locked, at = int(kept["wrong"]), str(kept["locked"]), str(kept["at"])
            since = datetime.now(UTC) - datetime.fromisoformat(at) if at else PAUSE
        except FileNotFoundError as error:
            raise NoWayIn("Nobody with this login can work at this PC without the server.") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._gone(path) from error
        if wrong >= MOST_TRIES:
            raise self._gone(path)
        if wrong and wrong % TRIES == 0 and timedelta() <= since < PAUSE:
            raise UserError("Too many wrong passwords. Wait 15 minutes, then try again.")
        counted = {"wrong": wrong + 1, "at": datetime.now(UTC).isoformat(), "locked": locked}
        self._write(path, counted)
        return counted

    def _gone(self, path: Path) -> NoWayIn:
        path.unlink(missing_ok=True)
        return NoWayIn(
            say_count(
                "Without the server you can work here for {count} day after you signed in.",
                "Without the server you can work here for {count} days after you signed in.",
                count=LASTS.days,
            )
        )

    def _path(self, gate: Gate, login: str) -> Path:
        """The name of the file tells nobody whose it is."""
        name = hmac.new(gate.password.encode(), f"{gate.user} {login.casefold()}".encode(), hashlib.sha256)
        return self._folder / f"{name.hexdigest()[:24]}.way"

    def _write(self, path: Path, kept: dict[str, Any]) -> None:
        try:
            path.parent.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
            replace_file(path, json.dumps(kept).encode())
        except OSError as error:
            raise NotKept("This PC cannot write to its disk.") from error


def _secret(gate: Gate, secret: str) -> bytes:
    return f"{gate.password}:{secret}".encode(errors="replace")


def _about(login: str) -> str:
    return f"way in {login.casefold()}"


def _wrong(left: int) -> UserError:
    sentence: Words = say(
        "The server cannot be reached, and this is not the password with which you signed in at this PC last."
    )
    if left <= 2:
        sentence = say("{wrong} Tries before a pause: {left}.", wrong=sentence, left=left)
    return UserError(sentence, [Problem(sentence, "password")])

"""Signing in: from the PC's gate to a session, and from a session to a database identity in one tenant."""

import hashlib
import json
import platform
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Cursor, sql

from ims_desktop.database.failures import CONFLICT, DENIED, INVALID, translate
from ims_desktop.database.place import Place
from ims_desktop.database.proof import code_proof, new_salt, proof, stored_key
from ims_desktop.database.reaching import unreachable
from ims_desktop.domain.errors import Denied, Problem, UserError
from ims_desktop.domain.passwords import password_problems
from ims_desktop.domain.work import read

REFUSED = {
    "BAD": "The login or the password is not right.",
    "LOCKED": "Too many wrong passwords. Wait 15 minutes, then try again.",
    "STALE": "Signing in took too long. Try again.",
}
UNKNOWN = "The server does not know this PC any more. Set it up again."
BAD_CODE = "The login or the code is not right, or the code is too old. Ask your administrator for a new one."

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Gate:
    """What one PC holds: the place of the server, and a role that can do nothing but sign somebody in."""

    place: Place
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class TenantChoice:
    """A restaurant group the person may open."""

    id: UUID
    name: str
    country: str
    currency: str
    role: str
    last_opened_at: datetime | None = None


@dataclass(frozen=True)
class SignedIn:
    """A session: who, with which tenants, the token that renews it, and whether a new password is due first."""

    person: str
    tenants: tuple[TenantChoice, ...]
    token: bytes = field(repr=False)
    must_change: bool = False


@dataclass(frozen=True)
class Identity:
    """The person as a database role in one tenant, until a moment."""

    place: Place
    tenant: TenantChoice
    role: str
    schema: str
    until: datetime
    password: str = field(repr=False)
    gate_secret: str = field(default="", repr=False)  # opens what was wrapped for this PC, see tenant_key


class SessionEnded(UserError):
    """The server knows this session, this membership or this PC no more: the person has to sign in again."""


def sign_in(gate: Gate, login: str, password: str) -> SignedIn:
    """Open a session; UserError says why not, and never whether the login exists."""
    token = secrets.token_bytes(32)
    with at_gate(gate) as connection:
        with _proven(connection, login, lambda salt, nonce: proof(password, salt, nonce), "SIGN_IN") as attempt:
            asked = connection.execute(
                "SELECT status, person, tenants, must_change FROM auth.verify(%s, %s, %s)",
                [attempt, _digest(token), json.dumps({"computer": platform.node()[:100], "system": platform.system()})],
            )
        found = asked.fetchone()
        _seal_in_passing(connection)
    return _signed_in(found, token)


def resume(gate: Gate, token: bytes) -> SignedIn:
    """Open the session a PC remembers; its token is used up and replaced."""
    following = secrets.token_bytes(32)
    with at_gate(gate) as connection:
        found = connection.execute(
            "SELECT status, person, tenants, must_change FROM auth.refresh(%s, %s)", [token, _digest(following)]
        ).fetchone()
        _seal_in_passing(connection)
    if found is None or found[0] != "GOOD":
        raise SessionEnded("This PC no longer remembers you. Sign in with your password.")
    return _signed_in(found, following)


def change_password(gate: Gate, login: str, old: str, new: str, session: SignedIn) -> None:
    """Change the password of the person who knows it; every other session of theirs ends."""
    problems = password_problems(new, (login, session.person), "new")
    if new == old:
        problems.append(Problem("The new password is the old one.", "new"))
    if problems:
        raise UserError("The password was not changed.", problems)
    with at_gate(gate) as connection:
        with _proven(connection, login, lambda salt, nonce: proof(old, salt, nonce), "CHANGE") as attempt:
            asked = _set_password(connection, attempt, new, session.token)
        status = _status(asked)
    if status != "GOOD":
        sentence = "The old password is not right." if status == "BAD" else REFUSED[status]
        raise UserError(sentence, [Problem(sentence, "old")])


def reset_password(gate: Gate, login: str, code: str, new: str) -> None:
    """Set a password with a one-time code of an administrator; every session of the person ends."""
    if problems := password_problems(new, (login,), "new"):
        raise UserError("The password was not changed.", problems)
    with at_gate(gate) as connection:
        with _proven(connection, login, lambda _salt, nonce: code_proof(code, nonce), "RESET") as attempt:
            asked = _set_password(connection, attempt, new, None)
        status = _status(asked)
    if status != "GOOD":
        sentence = BAD_CODE if status == "BAD" else REFUSED[status]
        raise UserError(sentence, [Problem(sentence, "code")])


def open_tenant(gate: Gate, session: SignedIn, tenant: TenantChoice, *, renews: bool = False) -> Identity:
    """The person's own database role in a tenant, with a password made here and now.

    A desk at work that `renews` keeps the connections it has; otherwise what still hangs on the role is cut.
    """
    password = secrets.token_urlsafe(32)
    with at_gate(gate) as connection:
        verifier = connection.pgconn.encrypt_password(password.encode(), b"ims", b"scram-sha-256").decode()
        row = connection.execute(
            "SELECT role_name, schema_name, valid_until FROM auth.open_tenant(%s, %s, %s, %s)",
            [session.token, tenant.id, verifier, renews],
        ).fetchone()
    if row is None:
        raise UserError("The server did not open this restaurant group.")
    return Identity(gate.place, tenant, row[0], row[1], row[2], password, gate.password)


def sign_out(gate: Gate, session: SignedIn) -> None:
    """End the session on the server, and the identities opened from it."""
    with at_gate(gate) as connection:
        connection.execute("SELECT auth.sign_out(%s)", [session.token])


def enrol(gate: Gate, password: str) -> Gate:
    """What a PC does first: it becomes known, and its gate gets a password that is in no file."""
    with at_gate(gate, "This profile file was used already. Ask your administrator for a new one.") as connection:
        verifier = connection.pgconn.encrypt_password(password.encode(), gate.user.encode(), b"scram-sha-256").decode()
        with connection.transaction():
            connection.execute("SELECT auth.enrol()")
            connection.execute(sql.SQL("ALTER ROLE CURRENT_USER PASSWORD {}").format(verifier))
    return Gate(gate.place, gate.user, password)


@read
def knock(gate: Gate) -> None:
    """See whether the server answers this PC."""
    with at_gate(gate):
        pass


@contextmanager
def _proven(
    connection: Connection, login: str, answer: Callable[[bytes, bytes], bytes], purpose: str
) -> Iterator[UUID]:
    """Deposit a proof, and ask in the same trip what becomes of it; it is committed before anybody judges it."""
    if "\0" in login or not 1 <= len(login) <= 254 or not login.isprintable():
        raise UserError(REFUSED["BAD"])
    row = connection.execute("SELECT attempt, salt, nonce FROM auth.hello(%s)", [login]).fetchone()
    if row is None:
        raise UserError("The server gave no answer where one was due.")
    attempt, salt, nonce = row
    proven = answer(salt.encode(), nonce)
    with connection.pipeline():
        connection.execute("BEGIN")
        connection.execute("SELECT auth.prove(%s, %s, %s)", [attempt, proven, purpose])
        connection.execute("COMMIT")
        yield UUID(str(attempt))


def _seal_in_passing(connection: Connection) -> None:
    """Seal the log of sign-ins where that is due; whoever signs in neither waits for it nor fails with it."""
    with suppress(psycopg.Error):
        connection.execute("SELECT auth.seal_in_passing()")


def _set_password(connection: Connection, attempt: UUID, new: str, token: bytes | None) -> Cursor[Any]:
    salt = new_salt()
    return connection.execute(
        "SELECT auth.set_password(%s, %s, %s, %s)", [attempt, salt.decode(), stored_key(new, salt), token]
    )


def _status(asked: Cursor[Any]) -> str:
    row = asked.fetchone()
    return str(row[0]) if row else "STALE"


def _signed_in(row: tuple[Any, ...] | None, token: bytes) -> SignedIn:
    status, person, tenants, must_change = row or ("STALE", None, None, None)
    if status != "GOOD":
        raise UserError(REFUSED[status])
    return SignedIn(person, tuple(_choice(tenant) for tenant in tenants), token, bool(must_change))


def _choice(tenant: dict[str, Any]) -> TenantChoice:
    opened = tenant["last_opened_at"]
    return TenantChoice(
        UUID(tenant["id"]),
        tenant["name"],
        tenant["country"],
        tenant["currency"],
        tenant["role"],
        datetime.fromisoformat(opened) if opened else None,
    )


@contextmanager
def at_gate(gate: Gate, unknown: str = UNKNOWN) -> Iterator[Connection]:
    """A connection of this PC, which can do nothing but sign in; what goes wrong there is a sentence."""
    try:
        with gate.place.connect(gate.user, gate.password) as connection:
            yield connection
    except psycopg.errors.ConfigurationLimitExceeded as error:
        raise UserError(_limit(str(error))) from error
    except psycopg.errors.InvalidAuthorizationSpecification as error:
        raise SessionEnded("Your session was ended. Sign in again, or ask your administrator.") from error
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise SessionEnded(unknown) from error
        raise unreachable(gate.place, error) from error
    except psycopg.Error as error:
        if error.sqlstate == DENIED:
            raise Denied(error.diag.message_primary or str(error)) from error
        if error.sqlstate in (INVALID, CONFLICT):
            raise translate(error) from error
        raise


def _limit(said: str) -> str:
    if "devices" in said:
        return "You are signed in on five PCs already. Sign out on one of them first."
    return "Too many attempts from this PC. Wait a minute, then try again."


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()

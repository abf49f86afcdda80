"""Signing in: from the PC's gate to a session, and from a session to a database identity in one tenant."""

import hashlib
import json
import platform
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from ims_desktop.database.place import Place
from ims_desktop.database.proof import proof
from ims_desktop.domain.errors import Offline, UserError

REFUSED = {
    "BAD": "The login or the password is not right.",
    "LOCKED": "Too many wrong passwords. Wait 15 minutes, then try again.",
    "STALE": "Signing in took too long. Try again.",
}


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
    """A session: who, with which tenants, and the token that renews it."""

    person: str
    tenants: tuple[TenantChoice, ...]
    token: bytes = field(repr=False)


@dataclass(frozen=True)
class Identity:
    """The person as a database role in one tenant, until a moment."""

    place: Place
    tenant: TenantChoice
    role: str
    schema: str
    until: datetime
    password: str = field(repr=False)


def sign_in(gate: Gate, login: str, password: str) -> SignedIn:
    """Open a session; UserError says why not, and never whether the login exists."""
    with _gate(gate) as connection:
        row = connection.execute("SELECT attempt, salt, nonce FROM auth.hello(%s)", [login]).fetchone()
        attempt, salt, nonce = row or (None, "", b"")
        answer = proof(password, salt.encode(), nonce)
        connection.execute("SELECT auth.prove(%s, %s)", [attempt, answer])
        token = secrets.token_bytes(32)
        found = connection.execute(
            "SELECT status, person, tenants FROM auth.verify(%s, %s, %s)",
            [attempt, _digest(token), json.dumps({"computer": platform.node()[:100], "system": platform.system()})],
        ).fetchone()
    return _signed_in(found, token)


def resume(gate: Gate, token: bytes) -> SignedIn:
    """Open the session a PC remembers; its token is used up and replaced."""
    following = secrets.token_bytes(32)
    with _gate(gate) as connection:
        found = connection.execute(
            "SELECT status, person, tenants FROM auth.refresh(%s, %s)", [token, _digest(following)]
        ).fetchone()
    if found is None or found[0] != "GOOD":
        raise UserError("This PC no longer remembers you. Sign in with your password.")
    return _signed_in(found, following)


def open_tenant(gate: Gate, session: SignedIn, tenant: TenantChoice) -> Identity:
    """The person's own database role in a tenant, with a password made here and now."""
    password = secrets.token_urlsafe(32)
    with _gate(gate) as connection:
        verifier = connection.pgconn.encrypt_password(password.encode(), b"ims", b"scram-sha-256").decode()
        row = connection.execute(
            "SELECT role_name, schema_name, valid_until FROM auth.open_tenant(%s, %s, %s)",
            [session.token, tenant.id, verifier],
        ).fetchone()
    if row is None:
        raise UserError("The server did not open this restaurant group.")
    return Identity(gate.place, tenant, row[0], row[1], row[2], password)


def sign_out(gate: Gate, session: SignedIn) -> None:
    """End the session on the server."""
    with _gate(gate) as connection:
        connection.execute("SELECT auth.sign_out(%s)", [session.token])


def _signed_in(row: tuple[Any, ...] | None, token: bytes) -> SignedIn:
    status, person, tenants = row or ("STALE", None, None)
    if status != "GOOD":
        raise UserError(REFUSED[status])
    return SignedIn(person, tuple(_choice(tenant) for tenant in tenants), token)


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
def _gate(gate: Gate) -> Iterator[psycopg.Connection[Any]]:
    try:
        with gate.place.connect(gate.user, gate.password) as connection:
            yield connection
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise UserError("The server does not know this PC any more. Set it up again.") from error
        raise Offline(f"The server {gate.place.host} cannot be reached.") from error
    except psycopg.errors.ConfigurationLimitExceeded as error:
        raise UserError("Too many attempts from this PC. Wait a minute, then try again.") from error
    except psycopg.errors.InvalidAuthorizationSpecification as error:
        raise UserError("This session has ended. Sign in again.") from error


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()

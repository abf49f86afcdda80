"""The steps of signing in, one by one, as somebody hostile takes them."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg

from ims_desktop.database.proof import proof
from ims_desktop.database.sign_in import Gate
from tests.security.attack import Answer, Doing
from tests.security.ground import Ground, Line
from tests.tenants import PASSWORD

WRONG = "not-the-password"


def walk_in(gate: Gate) -> Line:
    """A connection through a PC's gate, with its stored credential."""
    line = gate.place.connect(gate.user, gate.password)
    line.prepare_threshold = None
    return line


def again(line: Line, **more: Any) -> Line:
    """Another connection like this one."""
    parameters: dict[str, Any] = {**line.info.get_parameters(), "password": line.info.password, **more}
    return psycopg.connect(**parameters, autocommit=True)


def hello(line: Line, login: str) -> tuple[UUID, str, bytes]:
    """The attempt, the salt and the nonce."""
    row = line.execute("SELECT attempt, salt, nonce FROM auth.hello(%s)", [login]).fetchone()
    assert row
    return row[0], row[1], row[2]


def prove(line: Line, login: str, password: str) -> UUID:
    """Deposit a guess; answers the attempt."""
    attempt, salt, nonce = hello(line, login)
    cheap = salt if password == PASSWORD else salt[:4] + "04" + salt[6:]  # a wrong guess need not be costly to be wrong
    line.execute("SELECT auth.prove(%s, %s)", [attempt, proof(password, cheap.encode(), nonce)])
    return attempt


def verify(line: Line, attempt: UUID, token: bytes | None = None) -> str:
    """What the server says to a deposited guess."""
    digest = hashlib.sha256(token or secrets.token_bytes(32)).digest()
    row = line.execute("SELECT status FROM auth.verify(%s, %s, '{}')", [attempt, digest]).fetchone()
    assert row
    return str(row[0])


def guess(line: Line, login: str, password: str = WRONG) -> str:
    """One guess, all three steps."""
    return verify(line, prove(line, login, password))


def session_of(line: Line, login: str) -> bytes:
    """A right sign-in; answers the token."""
    token = secrets.token_bytes(32)
    assert verify(line, prove(line, login, PASSWORD), token) == "GOOD"
    return token


def verifier(line: Line, password: str = "chosen") -> str:
    """The SCRAM verifier of a password."""
    return line.pgconn.encrypt_password(password.encode(), b"x", b"scram-sha-256").decode()


def opened(line: Line, token: bytes, tenant: str, scram: str | None) -> Any:
    """Open a tenant; answers role, schema and until when."""
    return line.execute(
        "SELECT role_name, schema_name, valid_until FROM auth.open_tenant(%s, %s, %s)", [token, tenant, scram]
    ).fetchone()


def refreshed(line: Line, token: bytes, following: bytes) -> str:
    """Exchange a token for the next one."""
    row = line.execute(
        "SELECT status FROM auth.refresh(%s, %s)", [token, hashlib.sha256(following).digest()]
    ).fetchone()
    assert row
    return str(row[0])


def passed_hash(stored: bytes, nonce: bytes) -> bytes:
    """The proof of somebody who has what the server keeps, and not the password."""
    signature = hmac.digest(hashlib.sha256(stored).digest(), nonce, "sha256")
    return bytes(a ^ b for a, b in zip(stored, signature, strict=True))


def at_a_new_gate(doing: Callable[[Ground, Line], Any]) -> Doing:
    """Something done at a PC nobody has guessed at yet; errors become answers, and so does what it gives back."""

    def done(ground: Ground, _who: str) -> Answer:
        with walk_in(ground.new_gate()) as line:
            try:
                found = doing(ground, line)
            except psycopg.Error as error:
                return Answer.of(error)
            return found if isinstance(found, Answer) else Answer.told(found)

    return done

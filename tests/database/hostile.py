"""A hostile client: it speaks to the sign-in functions by hand, with the secret of a PC and no manners."""

import secrets
from contextlib import suppress
from uuid import UUID

import psycopg

from ims_desktop.database.sign_in import Gate


class HostileClient:
    """One connection at a gate. `judged` counts the guesses the server looked at and gave away."""

    def __init__(self, gate: Gate) -> None:
        self.connection = gate.place.connect(gate.user, gate.password)
        self.judged: list[UUID] = []
        self.said: list[str] = []

    def deposit(self, login: str, purpose: str = "SIGN_IN") -> UUID:
        """hello and prove, both committed; the proof is any."""
        row = self.connection.execute("SELECT attempt FROM auth.hello(%s)", [login]).fetchone()
        assert row is not None
        attempt: UUID = row[0]
        self.connection.execute("SELECT auth.prove(%s, %s, %s)", [attempt, secrets.token_bytes(32), purpose])
        return attempt

    def verify(self, attempt: UUID) -> str:
        """What verify says, in whatever transaction is open."""
        row = self.connection.execute(
            "SELECT status FROM auth.verify(%s, %s, '{}')", [attempt, secrets.token_bytes(32)]
        ).fetchone()
        assert row is not None
        self.said.append(row[0])
        if row[0] in ("BAD", "GOOD"):
            self.judged.append(attempt)
        return str(row[0])

    def guess_and_roll_back(self, login: str, isolation: str = "READ COMMITTED") -> None:
        """One guess whose judgement is taken back."""
        attempt = self.deposit(login)
        self.connection.execute(f"BEGIN ISOLATION LEVEL {isolation}")
        try:
            self.verify(attempt)
        finally:
            with suppress(psycopg.Error):
                self.connection.execute("ROLLBACK")

    def close(self) -> None:
        """Go."""
        self.connection.close()

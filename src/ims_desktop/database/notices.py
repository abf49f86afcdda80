"""Tells other desks what changed, and hears what they changed: subject names on a channel of the tenant."""

import json
import secrets
from collections.abc import Callable, Iterable, Set
from typing import Any

import psycopg

from ims_desktop.database.sign_in import Identity

Heard = Callable[[Set[str]], None]


class Notices:
    """One listening connection. `listen` blocks until `close`; run it on a thread of its own."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._desk = secrets.token_hex(4)
        self._channel = f"t_{identity.tenant.id.hex}"
        self._connection: psycopg.Connection[Any] | None = None
        self._closed = False

    def listen(self, heard: Heard) -> None:
        """Call `heard` with the subjects of each notice of another desk; OperationalError when the line breaks."""
        place = self._identity.place
        with place.connect(self._identity.role, self._identity.password) as connection:
            self._connection = connection
            connection.execute(f'LISTEN "{self._channel}"')
            while not self._closed:
                for notice in connection.notifies(timeout=1.0):
                    desk, subjects = json.loads(notice.payload)
                    if desk != self._desk:
                        heard(frozenset(subjects))

    def close(self) -> None:
        """Let `listen` return within a second."""
        self._closed = True

    def statement(self, subjects: Iterable[str]) -> tuple[str, list[str]]:
        """What a desk sends after a commit."""
        return "SELECT pg_notify(%s, %s)", [self._channel, json.dumps([self._desk, sorted(subjects)])]

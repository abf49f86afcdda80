"""Tells other desks what changed, and hears what they changed: subject names on a channel of the tenant."""

import json
import secrets
import threading
from collections.abc import Callable, Iterable, Set
from typing import Any

import psycopg
from sqlalchemy import Connection

from ims_desktop.database.sign_in import Identity
from ims_desktop.domain.work import read

Heard = Callable[[Set[str]], None]
Connected = Callable[[bool], None]

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0


class Notices:
    """One listening connection on a thread of its own. It notices first when the server goes, and comes back by itself.

    `heard` gets the subjects other desks changed; `connected` is told whether the server answers. Both are called on
    the listening thread. An idle desk sends nothing here: it waits for the socket.
    """

    def __init__(self, identity: Identity, heard: Heard, connected: Connected) -> None:
        self._identity, self._heard, self._connected = identity, heard, connected
        self._desk = secrets.token_hex(4)
        self._channel = f"t_{identity.tenant.id.hex}"
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._keep_listening, name="notices", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening; returns when the thread has ended."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def renew(self, identity: Identity) -> None:
        """Use this identity from the next connection on."""
        self._identity = identity

    def tell(self, connection: Connection, subjects: Iterable[str]) -> None:
        """Tell the other desks; one statement, sent after the change itself is safe."""
        payload = json.dumps([self._desk, sorted(subjects)])
        connection.exec_driver_sql("SELECT pg_notify(%s, %s)", (self._channel, payload))

    def _keep_listening(self) -> None:
        pause = FIRST_PAUSE
        while not self._closing.is_set():
            try:
                place = self._identity.place
                with place.connect(self._identity.role, self._identity.password) as connection:
                    connection.execute(f'LISTEN "{self._channel}"')
                    self._connected(True)
                    pause = FIRST_PAUSE
                    self._listen(connection)
            except psycopg.Error:
                if self._closing.is_set():
                    return
                self._connected(False)
                self._closing.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _listen(self, connection: psycopg.Connection[Any]) -> None:
        while not self._closing.is_set():
            for notice in connection.notifies(timeout=0.25):
                desk, subjects = _read(notice.payload)
                if subjects and desk != self._desk:
                    self._heard(subjects)


def _read(payload: str) -> tuple[str, frozenset[str]]:
    """Who tells which subjects; nothing for what is not ours, since anybody on the server may write to any channel."""
    try:
        match json.loads(payload):
            case [str(desk), [*subjects]]:
                return desk, frozenset(subject for subject in subjects if isinstance(subject, str))
    except (ValueError, RecursionError):
        pass
    return "", frozenset()


def telling(notices: Notices) -> Callable[[Connection, Iterable[str]], None]:
    """The use case that tells the other desks; in the read lane, so that no change waits for it."""

    @read
    def tell(connection: Connection, subjects: Iterable[str]) -> None:
        notices.tell(connection, subjects)

    return tell

"""On the wire to a server far away: without TLS, with old TLS, and standing between desk and server.

Only a server that speaks TLS can be attacked like this. What the desk sends is what the product sends by default; the
control is a careless one, which shows that whoever stands between would have got what they wanted.
"""

import os
import secrets
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import psycopg
from psycopg import pq

from ims_desktop.database.place import Place
from tests.database.authority import new_authority
from tests.database.debian import HOST, TlsServer
from tests.security.attack import Answer, Attack, Doing, Try, answers, refused
from tests.security.between import (
    AUTHENTICATED,
    CLEAR_TEXT,
    MD5,
    Answering,
    asking,
    passing_on,
    standing_between,
    unbound,
)
from tests.security.ground import Ground

NOT_REACHED = "08001"
STOP = 80877102  # what a client says that wants a statement of another connection stopped
CARELESS: dict[str, Any] = {"ssl_mode": "prefer", "channel_binding": "disable"}
UNBOUND: dict[str, Any] = {"ssl_mode": "require", "channel_binding": "disable"}
PLAIN: dict[str, Any] = {"ssl_mode": "disable", "channel_binding": "prefer"}
ENVIRONMENT = {"PGSSLMODE": "disable", "PGCHANNELBINDING": "disable", "PGSSLROOTCERT": "/dev/null"}


def credentials(ground: Ground, who: str) -> tuple[Place, str, str]:
    """Where somebody connects, as whom, with which password."""
    if who == "operator":
        return ground.server.place, "ims_operator", ground.server.operator_password
    if who in ground.gates:
        return ground.gates[who].place, ground.gates[who].user, ground.gates[who].password
    one = ground.desks[who].identity
    return one.place, one.role, one.password


def tried(place: Place, user: str, password: str, **more: Any) -> Answer:
    """What comes of connecting: whether the line is encrypted, or why there is none."""
    try:
        with place.connect(user, password, **more) as line:
            return Answer.told("encrypted" if line.pgconn.ssl_in_use else "plain")
    except psycopg.OperationalError as error:
        return Answer(NOT_REACHED, str(error))


def coming(changed: dict[str, Any] | None = None, **more: Any) -> Doing:
    """Connecting with the stored credentials, and some things changed."""

    def do(ground: Ground, who: str) -> Answer:
        place, user, password = credentials(ground, who)
        return tried(replace(place, **(changed or {})), user, password, **more)

    return do


def met(answering: Answering, *, shown: str, host: str = HOST, desk: dict[str, Any] | None = None) -> Doing:
    """A desk that comes to somebody who stands between; `shown` is who signed the certificate they show."""

    def do(ground: Ground, who: str) -> Answer:
        place, user, password = credentials(ground, who)
        assert ground.tls
        with standing_between(ground.tls, _authority(ground.tls, shown), answering, host) as port:
            return tried(replace(place, port=port, **(desk or {})), user, password)

    return do


def _authority(tls: TlsServer, shown: str) -> Any:
    return {"": None, "true": tls.authority}[shown] if shown != "own" else new_authority(tls.folder, "between-own")


def led_astray(ground: Ground, who: str) -> Answer:
    """The environment of a PC says that TLS is not wanted; the product asks for it nevertheless."""
    with patch.dict(os.environ, ENVIRONMENT):
        return tried(*credentials(ground, who))


def obeying(ground: Ground, who: str) -> Answer:
    """A program that leaves it to the environment."""
    place, user, password = credentials(ground, who)
    left_open = {"sslmode", "channel_binding", "sslrootcert"}
    arguments = {name: value for name, value in place.arguments.items() if name not in left_open}
    with patch.dict(os.environ, ENVIRONMENT):
        try:
            psycopg.connect(**arguments, user=user, password=password).close()
        except psycopg.OperationalError as error:
            return Answer(NOT_REACHED, str(error))
    return Answer.told("in")


@contextmanager
def a_statement_of(ground: Ground, who: str, seconds: float) -> Iterator[tuple[pq.abc.PGconn, list[Answer]]]:
    """Somebody's statement that takes a while; what came of it is there afterwards."""
    place, user, password = credentials(ground, who)
    found: list[Answer] = []
    with place.connect(user, password) as line:

        def run() -> None:
            found.append(ground.send(line, f"SELECT 'done', pg_sleep({seconds})"))

        running = threading.Thread(target=run)
        running.start()
        yield line.pgconn, found
        running.join()


def stopped_by_its_key(ground: Ground, _who: str) -> Answer:
    """Who knows the key of a connection may stop its statement without signing in: this is the right key."""
    with a_statement_of(ground, "owner", 10) as (connection, found):
        while not found:
            connection.get_cancel().cancel()
    return Answer.told(found[0].state)


def stopped_by_a_guess(ground: Ground, _who: str) -> Answer:
    """The number of a connection is visible to everybody, and stopping needs no TLS; its key has to be guessed."""
    assert ground.tls
    with a_statement_of(ground, "owner", 0.5) as (connection, found):
        for key in (0, -1, *(secrets.randbelow(2**31) for _ in range(20))):
            with socket.create_connection(("127.0.0.1", ground.tls.running.address.port), 5) as line:
                line.sendall(struct.pack("!iiii", 16, STOP, connection.backend_pid, key))
                assert line.recv(1) == b""
    return Answer.told(found[0].rows is not None and found[0].rows[0][0])


ENCRYPTED = answers("encrypted")
GETS_IN = Try("counter", coming())
UNTRUSTED = refused(NOT_REACHED, saying="certificate verify failed")
NOT_BOUND = refused(NOT_REACHED, saying="channel binding")
CAUGHT = refused(NOT_REACHED, saying="caught")

ATTACKS = (
    Attack(
        "comes as a person without TLS",
        "counter",
        coming(PLAIN),
        refused(NOT_REACHED, saying="no encryption"),
        GETS_IN,
        works=ENCRYPTED,
    ),
    Attack(
        "comes as a PC without TLS",
        "gate",
        coming(PLAIN),
        refused(NOT_REACHED, saying="no encryption"),
        Try("gate", coming()),
        works=ENCRYPTED,
    ),
    Attack(
        "comes as the operator without TLS",
        "operator",
        coming(PLAIN),
        refused(NOT_REACHED, saying="no encryption"),
        Try("operator", coming()),
        works=ENCRYPTED,
    ),
    Attack(
        "asks for the log of changes without TLS",
        "counter",
        coming(PLAIN, replication="true"),
        refused(NOT_REACHED, saying="no encryption"),
        GETS_IN,
        works=ENCRYPTED,
    ),
    Attack(
        "speaks TLS of the last century",
        "counter",
        coming(ssl_min_protocol_version="TLSv1", ssl_max_protocol_version="TLSv1.1"),
        refused(NOT_REACHED, saying="SSL error"),
        Try("counter", coming(ssl_max_protocol_version="TLSv1.2")),
        works=ENCRYPTED,
    ),
    Attack(
        "enters a database that no line names",
        "counter",
        coming({"database": "postgres"}),
        refused(NOT_REACHED, saying="pg_hba.conf"),
        GETS_IN,
        works=ENCRYPTED,
    ),
    Attack(
        "comes by a name that is not in the certificate",
        "counter",
        coming({"host": "elsewhere.example.test"}),
        refused(NOT_REACHED, saying="does not match host name"),
        GETS_IN,
        works=ENCRYPTED,
    ),
    Attack(
        "has the environment of a PC say that TLS is not wanted",
        "counter",
        led_astray,
        ENCRYPTED,
        Try("counter", obeying),
        works=refused(NOT_REACHED, saying="no encryption"),
    ),
    Attack(
        "guesses the key that stops a statement",
        "counter",
        stopped_by_a_guess,
        answers("done"),
        Try("owner", stopped_by_its_key),
        works=answers("57014"),
    ),
    Attack(
        "stands between and denies TLS",
        "counter",
        met(passing_on(), shown=""),
        refused(NOT_REACHED, saying="does not support SSL"),
        Try("counter", met(passing_on(unbound), shown="", desk=CARELESS)),
        works=answers("plain"),
    ),
    Attack(
        "stands between and denies TLS to a PC that signs somebody in",
        "gate",
        met(passing_on(), shown=""),
        refused(NOT_REACHED, saying="does not support SSL"),
        Try("gate", met(passing_on(unbound), shown="", desk=CARELESS)),
        works=answers("plain"),
    ),
    Attack(
        "stands between with a certificate of its own",
        "counter",
        met(passing_on(), shown="own"),
        UNTRUSTED,
        Try("counter", met(passing_on(), shown="own", desk=CARELESS | {"ssl_root": ""})),
        works=ENCRYPTED,
    ),
    Attack(
        "stands between with a true certificate of another server",
        "counter",
        met(passing_on(), shown="true", host="elsewhere.example.test"),
        refused(NOT_REACHED, saying="does not match host name"),
        Try("counter", met(passing_on(), shown="true", host="elsewhere.example.test", desk=CARELESS)),
        works=ENCRYPTED,
    ),
    Attack(
        "stands between with a stolen authority",
        "counter",
        met(passing_on(), shown="true"),
        NOT_BOUND,
        Try("counter", met(passing_on(unbound), shown="true", desk=UNBOUND)),
        works=ENCRYPTED,
    ),
    Attack(
        "hides that the server can bind the sign-in to its certificate",
        "counter",
        met(passing_on(unbound), shown="true"),
        NOT_BOUND,
        Try("counter", met(passing_on(unbound), shown="true", desk=UNBOUND)),
        works=ENCRYPTED,
    ),
    Attack(
        "asks a desk for its password in clear text",
        "counter",
        met(asking(CLEAR_TEXT), shown="true"),
        NOT_BOUND,
        Try("counter", met(asking(CLEAR_TEXT), shown="true", desk=UNBOUND)),
        works=CAUGHT,
    ),
    Attack(
        "asks a desk for its password in an old form",
        "counter",
        met(asking(MD5, b"salt"), shown="true"),
        NOT_BOUND,
        Try("counter", met(asking(MD5, b"salt"), shown="true", desk=UNBOUND)),
        works=CAUGHT,
    ),
    Attack(
        "says that the password was right without asking",
        "counter",
        met(asking(AUTHENTICATED), shown="true"),
        NOT_BOUND,
        Try("counter", met(asking(AUTHENTICATED), shown="true", desk=UNBOUND)),
        works=CAUGHT,
    ),
)

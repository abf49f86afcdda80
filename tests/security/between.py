"""Somebody who stands between a desk and its server: answers the desk, and passes on what suits them."""

import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.database.authority import Authority
from tests.database.debian import HOST, TlsServer

ASKS_FOR_TLS = struct.pack("!ii", 8, 80877103)
PATIENCE = 10.0
AUTHENTICATED, CLEAR_TEXT, MD5, SCRAM = 0, 3, 5, 10
BOUND = b"SCRAM-SHA-256-PLUS\0"


@dataclass
class Heard:
    """What a desk gave away to whoever answered it."""

    said: bytes = b""
    problems: list[str] = field(default_factory=list)


Answering = Callable[[socket.socket, TlsServer, Heard], None]


@contextmanager
def standing_between(tls: TlsServer, shown: Authority | None, answering: Answering, host: str = HOST) -> Iterator[int]:
    """One connection of a desk is answered here; `shown` signs the certificate, None denies TLS. Gives the port."""
    heard = Heard()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(PATIENCE)
        one = threading.Thread(target=_answer, args=(listening, tls, _context(tls, shown, host), answering, heard))
        one.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            one.join(PATIENCE)
    assert not heard.problems, heard.problems


def _context(tls: TlsServer, shown: Authority | None, host: str) -> ssl.SSLContext | None:
    if shown is None:
        return None
    certificate, key = (Path(tls.folder / f"between.{kind}") for kind in ("crt", "key"))
    shown.sign(host, certificate, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def _answer(
    listening: socket.socket, tls: TlsServer, context: ssl.SSLContext | None, answering: Answering, heard: Heard
) -> None:
    try:
        line, _ = listening.accept()
        line.settimeout(PATIENCE)
        if line.recv(8) != ASKS_FOR_TLS:
            heard.problems.append("the desk did not ask for TLS first")
        line.sendall(b"S" if context else b"N")
        with context.wrap_socket(line, server_side=True) if context else line as desk:
            answering(desk, tls, heard)
    except (ssl.SSLError, ConnectionError):
        pass  # the desk has turned away
    except OSError as error:
        heard.problems.append(str(error))


def passing_on(offered: Callable[[bytes], bytes] = bytes) -> Answering:
    """Everything goes to the true server and back; the first thing it says may be changed on the way."""

    def answer(desk: socket.socket, tls: TlsServer, _heard: Heard) -> None:
        with _true_server(tls) as server, suppress(OSError):
            _carry(desk, server, offered)

    return answer


def unbound(said: bytes) -> bytes:
    """What the server offers, without the way that is tied to its certificate."""
    assert said[:1] == b"R"
    assert BOUND in said
    kept = said[5:].replace(BOUND, b"")
    return b"R" + struct.pack("!i", len(kept) + 4) + kept


def asking(kind: int, more: bytes = b"") -> Answering:
    """No server at all: asks for the password in its own way, or says that it was right."""

    def answer(desk: socket.socket, _tls: TlsServer, heard: Heard) -> None:
        desk.recv(4096)  # who wants in
        desk.sendall(b"R" + struct.pack("!ii", 8 + len(more), kind) + more)
        if kind == AUTHENTICATED:
            desk.sendall(b"Z" + struct.pack("!i", 5) + b"I")
        heard.said = desk.recv(4096)
        if heard.said[:1] in (b"p", b"Q", b"P"):  # a password, or a statement for who is believed
            desk.sendall(b"E" + _error("caught"))

    return answer


def _error(words: str) -> bytes:
    content = b"SFATAL\0VFATAL\0C28P01\0M" + words.encode() + b"\0\0"
    return struct.pack("!i", len(content) + 4) + content


@contextmanager
def _true_server(tls: TlsServer) -> Iterator[socket.socket]:
    context = ssl.create_default_context(cafile=str(tls.authority.file))
    with socket.create_connection(("127.0.0.1", tls.running.address.port), PATIENCE) as line:
        line.sendall(ASKS_FOR_TLS)
        assert line.recv(1) == b"S"
        with context.wrap_socket(line, server_hostname=HOST) as server:
            yield server


def _carry(desk: socket.socket, server: socket.socket, offered: Callable[[bytes], bytes]) -> None:
    """Both ways in one thread: two may not read and write one line of TLS at the same time."""
    ways = {desk: (server, bytes), server: (desk, offered)}
    while True:
        waiting: list[socket.socket] = [line for line in ways if isinstance(line, ssl.SSLSocket) and line.pending()]
        waiting = waiting or select.select(list(ways), [], [], PATIENCE)[0]
        if not waiting:
            return
        for source in waiting:
            target, change = ways[source]
            source.settimeout(0)
            try:
                said = source.recv(65536)
            except ssl.SSLWantReadError:  # a record of TLS itself
                continue
            finally:
                source.settimeout(PATIENCE)
            if not said:
                return
            target.sendall(change(said))
            ways[source] = target, bytes

"""A line between desk and server on which every turn from asking to answering is counted, and may be made long."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

PIECE = 1 << 16
QUIET = (b"X\x00\x00\x00\x04", b"H\x00\x00\x00\x04")  # goodbye, and "send what you have": neither has an answer


@dataclass
class _Conversation:
    """Who spoke last on one connection."""

    asked_last: bool = False


class CountingLine:
    """Passes bytes on. `trips` counts how often a desk began to ask; each time, `delay` seconds go by."""

    def __init__(self, host: str, port: int) -> None:
        self.trips = 0
        self.delay = 0.0
        self._server = (host, port)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._let_in, daemon=True).start()

    @property
    def port(self) -> int:
        """Where desks connect to."""
        return int(self._door.getsockname()[1])

    @contextmanager
    def away(self, seconds: float) -> Iterator[None]:
        """The server is this far away meanwhile, there and back."""
        self.delay = seconds
        try:
            yield
        finally:
            self.delay = 0.0

    def close(self) -> None:
        """End every conversation."""
        self._door.close()
        for end in self._open:
            end.close()

    def _let_in(self) -> None:
        while True:
            try:
                desk, _address = self._door.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            for end in (desk, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open += [desk, server]
            talk = _Conversation()
            for source, target, asks in ((desk, server, True), (server, desk, False)):
                threading.Thread(target=self._pass_on, args=(source, target, talk, asks), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, talk: _Conversation, asks: bool) -> None:
        try:
            while piece := source.recv(PIECE):
                if asks and not talk.asked_last and piece not in QUIET:
                    self.trips += 1
                    time.sleep(self.delay)
                talk.asked_last = asks
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return  # one side has gone; the other notices by itself

"""Somebody who stands between a desk and its server, and cuts the lines after so many bytes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ims_desktop.database.place import Place


class Cutting:
    """Passes everything on until the bytes are used up; then every line is cut, and the counting ends."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._left: int | None = None
        self._lock = threading.Lock()
        self._lines: set[socket.socket] = set()
        self.cuts = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, bytes_: int | None) -> None:
        """Cut all lines once this many bytes more have passed; None: never."""
        with self._lock:
            self._left = bytes_

    def close(self) -> None:
        """Stop standing there."""
        self._listening.close()
        self._cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                desk, _ = self._listening.accept()
                try:
                    server = socket.create_connection((self._place.host, self._place.port))
                except OSError:  # there is no server at the moment
                    desk.close()
                    continue
                with self._lock:
                    self._lines |= {desk, server}
                for source, target in ((desk, server), (server, desk)):
                    threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while said := source.recv(65536):
                with self._lock:
                    passing = said if self._left is None else said[: self._left]
                    if self._left is not None:
                        self._left -= len(passing)
                target.sendall(passing)
                if len(passing) < len(said):
                    self.cuts += 1
                    self._cut()
        for line in (source, target):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _cut(self) -> None:
        with self._lock:
            lines, self._lines, self._left = self._lines, set(), None
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()


@contextmanager
def cutting(place: Place) -> Iterator[Cutting]:
    """A proxy to a server."""
    proxy = Cutting(place)
    try:
        yield proxy
    finally:
        proxy.close()

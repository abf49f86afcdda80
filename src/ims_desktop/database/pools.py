"""The connections of one role: made when somebody asks for one, given back when nobody has asked for a while."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from ims_desktop.database.place import Place

SIZE = 4  # connections kept by one desk; what works in parallel there is two readers, one change and one to spare


def _as_it_is(engine: Engine) -> Engine:
    return engine


class Pool:
    """An engine that is there while it is used, and for `idle_timeout` seconds more."""

    def __init__(
        self, place: Place, user: str, password: str, size: int = SIZE, dress: Callable[[Engine], Engine] = _as_it_is
    ) -> None:
        self._dress = dress  # what is done to each new engine before it is used
        self._place, self._user, self._password, self._size = place, user, password, size
        self._engine: Engine | None = None
        self._timer: threading.Timer | None = None
        self._users, self._since, self._is_closed = 0, 0.0, False
        self._lock = threading.RLock()

    @property
    def engine(self) -> Engine:
        """The engine, made now when there is none."""
        with self._lock:
            if self._engine is None:
                self._engine = self._dress(self._place.engine(self._user, self._password, self._size))
            return self._engine

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Keep the engine for as long as the block lasts."""
        with self._lock:
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                self._since = time.monotonic()
                if self._is_closed and not self._users:
                    self._let_go()
                elif self._timer is None and not self._is_closed:
                    self._look_again(self._place.idle_timeout)

    def close(self) -> None:
        """Give every connection back; while some are in use, when the last of them is let go."""
        with self._lock:
            self._is_closed = True
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if not self._users:
                self._let_go()

    def _look_again(self, seconds: float) -> None:
        """One timer at most, and none for each use: it looks at the clock when it fires."""
        self._timer = threading.Timer(seconds, self._rest)
        self._timer.name, self._timer.daemon = "idle connections", True
        self._timer.start()

    def _rest(self) -> None:
        with self._lock:
            if self._timer is not threading.current_thread():
                return
            left = self._place.idle_timeout - (time.monotonic() - self._since)
            if self._users or left > 0:
                self._look_again(max(left, 1.0))
                return
            self._timer = None
            self._let_go()

    def _let_go(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

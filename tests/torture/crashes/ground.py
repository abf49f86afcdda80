"""A server as the product starts it, for killing: with every process that belongs to it, at once."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from ims_desktop.database.embedded import EmbeddedServer
from ims_desktop.database.embedded.home import Home
from ims_desktop.database.embedded.postmaster import running_postmaster
from ims_desktop.database.installation import install
from ims_desktop.database.place import Place
from tests.tenants import Server, enrol

PATIENCE = 30.0
UNFLUSHED = {"wal_writer_delay": "10s", "wal_writer_flush_after": "1GB", "bgwriter_lru_maxpages": "0"}
"""With these, what is not flushed at COMMIT stays in the server's own memory for a while, where a kill loses it."""


class Ground:
    """The server with the product's own settings, in a folder; `options` beside them."""

    def __init__(self, folder: Path, options: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._home = Home(folder / "server")
        self._running = EmbeddedServer(folder / "server", options=options)
        address = self._running.start()
        place = Place(address.host, address.port)
        operator = install(place, address.user, address.password) or ""
        self.server = Server(place, operator, address.user, address.password, enrol(place, operator))

    def kill(self) -> None:
        """End it as a power cut would, for all it can do about it."""
        postmaster = running_postmaster(self._home.cluster, self._home.settings)
        assert postmaster is not None, "there is no server to kill"
        tree = [postmaster, *postmaster.children(recursive=True)]
        for process in tree:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        limit = time.monotonic() + PATIENCE
        while any(map(_lives, tree)):
            assert time.monotonic() < limit, tree
            time.sleep(0.01)

    def restart(self) -> None:
        """Start it again, as the next program would."""
        address = self._running.start()
        assert address.port == self.server.place.port, "desks look for it where it was"

    def flush_late(self, is_late: bool) -> None:
        """Leave flushing to whoever commits, or take that back."""
        with self.server.root() as root:
            for name, value in UNFLUSHED.items():
                root.execute(f"ALTER SYSTEM SET {name} = '{value}'" if is_late else f"ALTER SYSTEM RESET {name}")
            root.execute("SELECT pg_reload_conf()")
            root.execute("CHECKPOINT")

    def close(self) -> None:
        """Stop it."""
        self._running.stop()


def _lives(process: psutil.Process) -> bool:
    """Not what is dead, and only waits to be noticed by its parent."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextmanager
def ground(options: Mapping[str, str] | None = None) -> Iterator[Ground]:
    """A server in a folder of its own, which the account it runs under may pass."""
    with TemporaryDirectory(prefix="ims-crashes-") as folder:
        Path(folder).chmod(0o755)
        made = Ground(Path(folder), options)
        try:
            yield made
        finally:
            made.close()

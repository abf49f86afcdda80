"""The servers that tests run on: one after the other, since hundreds of tenants make a catalog slow."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ims_desktop.database.embedded import EmbeddedServer
from ims_desktop.database.installation import install
from ims_desktop.database.place import Place
from tests.tenants import Server, enrol

# Nothing here outlives its test, and no test may hang on when the server happened to count its rows.
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
MOST_TENANTS = 30  # among so many more, making one takes a sixth longer; a new server costs as much as two


@contextmanager
def running_server(programs: Path | None = None) -> Iterator[Server]:
    """An installed server of these programs, with one enrolled PC; without them, of those the product brings."""
    with _folder() as home, _started(home, programs) as server:
        yield server


def installed(place: Place, superuser: str, password: str) -> Server:
    """The product on a server, with one enrolled PC."""
    operator = install(place, superuser, password) or ""
    return Server(place, operator, superuser, password, enrol(place, operator))


class Servers:
    """Gives the server of the moment; a worn one is stopped, and its folder goes with all others at the end.

    A file system looks at what was deleted just now before it makes a file, and a server makes thousands.
    """

    def __init__(self) -> None:
        self._folders, self._running = ExitStack(), ExitStack()
        self._server: Server | None = None

    def current(self) -> Server:
        """A server with room for more tenants; for a whole module, since this may stop the one given before."""
        if self._server is None or _tenants(self._server) >= MOST_TENANTS:
            self._running.close()
            self._server = self._running.enter_context(_started(self._folders.enter_context(_folder())))
        return self._server

    def close(self) -> None:
        """Stop the last, and remove what all have left."""
        self._running.close()
        self._folders.close()


@contextmanager
def _folder() -> Iterator[Path]:
    # Not pytest's own folder: that one is closed to the account a server runs under when the tests run as root.
    with tempfile.TemporaryDirectory(prefix="ims-test-") as home:
        Path(home).chmod(0o755)
        yield Path(home)


@contextmanager
def _started(home: Path, programs: Path | None = None) -> Iterator[Server]:
    with EmbeddedServer(home / "server", binaries=programs, options=UNSAFE_BUT_FAST) as running:
        address = running.address
        yield installed(Place(address.host, address.port), address.user, address.password)


def _tenants(server: Server) -> int:
    with server.root() as root:
        return int(root.execute("SELECT count(*) FROM public.tenants").fetchall()[0][0])

"""One ground a version of PostgreSQL, made when the first attack asks for it."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from ims_desktop.database.embedded import EmbeddedServer
from ims_desktop.database.embedded.programs import Programs, older_binaries
from ims_desktop.database.hardening import harden
from ims_desktop.database.installation import install
from ims_desktop.database.place import Place
from tests.conftest import UNSAFE_BUT_FAST
from tests.security.ground import Ground, grounds
from tests.tenants import Server, enrol

DEBIAN = Path("/usr/lib/postgresql/15/bin")
EMBEDDED = "18"
GroundOf = Callable[[str], Ground]


def older() -> dict[str, Path]:
    """The older versions at hand, by their major version."""
    found = [folder for folder in (older_binaries(), DEBIAN) if folder and (folder / "postgres").exists()]
    return {str(Programs(folder).major): folder for folder in found}


VERSIONS = (EMBEDDED, *older())


@pytest.fixture(scope="session")
def ground_of(server: Server) -> Iterator[GroundOf]:
    """The ground on a version, the same for every attack."""
    made: dict[str, Ground] = {}
    with ExitStack() as stack:

        def ground(version: str) -> Ground:
            if version not in made:
                at = server if version == EMBEDDED else stack.enter_context(_server_of(older()[version]))
                made[version] = stack.enter_context(grounds(at))
            return made[version]

        yield ground


@pytest.fixture(scope="session")
def hardened_ground() -> Iterator[Ground]:
    """A ground on a server whose superuser has hardened it."""
    with _server_of(None) as server:
        with server.root() as root:
            harden(root)
        with grounds(server) as ground:
            yield ground


@contextmanager
def _server_of(programs: Path | None) -> Iterator[Server]:
    """An installed server of these programs; without them, of those the product brings."""
    with tempfile.TemporaryDirectory(prefix="ims-test-") as home:
        Path(home).chmod(0o755)
        with EmbeddedServer(Path(home) / "server", binaries=programs, options=UNSAFE_BUT_FAST) as running:
            address = running.address
            place = Place(address.host, address.port)
            operator = install(place, address.user, address.password) or ""
            yield Server(place, operator, address.user, address.password, enrol(place, operator))

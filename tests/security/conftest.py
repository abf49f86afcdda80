"""One ground a version of PostgreSQL, made when the first attack asks for it."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ims_desktop.database.embedded import EmbeddedServer
from ims_desktop.database.embedded.programs import Programs, older_binaries
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
                at = server if version == EMBEDDED else stack.enter_context(_older_server(older()[version]))
                made[version] = stack.enter_context(grounds(at))
            return made[version]

        yield ground


class _older_server:
    """An installed server of older programs."""

    def __init__(self, programs: Path) -> None:
        self._stack = ExitStack()
        self._programs = programs

    def __enter__(self) -> Server:
        home = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="ims-test-")))
        home.chmod(0o755)
        running = self._stack.enter_context(
            EmbeddedServer(home / "server", binaries=self._programs, options=UNSAFE_BUT_FAST)
        )
        address = running.address
        place = Place(address.host, address.port)
        operator = install(place, address.user, address.password) or ""
        return Server(place, operator, address.user, address.password, enrol(place, operator))

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

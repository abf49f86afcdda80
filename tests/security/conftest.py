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
from ims_desktop.database.network import rules_for, tenants_of
from ims_desktop.database.place import Place
from tests.conftest import UNSAFE_BUT_FAST
from tests.database.debian import TlsServer, found_binaries, tls_server
from tests.security.ground import Ground, grounds
from tests.tenants import Server, enrol

EMBEDDED = "18"
GroundOf = Callable[[str], Ground]


def major(programs: Path | None) -> str:
    """The major version of these programs; nothing where there are none."""
    return str(Programs(programs).major) if programs else ""


OLDER = major(older_binaries())
DEBIAN = major(found_binaries())  # the only one that speaks TLS, so everybody reaches it as if it were far away
VERSIONS = tuple(version for version in (EMBEDDED, OLDER, DEBIAN) if version)


@pytest.fixture(scope="session")
def ground_of(server: Server) -> Iterator[GroundOf]:
    """The ground on a version, the same for every attack."""
    made: dict[str, Ground] = {}
    with ExitStack() as stack:

        def ground(version: str) -> Ground:
            if version not in made:
                made[version] = stack.enter_context(_ground(version, server))
            return made[version]

        yield ground


@contextmanager
def _ground(version: str, embedded: Server) -> Iterator[Ground]:
    """The ground on a version: far away on the one that speaks TLS, here on the others."""
    if version == EMBEDDED:
        with grounds(embedded) as ground:
            yield ground
    elif version == DEBIAN:
        with tls_server(UNSAFE_BUT_FAST) as tls:
            server = _installed(tls.far, tls.running.address.user, tls.running.address.password)
            with grounds(server, settle=lambda: _live_by_printed_rules(tls, server)) as ground:
                ground.tls = tls
                yield ground
    else:
        with _server_of(older_binaries()) as server, grounds(server) as ground:
            yield ground


def _live_by_printed_rules(tls: TlsServer, server: Server) -> None:
    """From now on the server has the lines that `ims-admin network` prints; this computer counts as far away."""
    with server.operator() as operator:
        rules = rules_for("ims", tenants_of(operator), int(DEBIAN), operators=["127.0.0.1/32"])
        printed = [str(rule) for rule in rules if rule.remark != "this computer"]
    tls.live_by("\n".join(["hostssl all postgres 127.0.0.1/32 scram-sha-256", *printed, ""]))


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
            yield _installed(Place(address.host, address.port), address.user, address.password)


def _installed(place: Place, superuser: str, password: str) -> Server:
    """The product on a server, with one enrolled PC."""
    operator = install(place, superuser, password) or ""
    return Server(place, operator, superuser, password, enrol(place, operator))

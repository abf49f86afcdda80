"""One ground a version of PostgreSQL, made when the first attack asks for it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from ims_desktop.database.embedded.programs import Programs, older_binaries
from ims_desktop.database.hardening import harden
from ims_desktop.database.network import rules_for, tenants_of
from tests.database.debian import TlsServer, found_binaries, tls_server
from tests.security.ground import Ground, grounds
from tests.servers import UNSAFE_BUT_FAST, installed, running_server
from tests.tenants import Server

EMBEDDED = "18"
GroundOf = Callable[[str], Ground]


def major(programs: Path | None) -> str:
    """The major version of these programs; nothing where there are none."""
    return str(Programs(programs).major) if programs else ""


OLDER = major(older_binaries())
DEBIAN = major(found_binaries())  # the only one that speaks TLS, so everybody reaches it as if it were far away
VERSIONS = tuple(version for version in (EMBEDDED, OLDER, DEBIAN) if version)


@pytest.fixture(scope="session")
def ground_of(lasting_server: Server) -> Iterator[GroundOf]:
    """The ground on a version, the same for every attack."""
    made: dict[str, Ground] = {}
    with ExitStack() as stack:

        def ground(version: str) -> Ground:
            if version not in made:
                made[version] = stack.enter_context(_ground(version, lasting_server))
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
            server = installed(tls.far, tls.running.address.user, tls.running.address.password)
            with grounds(server, settle=lambda: _live_by_printed_rules(tls, server)) as ground:
                ground.tls = tls
                yield ground
    else:
        with running_server(older_binaries()) as server, grounds(server) as ground:
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
    with running_server() as server:
        with server.root() as root:
            harden(root)
        with grounds(server) as ground:
            yield ground

"""One real PostgreSQL per test process, and tenants on it."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ims_desktop.database.embedded import EmbeddedServer
from ims_desktop.database.installation import install
from ims_desktop.database.place import Place
from tests.tenants import MakeTenant, Server, Tenant, enrol, new_tenant

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server of this test process, installed, with one enrolled PC."""
    # Not pytest's own folder: that one is closed to the account a server runs under when the tests run as root.
    with tempfile.TemporaryDirectory(prefix="ims-test-") as home:
        Path(home).chmod(0o755)
        with EmbeddedServer(Path(home) / "server", options=UNSAFE_BUT_FAST) as running:
            address = running.address
            place = Place(address.host, address.port)
            operator = install(place, address.user, address.password) or ""
            yield Server(place, operator, address.user, address.password, enrol(place, operator))


@pytest.fixture
def make_tenant(server: Server) -> Iterator[MakeTenant]:
    """Makes tenants of this test's own."""
    made: list[Tenant] = []

    def make(country: str = "US") -> Tenant:
        made.append(new_tenant(server, country))
        return made[-1]

    yield make
    for tenant in made:
        tenant.close()


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    """A fresh tenant."""
    return make_tenant()


@pytest.fixture(scope="module")
def shared_tenant(server: Server) -> Iterator[Tenant]:
    """A tenant for all tests of a module that do not disturb each other."""
    made = new_tenant(server)
    yield made
    made.close()

"""One real PostgreSQL per test process, tenants on it, and the patience that a busy computer needs."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ims_desktop.database.embedded import EmbeddedServer
from ims_desktop.database.installation import install
from ims_desktop.database.place import Place
from tests.distribution import ByFile
from tests.tenants import MakeTenant, Server, Tenant, enrol, new_tenant

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

PATIENCE_MS = 60_000  # waiting ends with what is waited for, so only a failure takes as long
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PatientBot(QtBot):
    """Waits as long as a computer with much to do may need."""

    def waitUntil(self, callback: Callable[[], Any], *, timeout: int = PATIENCE_MS) -> None:
        """Until something is so."""
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **more: Any) -> Any:
        """Until something is told."""
        return super().waitSignal(signal, timeout=timeout, **more)


@pytest.hookimpl(trylast=True)
def pytest_runtest_logfinish() -> None:
    """Let go of the windows a test closed: no event loop does, and every change of theme would dress them again."""
    if QApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Share the tests out by what they need."""
    return ByFile(config, log)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """The patient one."""
    return PatientBot(request)


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

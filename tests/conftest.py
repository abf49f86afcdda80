"""A real PostgreSQL for each test process, tenants on it, and the patience that a busy computer needs."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.distribution import ByFile
from tests.servers import Servers, running_server
from tests.tenants import MakeTenant, Server, Tenant, new_tenant

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

PATIENCE_MS = 60_000  # waiting ends with what is waited for, so only a failure takes as long


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
def servers() -> Iterator[Servers]:
    """The servers of this test process, one after the other."""
    made = Servers()
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(servers: Servers) -> Server:
    """The server of the moment, installed, with one enrolled PC; the next module may have another."""
    return servers.current()


@pytest.fixture(scope="session")
def lasting_server() -> Iterator[Server]:
    """A server for what several modules share."""
    with running_server() as made:
        yield made


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

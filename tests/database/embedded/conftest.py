"""Servers to try things on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ims_desktop.database.embedded import EmbeddedServer
from tests.database.embedded.ground import FAST, execute, new_folder, postmaster_pid


@pytest.fixture(scope="module")
def prepared() -> Iterator[Path]:
    with new_folder() as folder:
        with EmbeddedServer(folder, options=FAST) as server:
            execute(server.address, "CREATE TABLE kept (number int)")
        yield folder


@pytest.fixture
def folder(prepared: Path) -> Iterator[Path]:
    """A folder whose server has been initialised and is stopped, before and after."""
    assert not postmaster_pid(prepared)
    yield prepared
    assert not postmaster_pid(prepared), "the test left its server running"


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(folder, options=FAST) as running:
        yield running


@pytest.fixture
def empty() -> Iterator[Path]:
    with new_folder() as folder:
        yield folder

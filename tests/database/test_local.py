"""The product on the server of this computer: emptied for good, whatever roles left behind."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ims_desktop.database.local import LocalServer
from tests.servers import UNSAFE_BUT_FAST


@pytest.fixture
def local() -> Iterator[LocalServer]:
    with tempfile.TemporaryDirectory(prefix="ims-test-") as home:
        Path(home).chmod(0o755)
        yield LocalServer(Path(home) / "demo", UNSAFE_BUT_FAST)


def test_what_a_role_left_behind_does_not_keep_the_server_from_being_emptied(local: LocalServer) -> None:
    with local as access:
        gate = access.gate
        for database in ("postgres", "ims"):
            with psycopg.connect(
                host=gate.place.host, port=gate.place.port, user=gate.user, password=gate.password, dbname=database
            ) as line:
                line.execute("SELECT lo_create(0)")
        with access.operator() as operator:
            assert operator.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [gate.user]).fetchone() == (1,)
    local.reset()
    with local as access:
        assert access.gate.user != gate.user
        with access.operator() as operator:
            assert operator.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [gate.user]).fetchone() == (0,)

"""The product on the server of this computer: emptied for good, whatever roles left behind."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
import typer

from ims_desktop.admin import demo_commands
from ims_desktop.database.local import Access, LocalServer
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


def test_the_second_start_waits_for_the_sample_data_that_the_first_is_building(
    local: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, built, said = Event(), list[str](), list[str]()

    def tell(words: str) -> None:
        said.append(words)
        if "another start" in words:
            waits.set()

    def build(access: Access, _say: Callable[[str], None]) -> None:
        if not built:
            built.append("begun")
            second.start()
            assert waits.wait(60), "the second start did not say that it waits"
        with access.operator():  # still there: nobody emptied the server meanwhile
            built.append("done")

    monkeypatch.setattr(demo_commands, "LocalServer", lambda: LocalServer(local.data, UNSAFE_BUT_FAST))
    monkeypatch.setattr(demo_commands, "build_all", build)
    monkeypatch.setattr(demo_commands, "all_built", lambda _access: "done" in built)
    monkeypatch.setattr(typer, "echo", tell)
    second = Thread(target=demo_commands.demo_build)
    try:
        demo_commands.demo_build()
    finally:
        second.join(60)
    assert not second.is_alive()
    assert built == ["begun", "done"]
    assert sum("Sign in" in words for words in said) == 2

"""Connections are made when needed, limited, closed when idle, and keep the limits of time; all of it by settings."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection

from ims_desktop.database import place as places
from ims_desktop.database import profiles
from ims_desktop.database.place import Place
from ims_desktop.database.pools import Pool
from ims_desktop.database.settings import ServerSettings
from ims_desktop.database.transaction import TenantDatabase, opening
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.work import read
from tests.tenants import Server, Tenant


def desk_at(tenant: Tenant, **changed: Any) -> TenantDatabase:
    """A desk whose place has other limits."""
    identity = tenant.desk().identity
    desk = TenantDatabase(replace(identity, place=replace(identity.place, **changed)))
    tenant.desks.append(desk)
    return desk


def connections(tenant: Tenant, desk: TenantDatabase) -> int:
    with tenant.server.root() as root:
        [(count,)] = root.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [desk.identity.role]
        ).fetchall()
    return int(count)


def soon(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


@read
def limits(connection: Connection) -> list[str]:
    names = (
        "statement_timeout",
        "lock_timeout",
        "idle_in_transaction_session_timeout",
        "TimeZone",
        "synchronous_commit",
    )
    return [str(connection.exec_driver_sql(f"SHOW {name}").scalar_one()) for name in names]


@read
def sleep(connection: Connection, seconds: float) -> None:
    connection.exec_driver_sql("SELECT pg_sleep(%s)", (seconds,))


def test_connections_are_made_when_needed_and_closed_when_idle(tenant: Tenant) -> None:
    desk = desk_at(tenant, idle_timeout=1)
    assert connections(tenant, desk) == 0
    assert desk.run(opening).name == "Olive Owner"
    assert connections(tenant, desk) == 1
    soon(lambda: connections(tenant, desk) == 0)
    assert desk.run(opening).name == "Olive Owner"
    desk.close()
    soon(lambda: connections(tenant, desk) == 0)


def test_what_is_in_use_is_not_idle(tenant: Tenant) -> None:
    desk = desk_at(tenant, idle_timeout=1)
    desk.run(opening)
    desk.run(sleep, 2.5)
    assert desk.run(opening).name == "Olive Owner"


def test_there_are_no_more_than_allowed_and_whoever_waits_is_told(tenant: Tenant) -> None:
    desk = desk_at(tenant, max_connections=2, connect_timeout=1)
    refused: list[UserError] = []

    def busy() -> None:
        try:
            desk.run(sleep, 4)
        except UserError as error:
            refused.append(error)

    working = [threading.Thread(target=busy) for _ in range(3)]
    for thread in working:
        thread.start()
    soon(lambda: bool(refused))
    assert connections(tenant, desk) == 2
    for thread in working:
        thread.join()
    assert [error.text for error in refused] == ["All connections of this desk are busy. Try again in a moment."]
    assert desk.run(opening).name == "Olive Owner"


def test_every_connection_keeps_the_limits_of_time(tenant: Tenant) -> None:
    usual = ["1min", "20s", "1min", "UTC", "on"]
    assert desk_at(tenant).run(limits) == usual
    strict = desk_at(tenant, statement_timeout=1, lock_timeout=2, transaction_timeout=90)
    assert strict.run(limits) == ["1s", "2s", "90s", "UTC", "on"]
    with pytest.raises(UserError, match="was stopped"):
        strict.run(sleep, 5)
    with tenant.server.operator() as operator:
        row = operator.execute(
            "SELECT current_setting('statement_timeout'), current_setting('synchronous_commit')"
        ).fetchone()
    assert row == ("1min", "on")


def test_a_server_that_does_not_keep_them_is_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    ignored = places.KEEP.replace("set_config('statement_timeout', %s, false)", "(left(%s, 0) || '0')")
    assert ignored != places.KEEP
    monkeypatch.setattr(places, "KEEP", ignored)
    with pytest.raises(UserError, match="does not keep the limits of time"):
        server.root()


def test_a_role_that_was_given_other_limits_gets_ours(server: Server) -> None:
    with server.root() as root:
        root.execute("ALTER ROLE ims_operator SET statement_timeout = 0")
        try:
            with server.operator() as operator:
                assert operator.execute("SHOW statement_timeout").fetchone() == ("1min",)
        finally:
            root.execute("ALTER ROLE ims_operator RESET statement_timeout")


def test_a_pool_that_is_closed_while_used_gives_back_what_comes_back(server: Server) -> None:
    pool = Pool(replace(server.place, max_connections=1), server.superuser, server.superuser_password)
    with pool.in_use(), pool.engine.connect() as connection:
        backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        pool.close()
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    with server.root() as root:
        soon(lambda: root.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [backend]).fetchone() is None)


# ---- settings -----------------------------------------------------------------------------------------------------

NAMES = {
    "DB_HOST": ("db.example.com", "host", "db.example.com"),
    "DB_PORT": ("6432", "port", 6432),
    "DB_NAME": ("kitchens", "database", "kitchens"),
    "DB_SSL": ("require", "ssl_mode", "require"),
    "DB_SSL_ROOT": ("ca.crt", "ssl_root", "ca.crt"),
    "DB_CHANNEL_BINDING": ("prefer", "channel_binding", "prefer"),
    "DB_MAX_CONNECTIONS": ("7", "max_connections", 7),
    "DB_IDLE_TIMEOUT": ("30", "idle_timeout", 30),
    "DB_CONNECTION_TIMEOUT": ("3", "connect_timeout", 3),
    "DB_STATEMENT_TIMEOUT": ("90", "statement_timeout", 90),
    "DB_LOCK_TIMEOUT": ("5", "lock_timeout", 5),
    "DB_TRANSACTION_TIMEOUT": ("15", "transaction_timeout", 15),
}


@pytest.mark.parametrize("name", NAMES)
def test_each_setting_reaches_its_place(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    typed, field, value = NAMES[name]
    plain = ServerSettings(_env_file=None).place
    monkeypatch.setenv(name, typed)
    assert ServerSettings(_env_file=None).place == replace(plain, **{field: value})


@pytest.mark.parametrize("name", ["DATABASE_URL", "POSTGRES_URL"])
def test_a_url_wins_and_may_ask_for_tls(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_HOST", "elsewhere")
    monkeypatch.setenv("DB_SSL", "disable")
    monkeypatch.setenv(
        name, "postgresql://anna:p%40ss@db.example.com:6432/kitchens?sslmode=verify-ca&sslrootcert=ca.crt"
    )
    settings = ServerSettings(_env_file=None)
    assert (settings.user, settings.password) == ("anna", "p@ss")
    assert settings.place == replace(
        Place("db.example.com", 6432, "kitchens", "verify-ca", "ca.crt"), idle_timeout=settings.db_idle_timeout
    )


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://x/y", "must look like"),
        ("postgresql://", "must look like"),
        ("postgresql://host:port/x", "must look like"),
        ("postgresql://host/x?sslmode=off", "sslmode is one of"),
        ("postgresql://host/x?ssl=true&sslmode=require", "asks for ssl; it may ask for"),
    ],
)
def test_a_url_that_is_not_understood_is_refused(url: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(UserError, match=sentence):
        _ = ServerSettings(_env_file=None).place


def test_limits_of_zero_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DB_MAX_CONNECTIONS", "DB_IDLE_TIMEOUT", "DB_STATEMENT_TIMEOUT"):
        with monkeypatch.context() as patched:
            patched.setenv(name, "0")
            with pytest.raises(ValueError, match=name.lower()):
                ServerSettings(_env_file=None)


def test_a_connection_that_is_refused_is_not_left_open(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Any] = []
    made = psycopg.connect

    def kept(**named: Any) -> Any:
        closed.append(made(**named))
        return closed[-1]

    monkeypatch.setattr(psycopg, "connect", kept)
    monkeypatch.setattr(places, "KEEP", "SELECT %s = %s AND %s = %s AND %s <> %s")
    with pytest.raises(UserError):
        server.root()
    assert [connection.closed for connection in closed] == [True]


def test_a_profile_remembers_how_the_sign_in_is_tied(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(profiles, "folder", lambda: tmp_path)
    place = Place("db.example.com", channel_binding="prefer")
    profiles.keep(profiles.Profile("Behind a pooler", place, "g_1"))
    assert profiles.profiles()[0].place == place

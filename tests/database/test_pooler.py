"""Through pgbouncer in session mode a desk works as it does without: signing in, listening, posting."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Set
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from ims_desktop.database import tenant_life as life
from ims_desktop.database.embedded.account import server_account
from ims_desktop.database.notices import Notices, telling
from ims_desktop.database.place import Place
from ims_desktop.database.reaching import unreachable
from ims_desktop.database.scripts import MIGRATIONS
from ims_desktop.database.sign_in import Gate, open_tenant, sign_in, sign_out
from ims_desktop.database.transaction import TenantDatabase, opening
from ims_desktop.domain.errors import UserError
from tests.database.embedded.ground import new_folder
from tests.restaurant import receive, seed
from tests.tenants import PASSWORD, Server, Tenant

SECRET = "pooler-secret"
SETTINGS = """\
[databases]
{database} = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users.txt
auth_user = ims_pooler
auth_query = SELECT name, secret FROM pooler.verifier($1)
pool_mode = session
server_reset_query = DISCARD ALL
max_client_conn = 100
default_pool_size = 20
logfile = {folder}/pooler.log
"""


@pytest.fixture(scope="module")
def pooler(server: Server) -> Iterator[Place]:
    """The way to the server through pgbouncer."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        pytest.skip("pgbouncer is not installed (Debian: pgbouncer)")
    with server.root() as root:
        root.execute((MIGRATIONS / "shared" / "pooler.sql").read_text("utf-8").encode())
        root.execute(f"ALTER ROLE ims_pooler PASSWORD '{SECRET}'".encode())
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        own = reserved.getsockname()[1]
    place = server.place
    with new_folder() as folder:
        account = server_account(folder / "none")
        settings = SETTINGS.format(host=place.host, port=place.port, database=place.database, own=own, folder=folder)
        (folder / "pooler.ini").write_text(settings, "utf-8")
        (folder / "users.txt").write_text(f'"ims_pooler" "{SECRET}"\n', "utf-8")
        if account is not None:
            account.take_over(folder)
        running = subprocess.Popen(
            [program, "-q", str(folder / "pooler.ini")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **(account.popen_arguments() if account else {}),
        )
        try:
            wait_for(own, running, folder)
            yield replace(place, host="127.0.0.1", port=own)
        finally:
            running.terminate()
            running.wait()
    with server.root() as root:
        root.execute("DROP SCHEMA pooler CASCADE")
        root.execute(f"REVOKE ALL ON DATABASE {place.database} FROM ims_pooler".encode())
        root.execute("DROP ROLE ims_pooler")


def wait_for(port: int, running: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            log = folder / "pooler.log"
            assert running.poll() is None, log.read_text("utf-8") if log.exists() else "pgbouncer did not start"
            time.sleep(0.05)
        else:
            return
    pytest.fail("pgbouncer does not answer")


def gate_of(tenant: Tenant, place: Place) -> Gate:
    return replace(tenant.server.gate, place=place)


def desk_of(tenant: Tenant, place: Place) -> TenantDatabase:
    return tenant.desk(gate=gate_of(tenant, place))


def test_signing_in_opening_and_posting(tenant: Tenant, pooler: Place) -> None:
    restaurant = seed(tenant)
    desk = desk_of(tenant, pooler)
    assert desk.run(opening).name == "Olive Owner"
    receive(desk, restaurant, {"Flour": ("100.125", "1.12")})
    with tenant.as_root() as root:
        assert root.execute("SELECT count(*) FROM stock_movements").fetchone() == (1,)


def test_limits_of_time_hold_there_too_and_are_the_desk_s_own(tenant: Tenant, pooler: Place) -> None:
    identity = desk_of(tenant, pooler).identity
    with replace(pooler, statement_timeout=7).connect(identity.role, identity.password) as first:
        assert first.execute("SHOW statement_timeout").fetchone() == ("7s",)
    with pooler.connect(identity.role, identity.password) as second:
        assert second.execute("SHOW statement_timeout").fetchone() == ("1min",)
        assert second.execute("SHOW search_path").fetchone() == (f"{tenant.names.schema}, pg_catalog",)


def test_one_desk_hears_what_another_changed(tenant: Tenant, pooler: Place) -> None:
    here, there = desk_of(tenant, pooler), desk_of(tenant, pooler)
    heard: list[Set[str]] = []
    arrived, listening = threading.Event(), threading.Event()

    def hear(subjects: Set[str]) -> None:
        heard.append(subjects)
        arrived.set()

    ear = Notices(here.identity, hear, lambda answers: listening.set() if answers else None)
    mouth = Notices(there.identity, lambda _: None, lambda _: None)
    ear.start()
    assert listening.wait(20)
    there.run(telling(mouth), {"items", "stock"})
    assert arrived.wait(20)
    ear.close()
    assert heard == [{"items", "stock"}]


def test_a_renewed_lease_passes_and_an_ended_one_does_not(tenant: Tenant, pooler: Place) -> None:
    gate = gate_of(tenant, pooler)
    session = sign_in(gate, tenant.owner_login, PASSWORD)
    choice = session.tenants[0]
    first = open_tenant(gate, session, choice)
    second = open_tenant(gate, session, choice)
    assert (second.role, second.password) != (first.role, first.password)
    desk = TenantDatabase(second)
    assert desk.run(opening).name == "Olive Owner"
    desk.close()
    sign_out(gate, session)
    with pytest.raises(psycopg.OperationalError):
        pooler.connect(second.role, second.password).close()


def test_suspending_cuts_through_it(tenant: Tenant, pooler: Place) -> None:
    desk = desk_of(tenant, pooler)
    desk.run(opening)
    with tenant.server.operator() as operator:
        life.suspend(operator, tenant.id)
    with pytest.raises(UserError):
        desk.run(opening)


def test_nobody_but_gates_and_leases_passes(server: Server, pooler: Place) -> None:
    for user, password in ((server.superuser, server.superuser_password), ("ims_operator", server.operator_password)):
        with pytest.raises(psycopg.OperationalError) as refused:
            pooler.connect(user, password)
        assert unreachable(pooler, refused.value).text

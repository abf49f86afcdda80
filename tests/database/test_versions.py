"""The whole product on the older servers it promises to work on: 16, and 15 with a warning."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from ims_desktop.admin.verification import verify
from ims_desktop.database import tenant_life as life
from ims_desktop.database.archive import problems_of
from ims_desktop.database.backup import BACKUP, gaps, let_in, shut_out
from ims_desktop.database.embedded import EmbeddedServer, older_binaries
from ims_desktop.database.export import export_tenant
from ims_desktop.database.installation import install
from ims_desktop.database.migrations import Migrations
from ims_desktop.database.place import Place
from ims_desktop.database.sign_in import open_tenant, sign_in, sign_out
from ims_desktop.database.tenancy import create_gate, drop_gate
from ims_desktop.database.tenant_import import import_tenant
from ims_desktop.database.transaction import opening
from ims_desktop.domain.errors import UserError
from tests.admin.operating import admin_of
from tests.database.debian import debian_binaries
from tests.database.embedded.ground import new_folder
from tests.database.revisions import EXPAND, EXPAND_BACK, add_revision, copy_of_migrations
from tests.restaurant import receive, seed
from tests.servers import UNSAFE_BUT_FAST
from tests.tenants import PASSWORD, Server, enrol, new_tenant

LOUD = "WARNING: PostgreSQL 15 makes every role that may create roles nearly a superuser"


def programs_of(version: int) -> Path:
    folder = older_binaries() if version == 16 else debian_binaries()
    if folder is None:
        pytest.skip(f"the programs of PostgreSQL {version} are not installed")
    return folder


@contextmanager
def server_of(version: int) -> Iterator[Server]:
    programs = programs_of(version)
    with new_folder() as folder:
        folder.chmod(0o755)
        with EmbeddedServer(folder / "server", binaries=programs, options=UNSAFE_BUT_FAST) as running:
            address = running.address
            place = Place(address.host, address.port)
            operator = install(place, address.user, address.password) or ""
            server = Server(place, operator, address.user, address.password, enrol(place, operator))
            with server.root() as root:
                if root.info.server_version // 10000 != version:
                    pytest.skip(f"the distribution's PostgreSQL is not {version}")
            yield server


@pytest.fixture(scope="module", params=[16, 15])
def older(request: pytest.FixtureRequest) -> Iterator[Server]:
    with server_of(request.param) as server:
        yield server


def test_from_signing_in_to_the_books(older: Server) -> None:
    tenant = new_tenant(older)
    restaurant = seed(tenant)
    desk = tenant.desk()
    assert desk.run(opening).name == "Olive Owner"
    receive(desk, restaurant, {"Flour": ("100.125", "1.12")})
    assert tenant.desk(tenant.person("EMPLOYEE")).run(opening).role == "Counter"
    with older.operator() as operator:
        assert not list(verify(operator, tenant.names))
    gate = tenant.server.gate
    session = sign_in(gate, tenant.owner_login, PASSWORD)
    choice = session.tenants[0]
    for _ in range(3):  # a lease is renewed as well as made
        open_tenant(gate, session, choice)
    sign_out(gate, session)
    with pytest.raises(UserError):
        open_tenant(gate, session, choice)
    tenant.close()


def test_a_tenant_lives_and_leaves(older: Server, tmp_path: Path) -> None:
    tenant = new_tenant(older)
    desk = tenant.desk()
    desk.run(opening)
    with older.operator() as operator:
        life.suspend(operator, tenant.id)
        with pytest.raises(UserError):
            desk.run(opening)
        life.resume(operator, tenant.id)
        assert tenant.desk().run(opening).name == "Olive Owner"
        export_tenant(operator, tenant.id, tmp_path / "group.zip")
        assert problems_of(tmp_path / "group.zip") == []
        life.leave(operator, tenant.id, 0)
        life.delete(operator, tenant.id)
    with older.root() as root:
        for name in (tenant.names.group, tenant.names.issuer):
            assert root.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).fetchone() is None
    with older.operator() as operator:
        assert import_tenant(operator, tmp_path / "group.zip").known == (tenant.owner_login,)
        assert list(verify(operator, tenant.names)) == []
    assert tenant.desk().run(opening).name == "Olive Owner"
    tenant.close()


def test_a_backup_would_lack_nothing(older: Server) -> None:
    tenant = new_tenant(older)
    with older.operator() as operator:
        assert gaps(operator) == []
        password = let_in(operator)
        with older.place.connect(BACKUP, password) as line:
            row = line.execute(f'SELECT count(*) FROM "{tenant.names.schema}".members'.encode()).fetchone()
            assert row == (1,)
        shut_out(operator)
    with older.root() as root, root.transaction(force_rollback=True):
        root.execute(f'DROP POLICY reader ON "{tenant.names.schema}".members'.encode())
        assert len(gaps(root)) == 1


def test_tenants_move_up_and_down(older: Server, tmp_path: Path) -> None:
    new_tenant(older)
    home = copy_of_migrations(tmp_path)
    revision = add_revision(home, EXPAND, EXPAND_BACK)
    migrations = Migrations(older.place, older.operator_password, home=home)
    assert not [outcome for outcome in migrations.upgrade() if outcome.failure]
    assert {one.revision for one in migrations.versions() if one.tenant} == {revision}
    assert not [outcome for outcome in migrations.upgrade(to="0001") if outcome.failure]
    migrations.close()


def test_fifteen_is_warned_of_loudly_and_sixteen_is_not(
    older: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    admin = admin_of(older, monkeypatch, capsys)
    with older.root() as root:
        is_weak = root.info.server_version < 160000
    for command in (("doctor",), ("user", "list"), ("tenant", "list")):
        assert (LOUD in admin(*command)) == is_weak, command
    root_user = {"DB_USER": older.superuser, "DB_PASSWORD": older.superuser_password}
    assert (LOUD in admin("init", **root_user)) == is_weak


def test_a_gate_can_be_dropped(older: Server) -> None:
    with older.operator() as operator:
        name, password = create_gate(operator, "PC")
        with older.place.connect(name, password) as gate:
            assert gate.execute("SELECT 1").fetchone() == (1,)
        drop_gate(operator, name)
    with pytest.raises(psycopg.OperationalError):
        older.place.connect(name, password)

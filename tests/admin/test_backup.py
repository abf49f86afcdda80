"""A backup by its own role is whole, comes back to life elsewhere, and a table it would lack is named beforehand."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ims_desktop.admin.verification import verify
from ims_desktop.database.backup import BACKUP, gaps, shut_out
from ims_desktop.database.embedded import EmbeddedServer, wheel_binaries
from ims_desktop.database.embedded.programs import Programs
from ims_desktop.database.installation import install
from ims_desktop.database.place import Place
from ims_desktop.database.transaction import opening
from ims_desktop.domain.errors import UserError
from tests.admin.operating import Admin, admin_of
from tests.database.embedded.ground import new_folder
from tests.restaurant import receive, seed
from tests.servers import UNSAFE_BUT_FAST
from tests.tenants import Server, Tenant, enrol, new_tenant


@pytest.fixture(scope="module")
def group(server: Server) -> Iterator[Tenant]:
    """A group that has traded, in a database of its own."""
    place = replace(server.place, database=f"kept_{secrets.token_hex(4)}")
    install(place, server.superuser, server.superuser_password)
    made = new_tenant(replace(server, place=place, gate=enrol(place, server.operator_password)))
    receive(made.desk(), seed(made), {"Flour": ("100.125", "1.12"), "Butter": ("7.5", "9.80")})
    yield made
    made.close()
    with made.server.operator() as operator:
        shut_out(operator)  # the role is the whole server's, which other tests look at


@pytest.fixture
def admin(group: Tenant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Admin:
    monkeypatch.chdir(tmp_path)
    return admin_of(group.server, monkeypatch, capsys)


def url(place: Place, user: str, password: str, database: str = "") -> str:
    return f"postgresql://{user}:{password}@{place.host}:{place.port}/{database or place.database}"


def dump(group: Tenant, password: str, *options: str) -> str:
    way = url(group.server.place, BACKUP, password)
    return Programs(wheel_binaries()).run("pg_dump", "--enable-row-security", f"--dbname={way}", *options)


def let_in(admin: Admin) -> str:
    said = admin("backup-role").splitlines()
    assert said[0] == "A backup would lack nothing."
    assert "pg_dump --enable-row-security --format=custom" in said[-1]
    return said[2]


def everything(root: psycopg.Connection[Any]) -> dict[str, Any]:
    """Every table with its number of rows and a digest of them, and where every sequence goes on."""
    tables = root.execute(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p') AND (n.nspname = 'public' OR n.nspname LIKE 'tenant~_%' ESCAPE '~') ORDER BY 1"
    ).fetchall()
    found: dict[str, Any] = {
        table: root.execute(
            f"SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {table} t".encode()
        ).fetchall()
        for (table,) in tables
    }
    return found | dict(root.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1").fetchall())


def test_a_backup_comes_back_to_life_on_another_server(admin: Admin, group: Tenant, tmp_path: Path) -> None:
    old, programs = group.server, Programs(wheel_binaries())
    archive, roles = tmp_path / "ims.dump", tmp_path / "roles.sql"
    dump(group, let_in(admin), "--format=custom", "--no-large-objects", f"--file={archive}")
    way = url(old.place, old.superuser, old.superuser_password, "postgres")
    programs.run("pg_dumpall", "--roles-only", f"--dbname={way}", f"--file={roles}")
    with old.root() as root:
        before = everything(root)
    assert sum(counted[0][0] for table, counted in before.items() if "stock_movements" in table and "seq" not in table)
    with new_folder() as folder:
        folder.chmod(0o755)
        with EmbeddedServer(folder / "server", options=UNSAFE_BUT_FAST) as running:
            new = running.address
            there = replace(old.place, host=new.host, port=new.port)
            programs.run("psql", "-q", f"--dbname={url(there, new.user, new.password, 'postgres')}", f"--file={roles}")
            # The roles of the old server came with their passwords, the superuser's among them.
            again = replace(old, place=there, gate=replace(group.server.gate, place=there))
            way = url(there, old.superuser, old.superuser_password, "postgres")
            programs.run("pg_restore", "--create", "--exit-on-error", f"--dbname={way}", str(archive))
            with again.root() as root:
                assert everything(root) == before
            restored = Tenant(again, group.id, group.owner_login)
            with again.operator() as operator:
                assert list(verify(operator, group.names)) == []
                assert gaps(operator) == []
            assert restored.desk().run(opening).name == "Olive Owner"
            restored.close()


MUTANTS = {
    "no policy": ("DROP POLICY reader ON items", "items: no policy opens its rows"),
    "a policy for fewer": (
        "ALTER POLICY reader ON items USING (is_active)",
        "items: no policy opens its rows",
    ),
    "a policy that closes": (
        "CREATE POLICY narrow ON items AS RESTRICTIVE TO ims_reader USING (is_active)",
        "items: a restrictive policy closes some",
    ),
    "no grant": ("REVOKE SELECT ON items FROM ims_reader", "items: it is not readable"),
    "no number": ("REVOKE SELECT ON SEQUENCE postings_number_seq FROM ims_reader", "seq: its number is not readable"),
    "no schema": ("REVOKE USAGE ON SCHEMA {schema} FROM ims_reader", "items: its schema is not readable"),
    "a new table of a tenant": ("CREATE TABLE boards (id int)", "boards: it is not readable"),
    "a new global table": ("CREATE TABLE public.boards (id int)", "public.boards: it is not readable"),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_what_a_backup_would_lack_is_named(group: Tenant, mutant: str) -> None:
    change, named = MUTANTS[mutant]
    with group.as_root() as root, root.transaction(force_rollback=True):
        root.execute(change.format(schema=group.names.schema).encode())
        found = gaps(root)
        assert [gap for gap in found if named in gap], found
        assert mutant == "no schema" or len(found) == 1
    with group.as_root() as root:
        assert gaps(root) == []


def test_nobody_is_let_in_to_make_half_a_backup(admin: Admin, group: Tenant, tmp_path: Path) -> None:
    password = let_in(admin)
    rows = ("--data-only", f"--table={group.names.schema}.items")
    assert "DAI-0001" in dump(group, password, *rows)
    with group.as_root() as root:
        root.execute("DROP POLICY reader ON items")
        try:
            with pytest.raises(UserError, match="pg_dump"):  # what is left asks for rights, which a backup has not
                dump(group, password, *rows)
            for command in (("backup-role",), ("backup-role", "--check")):
                said = admin(*command, expect=1)
                assert f"{group.names.schema}.items: no policy opens its rows" in said
                assert "A backup would not be whole" in said
        finally:
            root.execute("CREATE POLICY reader ON items FOR SELECT TO ims_reader USING (true)")
    assert "would lack nothing" in admin("backup-role", "--check")


def test_who_makes_backups_changes_nothing_and_can_be_shut_out(admin: Admin, group: Tenant) -> None:
    password = let_in(admin)
    with group.server.place.connect(BACKUP, password) as line:
        for statement in ("DELETE FROM public.users", f'UPDATE "{group.names.schema}".items SET note = note'):
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                line.execute(statement.encode())
            line.execute("SET default_transaction_read_only = off")  # anybody may, so it is no lock
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                line.execute(statement.encode())
            line.execute("RESET default_transaction_read_only")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            line.execute("SET ROLE ims_owner")
    assert "shut out" in admin("backup-role", "--remove")
    with pytest.raises(psycopg.OperationalError):
        group.server.place.connect(BACKUP, password)

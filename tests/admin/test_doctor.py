"""The doctor names everything that should be put right, with what to do, and nothing on a healthy server."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ims_desktop.database import examination
from ims_desktop.database.backup import let_in, shut_out
from ims_desktop.database.examination import backup_faults, group_faults, server_faults
from ims_desktop.database.installation import install
from ims_desktop.database.key_recovery import begin_keys
from tests.admin.operating import admin_of
from tests.database.test_versions import server_of
from tests.tenants import Server, Tenant, enrol, new_tenant

Root = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def group(server: Server) -> Iterator[Tenant]:
    """The only group of its database, in good order."""
    place = replace(server.place, database=f"ward_{secrets.token_hex(4)}")
    install(place, server.superuser, server.superuser_password)
    made = new_tenant(replace(server, place=place, gate=enrol(place, server.operator_password)))
    with made.server.operator() as operator:
        begin_keys(operator, made.names)
    yield made
    made.close()


@contextmanager
def spoiled(group: Tenant, *statements: str) -> Iterator[Root]:
    """The superuser in a transaction in which something is not as it should be."""
    with group.as_root() as root, root.transaction(force_rollback=True):
        for statement in statements:
            root.execute(statement.encode())
        yield root


IN_GROUPS = {
    "another revision": (("UPDATE alembic_version SET version_num = '0000'",), "stand at another revision"),
    "no row security": (("ALTER TABLE items DISABLE ROW LEVEL SECURITY",), "tables without row security"),
    "not sealed": (
        (
            "SET LOCAL session_replication_role = replica",
            "UPDATE audit_log SET at = now() - interval '2 days' WHERE id = (SELECT max(id) FROM audit_log)",
        ),
        "was not sealed for 24 hours: run ims-admin seal",
    ),
    "no next month": (
        (
            "DO $$ BEGIN EXECUTE 'DROP TABLE audit_log_'"
            " || to_char(now() AT TIME ZONE 'UTC' + interval '1 month', 'YYYY_MM'); END $$",
        ),
        "for the next month: ims-admin seal makes it",
    ),
    "no key": (("DELETE FROM tenant_keys", "DELETE FROM key_versions"), "no key for contacts"),
}


@pytest.mark.parametrize("fault", IN_GROUPS)
def test_a_fault_in_a_group_is_named_once(group: Tenant, fault: str) -> None:
    statements, sentence = IN_GROUPS[fault]
    with spoiled(group, *statements) as root:
        [said] = group_faults(root)
        assert sentence in said
        assert said.startswith("Group ")
    with group.as_root() as root:
        assert list(group_faults(root)) == []


def test_many_groups_with_one_fault_are_counted(group: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(f"Group {n}", "0000", 0, False, False, False) for n in range(200)]
    monkeypatch.setattr(examination, "_groups", lambda _operator: rows)
    with group.as_root() as root:
        [said] = group_faults(root)
    assert said.startswith("Group 0, Group 1, Group 2 and 197 more: stand at another revision")


def test_a_backup_that_would_lack_a_table_is_a_fault(group: Tenant) -> None:
    with spoiled(group, "DROP POLICY reader ON items") as root:
        assert backup_faults(root) == [
            f"A backup would lack {group.names.schema}.items: no policy opens its rows,"
            " so they would be missing without a word."
        ]
    with group.as_root() as root:
        assert backup_faults(root) == []


def test_the_server_of_a_test_is_fast_and_not_safe(group: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    with group.server.operator() as operator:
        said = list(server_faults(operator))
        assert [fault.partition(" ")[0] for fault in said] == ["fsync", "full_page_writes"]
        major, minor = divmod(operator.info.server_version, 10_000)
        monkeypatch.setattr(examination, "MINORS", {major: minor + 1})
        monkeypatch.setattr(examination, "LOCKS", 2048)
        monkeypatch.setattr(examination, "MANY_GROUPS", 1)
        monkeypatch.setattr(examination, "CLOCKS_APART", -1)
        said = list(server_faults(operator))
    assert f"PostgreSQL {major}.{minor} has known holes in row security: install {major}.{minor + 1} or newer." in said
    assert [fault for fault in said if "max_locks_per_transaction is 1024, and a backup locks all" in fault]
    assert [fault for fault in said if "seconds apart" in fault]


def test_a_superuser_has_the_rules_looked_at_as_well(group: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "weaknesses", lambda _connection: ["Line 1 lets anybody in without a password."])
    with group.server.root() as root:
        assert "Line 1 lets anybody in without a password." in list(server_faults(root))


def test_the_command_says_it_all(
    group: Tenant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    admin = admin_of(group.server, monkeypatch, capsys)
    said = admin("doctor")
    assert "To put right: fsync is off" in said
    assert "Backups: ims-admin backup-role lets them in" in said
    assert "tenants: 1" in said
    admin("doctor", "--strict", expect=3)
    with group.server.operator() as operator:
        let_in(operator)
        assert "Backups: their role may sign in" in admin("doctor")
        shut_out(operator)
        monkeypatch.setattr(examination, "SETTINGS", {})
        assert "Nothing to put right." in admin("doctor", "--strict")


def test_a_database_that_is_not_prepared_is_said_so(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    bare = replace(server, place=replace(server.place, database="postgres"))
    assert "postgres is not prepared: run ims-admin init" in admin_of(bare, monkeypatch, capsys)("doctor")


def test_fifteen_is_to_be_put_right(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with server_of(15) as old:
        said = admin_of(old, monkeypatch, capsys)("doctor")
    assert "To put right: PostgreSQL 15 makes every role that may create roles nearly a superuser" in said

"""The log of sign-ins: whoever changes it is named, and whoever signs in seals it in passing."""

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ims_desktop.admin.verification import Head, read_heads, verify_sign_ins
from ims_desktop.admin.verification.seals import SIGN_INS, missing_heads
from ims_desktop.admin.verification.sign_ins import sign_in_findings
from ims_desktop.database.sealing import seal_sign_ins
from ims_desktop.database.sign_in import sign_in, sign_out
from tests.admin.operating import Admin, admin_of
from tests.admin.sealing import Root
from tests.tenants import PASSWORD, Server, Tenant, new_tenant

LAST = "(SELECT last FROM log_seals WHERE number = 2)"
REHASH = "UPDATE auth_log l SET row_hash = auth.log_hash(l) WHERE row_hash <> auth.log_hash(l);"
RECHAIN = """
    DO $$ DECLARE _s log_seals; _before bytea := ''; BEGIN
      FOR _s IN SELECT * FROM log_seals ORDER BY number LOOP
        SELECT r.count, r.root INTO _s.count, _s.root FROM auth.log_root(_s.first, _s.last) r;
        _s.previous := _before;
        _s.hash := auth.log_seal_hash(_s);
        _before := _s.hash;
        UPDATE log_seals SET count = _s.count, root = _s.root, previous = _s.previous, hash = _s.hash WHERE number = _s.number;
      END LOOP;
    END $$;
"""
BREAKS = {
    "a row is changed": (f"UPDATE auth_log SET who = 'x' WHERE id = {LAST}", {"sign-in row"}),
    "a row is changed and its hash made anew": (
        f"UPDATE auth_log SET who = 'x' WHERE id = {LAST};" + REHASH,
        {"sign-in seal"},
    ),
    "where somebody signed in is changed": (
        f"UPDATE auth_log SET ip_address = '192.0.2.7' WHERE id = {LAST};" + REHASH,
        {"sign-in seal"},
    ),
    "a row is deleted": (f"DELETE FROM auth_log WHERE id = {LAST}", {"sign-in seal"}),
    "two rows change places": (
        "UPDATE auth_log l SET (at, who, ip_address, event, detail, row_hash) ="
        " (SELECT o.at, o.who, o.ip_address, o.event, o.detail, o.row_hash FROM auth_log o"
        f" WHERE o.id = 2 * {LAST} - 1 - l.id) WHERE l.id IN ({LAST}, {LAST} - 1)",
        {"sign-in seal"},
    ),
    "a row that is not sealed yet is back-dated": (
        "SELECT auth.write_log('held up');"
        "UPDATE auth_log SET at = at - interval '40 days' WHERE id = (SELECT max(id) FROM auth_log);" + REHASH,
        {"time of sign-ins"},
    ),
    "a seal is changed": ("UPDATE log_seals SET count = count + 1 WHERE number = 2", {"sign-in seal", "sign-in chain"}),
    "a seal in the middle is taken out": ("DELETE FROM log_seals WHERE number = 2", {"sign-in chain", "exported seal"}),
    "the end is cut off": (
        f"DELETE FROM auth_log WHERE id > {LAST}; DELETE FROM log_seals WHERE number > 2",
        {"exported seal"},
    ),
    "a row is taken out and the whole chain made anew": (
        f"DELETE FROM auth_log WHERE id = {LAST} - 1;" + RECHAIN,
        {"exported seal"},
    ),
}


@pytest.fixture(scope="module")
def signed_in(server: Server) -> Iterator[Tenant]:
    """A server whose log of sign-ins has three seals at least, and rows that are not sealed yet."""
    tenant = new_tenant(server)
    seal_thrice(tenant)
    come_and_go(tenant)
    yield tenant
    tenant.close()


def seal_thrice(tenant: Tenant) -> None:
    """Three seals, each with rows of its own."""
    for _ in range(3):
        come_and_go(tenant)
        with tenant.server.operator() as operator:
            assert seal_sign_ins(operator) is not None


def come_and_go(tenant: Tenant) -> None:
    """Somebody signs in and out."""
    gate = tenant.server.gate
    sign_out(gate, sign_in(gate, tenant.owner_login, PASSWORD))


@pytest.mark.parametrize("deed", BREAKS)
def test_whoever_changes_the_log_of_sign_ins_is_named(signed_in: Tenant, deed: str) -> None:
    statement, named = BREAKS[deed]
    with signed_in.server.root() as root:
        assert after(root, statement) == named


def test_a_log_that_nobody_touched_agrees(signed_in: Tenant) -> None:
    with signed_in.server.root() as root:
        assert after(root, "SELECT 1") == set()
    with signed_in.server.operator() as operator:
        assert list(verify_sign_ins(operator)) == []


def after(root: Root, deed: str) -> set[str]:
    """The names of what is found after a deed of a superuser behind the triggers, who gets it taken back."""
    with root.transaction(force_rollback=True):
        root.execute("SET LOCAL search_path = public")
        seals = root.execute("SELECT number, encode(hash, 'hex'), sealed_at FROM log_seals").fetchall()
        heads = [Head(None, "", number, hashed, str(moment)) for number, hashed, moment in seals]
        assert len(heads) >= 3
        root.execute("SET LOCAL session_replication_role = replica")
        root.execute(deed.encode())
        return {finding.check for finding in (*sign_in_findings(root), *missing_heads(root, heads, SIGN_INS))}


@pytest.mark.parametrize("deed", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize(("table", "column"), [("auth_log", "event"), ("log_seals", "hash")])
def test_the_log_only_grows_also_for_the_owner_of_the_tables(
    server: Server, deed: str, table: str, column: str
) -> None:
    with server.root() as root:
        root.execute("SET ROLE ims_owner")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only grows"):
            root.execute(deed.format(f"public.{table}", column, column).encode())


def test_signing_in_seals_in_passing_but_not_all_the_time(server: Server, tenant: Tenant) -> None:
    with server.root() as root:
        with root.transaction():
            root.execute("SET LOCAL session_replication_role = replica")
            root.execute("DELETE FROM public.log_seals")
        for _ in range(3):
            come_and_go(tenant)
        assert count(root) == 1
    seal_thrice(tenant)


def count(root: Root) -> int:
    """How many seals there are."""
    [found] = root.execute("SELECT count(*) FROM public.log_seals").fetchone() or (0,)
    return int(found)


def test_nobody_waits_for_who_seals_and_sealing_waits_for_nobody(server: Server, tenant: Tenant) -> None:
    with server.root() as slow, server.operator() as operator:
        with slow.transaction():
            slow.execute("SELECT auth.seal_log()")  # holds the lock until it ends
            came: list[bool] = []
            other = threading.Thread(target=lambda: came.append(come_and_go(tenant) is None), daemon=True)
            other.start()
            other.join(60)
            assert came == [True]
        with slow.transaction():
            slow.execute("SELECT auth.write_log('held up')")
            come_and_go(tenant)
            found = seal_sign_ins(operator)
            assert found is not None
            assert found.waiting
        assert list(verify_sign_ins(operator)) == []


@pytest.fixture
def admin(server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Admin:
    return admin_of(server, monkeypatch, capsys)


def test_its_head_leaves_the_server_with_the_others(admin: Admin, tenant: Tenant, tmp_path: Path) -> None:
    come_and_go(tenant)
    file = tmp_path / "heads.jsonl"
    admin("seal", "--to", str(file))
    [head] = [head for head in read_heads(file) if head.tenant is None]
    with tenant.server.operator() as operator:
        assert list(verify_sign_ins(operator, read_heads(file))) == []
    with tenant.server.root() as root, root.transaction(force_rollback=True):
        root.execute("SET LOCAL session_replication_role = replica")
        root.execute("UPDATE public.log_seals SET hash = sha256('x') WHERE number = %s", [head.number])
        root.execute("SET LOCAL search_path = public")
        assert "exported seal" in {finding.check for finding in missing_heads(root, [head], SIGN_INS)}

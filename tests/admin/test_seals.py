"""Sealing: what is settled is sealed and nothing slips in below, and whoever changes what is sealed is named."""

import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Connection

from ims_desktop.admin.verification import Head, findings, read_heads, verify
from ims_desktop.admin.verification.seals import missing_heads
from ims_desktop.database.sealing import Seal, make_months, seal, seal_in_passing
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import UserError
from ims_desktop.features.keys import service as keys
from tests.admin.operating import Admin, admin_of
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import Server, Tenant, new_tenant

Root = psycopg.Connection[Any]

RENAME = "UPDATE items SET note = note || '.' WHERE name = 'Flour'"
ADD = "INSERT INTO categories (name) VALUES (gen_random_uuid()::text)"


def sealed(tenant: Tenant) -> Seal:
    with tenant.server.operator() as operator:
        made = seal(operator, tenant.names)
    assert made is not None
    return made


def send(desk: TenantDatabase, statement: str) -> None:
    desk.run(lambda connection: connection.exec_driver_sql(statement))


def fail(desk: TenantDatabase) -> None:
    """A change that is taken back leaves a gap in the numbers."""

    def change(connection: Connection) -> None:
        connection.exec_driver_sql(RENAME)
        raise UserError("Never mind.")

    with pytest.raises(UserError):
        desk.run(change)


def waste(desk: TenantDatabase, restaurant: Restaurant, note: str) -> None:
    statement = (
        "SELECT post_document(%s, %s::jsonb, ARRAY[%s]::uuid[], ARRAY[%s]::uuid[], ARRAY[-1]::numeric[],"
        " ARRAY[NULL]::numeric[], ARRAY[%s]::uuid[], ARRAY[%s]::text[], ARRAY[NULL]::numeric[], ARRAY[NULL]::text[])"
    )
    header = f'{{"kind": "WASTE", "site_id": "{restaurant.site}"}}'
    values = (restaurant.items["Flour"], restaurant.home("Flour"), restaurant.reasons["SPOILAGE"], note)
    desk.run(lambda connection: connection.exec_driver_sql(statement, (uuid4(), header, *values)).one())


# ---- what is sealed, and when -------------------------------------------------------------------------------------


def test_everything_settled_is_sealed_once_and_chained(tenant: Tenant) -> None:
    restaurant, desk = seed(tenant), tenant.desk()
    first = sealed(tenant)
    assert (first.number, first.waiting) == (1, False)
    assert first.rows > 20
    assert replace(sealed(tenant), rows=first.rows) == first
    receive(desk, restaurant, {"Flour": ("5", "1.10")})
    second = sealed(tenant)
    assert (second.number, second.rows) == (2, 2)
    with tenant.as_root() as root:
        previous = root.execute("SELECT encode(previous, 'hex') FROM seals WHERE number = 2").fetchone()
    assert previous == (first.hash,)


def test_a_number_in_use_by_an_open_transaction_is_not_sealed_over(tenant: Tenant) -> None:
    seed(tenant)
    sealed(tenant)
    desk = tenant.desk()
    with tenant.as_root() as slow:
        with slow.transaction():
            slow.execute(ADD)
            send(desk, RENAME)
            assert (sealed(tenant).rows, sealed(tenant).waiting) == (0, True)
        with slow.transaction():
            slow.execute(ADD)
            send(desk, RENAME)
            # What was marked while the first was open is settled, though there is never a moment without any.
            found = sealed(tenant)
            assert (found.rows, found.waiting) == (2, True)
    assert sealed(tenant).rows == 2
    assert list(books(tenant)) == []


def test_a_seal_wants_a_transaction_of_its_own_and_one_makes_it_at_a_time(tenant: Tenant) -> None:
    seed(tenant)
    with tenant.as_root() as one, tenant.server.operator() as operator:
        with pytest.raises(psycopg.Error, match="transaction of its own"):
            one.execute(f"{RENAME}; SELECT seal()".encode())
        with one.transaction():
            one.execute("SELECT seal()")
            assert seal(operator, tenant.names) is None


def test_a_desk_seals_in_passing_but_not_all_the_time(tenant: Tenant) -> None:
    seed(tenant)
    counter = tenant.desk(tenant.person("EMPLOYEE"))
    for _ in range(3):
        counter.run(seal_in_passing)
        send(tenant.desk(), RENAME)
    with tenant.as_root() as root:
        assert root.execute("SELECT count(*) FROM seals").fetchone() == (1,)


def test_nothing_slips_in_below_a_seal_while_desks_write(tenant: Tenant) -> None:
    """Transactions that hold numbers for a while, end in any order or are taken back, and seals made all the time."""
    seed(tenant)
    done, made = threading.Event(), list[Seal]()

    def write(mark: int) -> None:
        dice = random.Random(mark)
        with tenant.as_root() as root:
            for n in range(40):
                with root.transaction(force_rollback=dice.random() < 0.3):
                    if dice.random() < 0.5:
                        root.execute("SELECT pg_current_xact_id()")
                    root.execute("INSERT INTO categories (name) VALUES (%s)", [f"Category {mark}-{n}"])
                    root.execute("SELECT pg_sleep(%s)", [dice.random() / 100])

    def make_seals() -> None:
        with tenant.server.operator() as operator:
            while not done.is_set():
                found = seal(operator, tenant.names)
                if found is not None and found.rows:
                    made.append(found)

    writers = [threading.Thread(target=write, args=(mark,)) for mark in range(6)]
    sealer = threading.Thread(target=make_seals)
    for thread in (*writers, sealer):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    sealer.join()
    rest = sealed(tenant)
    assert not rest.waiting
    assert len({found.number for found in made}) > 5
    assert list(books(tenant)) == []
    with tenant.as_root() as root:
        sums = "SELECT sum(audit_count), (SELECT count(*) FROM audit_log), sum(posting_count) FROM seals"
        counted, there, postings = root.execute(sums).fetchone() or (0, 1, 1)
    assert (counted, postings) == (there, 0)


def books(tenant: Tenant) -> list[Any]:
    with tenant.server.operator() as operator:
        return list(verify(operator, tenant.names))


# ---- breaking what is sealed --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chain(server: Server) -> Iterator[Tenant]:
    """Three seals with postings, changes and a gap in each, the newest exported, and rows that are not sealed yet."""
    tenant = new_tenant(server)
    restaurant, desk = seed(tenant), tenant.desk()
    for n in range(3):
        receive(desk, restaurant, {"Flour": ("5", "1.10"), "Butter": ("2", "7.25")})
        waste(desk, restaurant, f"dropped {n}")
        send(desk, RENAME)
        fail(desk)
        send(desk, RENAME)
        sealed(tenant)
    send(desk, RENAME)
    waste(desk, restaurant, "not sealed yet")
    yield tenant
    tenant.close()


LAST = "(SELECT audit_to FROM seals WHERE number = 2)"
RESEAL_ROWS = "UPDATE audit_log l SET row_hash = audit_hash(l) WHERE row_hash <> audit_hash(l);"
RESEAL_POSTINGS = """
    UPDATE postings p SET lines_hash = (SELECT sha256(convert_to(string_agg(movement_line(m), E'\\n' ORDER BY m.id), 'UTF8'))
      FROM stock_movements m WHERE m.posting_id = p.id);
    UPDATE postings p SET row_hash = posting_hash(p, p.lines_hash);
"""
RESEAL_CHAIN = """
    DO $$ DECLARE _s seals; _before bytea := ''; BEGIN
      FOR _s IN SELECT * FROM seals ORDER BY number LOOP
        SELECT r.audit_count, r.posting_count, r.root INTO _s.audit_count, _s.posting_count, _s.root
          FROM seal_root(_s.audit_from, _s.audit_to, _s.posting_from, _s.posting_to) r;
        _s.previous := _before;
        _s.hash := seal_hash(_s);
        _before := _s.hash;
        DELETE FROM seals WHERE number = _s.number;
        INSERT INTO seals VALUES (_s.*);
      END LOOP;
    END $$;
"""
BREAKS = {
    "an audit row is changed and its hash made anew": (
        f"UPDATE audit_log SET record_id = 'x' WHERE id = (SELECT max(id) FROM audit_log WHERE id < {LAST} AND subject = 'items');"
        + RESEAL_ROWS,
        {"seal"},
    ),
    "an audit row inside is deleted": (
        f"DELETE FROM audit_log WHERE id = (SELECT max(id) FROM audit_log WHERE id < {LAST} AND subject = 'items')",
        {"seal"},
    ),
    "the audit row at the end of a seal is deleted": (f"DELETE FROM audit_log WHERE id = {LAST}", {"seal"}),
    "an audit row is put into a gap below a seal": (
        "INSERT INTO audit_log (id, at, role_name, subject, record_id, action, row_hash) OVERRIDING SYSTEM VALUE"
        " SELECT min(n), (SELECT at FROM audit_log WHERE id = 1), 'x', 'units', 'kg', 'DELETE', ''"
        f" FROM generate_series(1, {LAST}) n WHERE n NOT IN (SELECT id FROM audit_log);" + RESEAL_ROWS,
        {"seal"},
    ),
    "the note of a movement is changed and everything up to its posting made anew": (
        "UPDATE stock_movements SET note = 'sold' WHERE note = 'dropped 1';" + RESEAL_POSTINGS,
        {"seal"},
    ),
    "the reason of a movement is changed and nothing else": (
        "UPDATE stock_movements SET reason_id = (SELECT id FROM reason_codes WHERE code = 'THEFT') WHERE note = 'dropped 1'",
        {"document lines"},
    ),
    "two audit rows change places": (
        f"CREATE TEMP TABLE swapped ON COMMIT DROP AS SELECT * FROM audit_log WHERE id IN ({LAST}, {LAST} - 2);"
        "DELETE FROM audit_log WHERE id IN (SELECT id FROM swapped);"
        f"UPDATE swapped SET id = 2 * {LAST} - 2 - id; INSERT INTO audit_log OVERRIDING SYSTEM VALUE SELECT * FROM swapped",
        {"seal"},
    ),
    "a row that is not sealed yet is back-dated": (
        "UPDATE audit_log SET at = at - interval '40 days' WHERE id = (SELECT max(id) FROM audit_log WHERE subject = 'items');"
        + RESEAL_ROWS,
        {"time of audit rows"},
    ),
    "a document that is not sealed yet is back-dated": (
        "UPDATE postings SET posted_at = posted_at - interval '1 day' WHERE number = (SELECT max(number) FROM postings);"
        + RESEAL_POSTINGS,
        {"time of documents"},
    ),
    "a sealed row is back-dated": (
        f"UPDATE audit_log SET at = at - interval '1 day' WHERE id = {LAST};" + RESEAL_ROWS,
        {"seal", "time of audit rows"},
    ),
    "a sealed posting vanishes with its movements": (
        "DELETE FROM stock_movements WHERE note = 'dropped 1'; DELETE FROM postings p WHERE NOT EXISTS"
        " (SELECT FROM stock_movements m WHERE m.posting_id = p.id)",
        {"seal"},
    ),
    "a seal is changed": ("UPDATE seals SET audit_to = audit_to - 1 WHERE number = 2", {"seal chain"}),
    "a seal in the middle is taken out": ("DELETE FROM seals WHERE number = 2", {"seal chain"}),
    "the chain is cut off at its end": (
        "DELETE FROM audit_log WHERE id > " + LAST + "; DELETE FROM seals WHERE number > 2",
        {"exported seal"},
    ),
    "rows are changed and the whole chain is made anew": (
        "UPDATE stock_movements SET note = 'sold' WHERE note = 'dropped 1';" + RESEAL_POSTINGS + RESEAL_CHAIN,
        {"exported seal"},
    ),
}


@pytest.mark.parametrize("deed", BREAKS)
def test_whoever_breaks_a_seal_is_named(chain: Tenant, deed: str) -> None:
    statement, named = BREAKS[deed]
    with chain.as_root() as root:
        found = after(root, chain, statement)
    assert named <= found, found
    if "exported seal" in named:
        assert not found & {"seal", "seal chain", "document seal", "document lines", "audit seal"}


def test_unbroken_seals_agree_with_what_was_exported(chain: Tenant) -> None:
    with chain.as_root() as root:
        assert after(root, chain, "SELECT 1") == set()


def after(root: Root, tenant: Tenant, deed: str) -> set[str]:
    """The names of what is found after a deed of a superuser behind the triggers, who gets it taken back."""
    heads = [
        Head(tenant.id, "", number, hashed, str(moment))
        for number, hashed, moment in root.execute(
            "SELECT number, encode(hash, 'hex'), sealed_at FROM seals"
        ).fetchall()
    ]
    assert len(heads) == 3
    with root.transaction(force_rollback=True):
        root.execute("SET LOCAL session_replication_role = replica")
        root.execute(deed.encode())
        return {finding.check for finding in (*findings(root), *missing_heads(root, heads))}


def test_heads_are_kept_as_lines_of_json(tmp_path: Path) -> None:
    heads = [Head(uuid4(), "Trattoria “Anna”", n, "ab" * 32, str(datetime(2026, 11, n))) for n in (1, 2)]
    file = tmp_path / "heads.jsonl"
    file.write_text("\n".join(head.to_json() for head in heads) + "\n\n", "utf-8")
    assert read_heads(file) == heads
    file.write_text(heads[0].to_json() + '\n{"tenant": 7}\nnothing\n', "utf-8")
    with pytest.raises(UserError, match="2, 3"):
        read_heads(file)
    with pytest.raises(UserError, match="cannot be read"):
        read_heads(tmp_path / "nowhere")


# ---- the months of the audit log ----------------------------------------------------------------------------------


def test_a_new_tenant_has_this_month_and_the_next_three(tenant: Tenant) -> None:
    with tenant.server.operator() as operator:
        assert make_months(operator, tenant.names) == 0
    with tenant.as_root() as root:
        rows = root.execute("SELECT tableoid::regclass::text FROM audit_log").fetchall()
        months = root.execute(MONTHS).fetchall()
    assert len(months) == 4
    assert {name.rpartition(".")[2] for (name,) in rows} == {months[0][0]}
    assert all(kept for _name, kept in months)


MONTHS = """
    SELECT c.relname, c.relrowsecurity AND EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'append_only')
    FROM pg_class c WHERE c.relnamespace = (current_schemas(false))[1]::regnamespace AND c.relname ~ '^audit_log_[0-9]' AND c.relkind = 'r'
    ORDER BY 1
"""


def test_a_month_that_began_in_the_rest_stays_there(tenant: Tenant) -> None:
    seed(tenant)
    with tenant.as_root() as root:
        [(month, *_), *_] = root.execute(MONTHS).fetchall()
        with root.transaction():
            root.execute("SET LOCAL session_replication_role = replica")
            root.execute(f"ALTER TABLE audit_log DETACH PARTITION {month}")
            root.execute(f"INSERT INTO audit_log OVERRIDING SYSTEM VALUE SELECT * FROM {month}")
            root.execute(f"DROP TABLE {month}")
        with tenant.server.operator() as operator:
            assert make_months(operator, tenant.names) == 0
        root.execute("SELECT make_audit_months(5)")
        assert len(root.execute(MONTHS).fetchall()) == 5
    assert sealed(tenant).rows > 20
    assert books(tenant) == []


@pytest.mark.parametrize("deed", ["UPDATE {} SET action = 'POST'", "DELETE FROM {}", "TRUNCATE {}"])
def test_a_month_only_grows_also_for_the_owner_of_the_tables(tenant: Tenant, deed: str) -> None:
    with tenant.as_root() as root:
        [(month, *_), *_] = root.execute(MONTHS).fetchall()
        root.execute("SET ROLE ims_owner")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only grows"):
            root.execute(deed.format(month).encode())


def test_a_month_is_no_way_around_the_policies(tenant: Tenant) -> None:
    with tenant.as_root() as root:
        [(month, *_), *_] = root.execute(MONTHS).fetchall()
    with pytest.raises(UserError, match="do not allow"):
        send(tenant.desk(), f"SELECT count(*) FROM {month}")


# ---- as an operator types it --------------------------------------------------------------------------------------


@pytest.fixture
def admin(server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Admin:
    return admin_of(server, monkeypatch, capsys)


def test_seals_leave_the_server_and_tell_what_was_done_there(admin: Admin, tenant: Tenant, tmp_path: Path) -> None:
    seed(tenant)
    only, file = ("--tenant", str(tenant.id)), tmp_path / "heads.jsonl"
    assert "nothing is sealed yet" in admin("verify", *only)
    assert "1 seals were added" in admin("seal", *only, "--to", str(file))
    [head] = read_heads(file)
    assert (head.tenant, head.number) == (tenant.id, 1)
    assert head.hash in admin("seal", *only)
    assert "(seal 1 of" in admin("verify", *only, "--heads", str(file))
    with tenant.as_root() as root, root.transaction():
        root.execute("SET LOCAL session_replication_role = replica")
        root.execute("DELETE FROM seals")
    assert "Everything agrees" in admin("verify", *only)
    assert "exported seal: seal 1 of" in admin("verify", *only, "--heads", str(file), expect=3)
    assert "cannot be read" in admin("verify", "--heads", str(tmp_path / "none"), expect=1)
    assert "cannot be written" in admin("seal", *only, "--to", str(tmp_path / "no" / "where"), expect=1)
    file.write_text(replace(head, tenant=uuid4(), name="Gone & Sons").to_json(), "utf-8")
    assert "Gone & Sons" in admin("verify", "--heads", str(file), expect=3)


def test_migrate_and_seal_keep_the_months_coming(admin: Admin, tenant: Tenant) -> None:
    with tenant.as_root() as root:
        for words in (("migrate", "--only", name_of(tenant)), ("seal", "--tenant", str(tenant.id))):
            [*_, (last, _kept)] = root.execute(MONTHS).fetchall()
            root.execute(f"DROP TABLE {last}")
            admin(*words)
            assert len(root.execute(MONTHS).fetchall()) == 4


def name_of(tenant: Tenant) -> str:
    with tenant.server.root() as root:
        [name] = root.execute("SELECT name FROM public.tenants WHERE id = %s", [tenant.id]).fetchone() or [""]
    return str(name)


def test_a_key_is_made_printed_and_recovered(admin: Admin, tenant: Tenant) -> None:
    name, desk = name_of(tenant), tenant.desk()
    code = admin("tenant", "key", name).splitlines()[-1]
    assert "has a key already" in admin("tenant", "key", name, expect=1)
    assert "No PC asks" in admin("tenant", "key", name, "--recovery-code", IMS_RECOVERY_CODE=code)
    assert not desk.run(keys.ask)
    assert "not the recovery code" in admin(
        "tenant", "key", name, "--recovery-code", expect=1, IMS_RECOVERY_CODE="AAAA"
    )
    assert "can now open" in admin("tenant", "key", name, "--recovery-code", IMS_RECOVERY_CODE=code)
    assert desk.run(keys.ask)
    newer = admin("tenant", "key", name, "--new-code", IMS_RECOVERY_CODE=code).splitlines()[-1]
    assert newer != code

"""Whoever changes what is sealed is named."""

from collections.abc import Iterator

import pytest

from tests.admin.sealing import RENAME, after, fail, sealed, send, waste
from tests.restaurant import receive, seed
from tests.tenants import Server, Tenant, new_tenant


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

"""What is kept beside the ledger, changed by hand: entries of counts, receipts of transfers, what was to be made, changes of prices, lots."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from ims_desktop.admin.verification import verify
from tests.admin.test_verification import after
from tests.features.counts.conftest import enter, entry, review_and_post, start
from tests.features.stock.conftest import Bench
from tests.tenants import Server, new_tenant

SEND = "SELECT post_document(%s, %s, %s, %s, '{-5}', NULL, NULL, NULL, NULL, NULL)"
RECEIVE = (
    "SELECT receive_transfer(gen_random_uuid(), %s, ARRAY(SELECT id FROM transfer_lines), '{2}', %s, '{MISSING}',"
    " ARRAY(SELECT id FROM reason_codes WHERE 'ADJUSTMENT' = ANY (kinds) AND is_active LIMIT 1), '')"
)
SENT = "00000000-0000-4000-8000-00000000000b"
REPACK = "SELECT post_document(gen_random_uuid(), %s, %s, %s, '{-2,1}', NULL, NULL, NULL, NULL, NULL)"
ENTRY = "(SELECT min(id) FROM count_entries)"
FAULTS = {
    "entries of counts": (
        f"UPDATE count_entries SET quantity = quantity - 1 WHERE id = {ENTRY}",
        "UPDATE count_entries SET entered_by = (SELECT id FROM members WHERE id <> entered_by LIMIT 1)",
        f"UPDATE count_entries SET counted_at = counted_at - interval '1 hour' WHERE id = {ENTRY}",
        f"DELETE FROM count_entries WHERE id = {ENTRY}",
        "DELETE FROM count_entries",
        "INSERT INTO count_entries (key, sheet_id, location_id, item_id, site_id, quantity, unit, counted_at, entered_by,"
        " entered_at) SELECT gen_random_uuid(), sheet_id, location_id, item_id, site_id, 1, unit, counted_at, entered_by, now()"
        " FROM count_entries LIMIT 1",
    ),
    "audit of count_sheets": (
        "UPDATE count_sheets SET tolerance_percent = 100",
        "UPDATE count_sheets SET ended_by = (SELECT id FROM members WHERE id <> started_by LIMIT 1)",
    ),
    "receipts of transfers": (
        "UPDATE transfer_receipts SET what = 'BACK' WHERE what = 'MISSING'",
        "UPDATE transfer_receipts SET received_by = (SELECT id FROM members WHERE id <> received_by LIMIT 1)",
        "UPDATE transfer_receipts SET received_at = received_at - interval '2 hours'",
        "DELETE FROM transfer_receipts WHERE what = 'WRITTEN_OFF'",
        "INSERT INTO transfer_receipts SELECT id, id, id, 'ARRIVED', posted_by, posted_at FROM postings"
        " WHERE kind = 'DELIVERY' LIMIT 1",
    ),
    "productions": (
        "UPDATE productions SET expected = '{1,2}'",
        "UPDATE productions SET reason_id = NULL",
        "UPDATE productions SET site_id = (SELECT id FROM sites s WHERE s.id <> productions.site_id LIMIT 1)",
        "DELETE FROM productions",
        "INSERT INTO productions SELECT id, site_id, NULL, '{1}', NULL FROM postings WHERE kind = 'DELIVERY' LIMIT 1",
    ),
    "document lines": ("UPDATE price_changes SET amount = amount * 2 WHERE amount < 0", "DELETE FROM price_changes"),
    "document seal": ("UPDATE postings SET reverses_id = NULL WHERE kind = 'PRICE'",),
    "lots of documents": (
        "UPDATE movement_lots x SET lot_id = (SELECT min(id::text)::uuid FROM lots WHERE id <> x.lot_id)",
        "DELETE FROM movement_lots",
        "UPDATE movement_lots SET posting_id = (SELECT id FROM postings WHERE kind = 'COUNT' LIMIT 1)",
    ),
    "audit of lots": (
        "UPDATE lots SET expires_on = '2999-12-31'",
        "UPDATE lots SET arrived_at = arrived_at + interval '1 day'",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def books(server: Server) -> Iterator[Bench]:
    """Something was counted, sent and partly lost, charged otherwise and back, and two lots of butter came."""
    tenant = new_tenant(server)
    with tenant.as_root() as root:
        bench = Bench(tenant, root)
        root.execute("UPDATE items SET tracks_lots = 'LOT' WHERE name = 'Butter'")
        tenant.person("EMPLOYEE")
        trade(bench)
        yield bench
    tenant.close()


def trade(bench: Bench) -> None:
    made = bench.restaurant
    delivered = bench.receive("Flour", 50, 2)
    bench.receive("Butter", 5, 7, at=datetime.now(UTC) - timedelta(days=3))
    bench.receive("Butter", 5, 7)
    sheet = start(bench)
    enter(bench, sheet, entry(bench, "Flour", "40"))
    enter(bench, sheet, entry(bench, "Butter", "4"), entry(bench, "Flour", "8"))
    review_and_post(bench, sheet)
    header = Jsonb({"kind": "TRANSFER_OUT", "site_id": str(made.site), "to_site_id": str(made.sites["Harbour"])})
    moved = bench.movements(delivered.id)[0].id
    lost = {"version_id": None, "expected": ["1", None], "reason_id": str(made.reasons["SPOILAGE"])}
    repacked = Jsonb({"kind": "PRODUCTION", "site_id": str(made.site), "production": lost})
    for statement, values in (
        (SEND, (SENT, header, [made.items["Flour"]], [made.home("Flour")])),
        (RECEIVE, (SENT, [made.home("Flour", "Harbour")])),
        (REPACK, (repacked, [made.items["Flour"], made.items["Mozzarella"]], [made.home("Flour"), made.home("Mozzarella")])),
        ("SELECT change_prices(gen_random_uuid(), %s, %s, '{90}', NULL, NULL)",
         (Jsonb({"kind": "PRICE", "site_id": str(made.site)}), [moved])),
        ("SELECT undo_prices(gen_random_uuid(), (SELECT id FROM postings WHERE kind = 'PRICE'), 'Wrong line')", ()),
    ):  # fmt: skip
        said(bench, statement, values)


def said(bench: Bench, statement: str, values: tuple[Any, ...] = ()) -> None:
    """Send it as the owner does."""
    bench.desk.run(lambda connection: connection.exec_driver_sql(statement, values))


def test_sound_books_agree_in_every_time_zone(books: Bench) -> None:
    """Whoever sets another clock does not make the books look as if somebody had been at them."""
    for where in ("Asia/Tokyo", "America/New_York"):
        said(books, f"SET LOCAL timezone = '{where}'; UPDATE items SET note = note || '.' WHERE name = 'Flour'")
    with books.tenant.server.operator() as operator:
        operator.execute("SET timezone = 'Pacific/Auckland'")
        assert list(verify(operator, books.tenant.names)) == []


@pytest.mark.parametrize(("check", "fault"), [(check, one) for check, some in FAULTS.items() for one in some])
def test_a_planted_fault_is_named(books: Bench, check: str, fault: str) -> None:
    assert check in {finding.check for finding in after(books.root, fault)}

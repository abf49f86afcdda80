"""How the server answers on a ledger that has grown: by index, and asking for rights once a statement."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from ims_desktop.domain import listing
from ims_desktop.domain.listing import Filter, ListQuery
from ims_desktop.domain.work import read
from ims_desktop.features.stock import service
from tests.features.stock.conftest import Bench
from tests.tenants import Tenant

MOVEMENTS, ITEMS = 60_000, 2_000
RIGHTS = ("scope(", "can(", "me(", "grants_of(")

# Planted past the ledger's functions: only the plans matter here, and they need many rows.
GROW = f"""
    SET session_replication_role = replica;
    INSERT INTO items (sku, name, category_id, base_unit)
      SELECT 'GEN-' || n, 'Generated ' || n, (SELECT id FROM categories LIMIT 1), 'kg'
      FROM generate_series(1, {ITEMS}) n;
    INSERT INTO item_site_settings (item_id, site_id, par)
      SELECT i.id, s.id, 5 FROM items i, sites s ON CONFLICT DO NOTHING;
    INSERT INTO stock_costs (site_id, item_id, quantity, value, average_cost, last_movement_at)
      SELECT s.id, i.id, 10, 20, 2, now() FROM items i, sites s;
    INSERT INTO postings (id, kind, site_id, effective_at, business_day, content_hash, lines_hash, line_count, value,
        posted_by, posted_at, row_hash)
      SELECT gen_random_uuid(), CASE WHEN n % 50 = 0 THEN 'WASTE' ELSE 'SALE' END,
        (SELECT id FROM sites ORDER BY name OFFSET n % 2 LIMIT 1), now() - make_interval(mins => n * 10),
        (now() - make_interval(mins => n * 10))::date, '', '', 20, 1, (SELECT id FROM members LIMIT 1), now(), ''
      FROM generate_series(1, {MOVEMENTS // 20}) n;
    INSERT INTO stock_movements (posting_id, kind, site_id, location_id, item_id, effective_at, business_day, quantity,
        value, reason_id, posted_by, posted_at)
      SELECT p.id, p.kind, p.site_id, (SELECT l.id FROM storage_locations l WHERE l.site_id = p.site_id LIMIT 1), i.id,
        p.effective_at, p.business_day, -1, -2,
        CASE WHEN p.kind = 'WASTE' THEN (SELECT id FROM reason_codes LIMIT 1) END, p.posted_by, p.posted_at
      FROM postings p CROSS JOIN generate_series(0, 19) n
      JOIN (SELECT id, row_number() OVER (ORDER BY id) AS r FROM items) i ON i.r = 1 + (p.number * 20 + n) % {ITEMS};
    SET session_replication_role = origin"""


@pytest.fixture(scope="module")
def grown(shared_tenant: Tenant) -> Iterator[Bench]:
    with shared_tenant.as_root() as root:
        made = Bench(shared_tenant, root)
        root.execute(GROW.encode())
        shared_tenant.analyze()
        yield made


@read
def _explained(connection: Connection, use_case: Any, *args: Any) -> str:
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    use_case(connection, *args)
    event.remove(connection, "before_cursor_execute", note)
    statement, parameters = sent[0]
    lines = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, VERBOSE, BUFFERS) {statement}", parameters).scalars()
    return "\n".join(lines)


def explained(bench: Bench, use_case: Any, *args: Any) -> str:
    """The plan of the one statement a read sends, as it ran."""
    plan: str = bench.desk.run(_explained, use_case, *args)
    return plan


def buffers(plan: str) -> int:
    """How many pages the whole statement touched."""
    line = next(line for line in plan.splitlines() if "Buffers: shared" in line)
    return sum(int(part.partition("=")[2]) for part in line.split() if part.startswith(("hit=", "read=")))


def per_row(plan: str) -> list[str]:
    """Rights that are asked again for every row: inside a filter or condition instead of an InitPlan."""
    return [
        line.strip()
        for line in plan.splitlines()
        if any(word in line for word in ("Filter:", "Cond:")) and any(right in line for right in RIGHTS)
    ]


def page_above(bench: Bench, rows: int) -> ListQuery:
    """The query of the page that has this many movements left."""
    before = bench.root.execute(
        "SELECT effective_at, id FROM stock_movements ORDER BY effective_at, id OFFSET %s LIMIT 1", [rows]
    ).fetchone()
    assert before is not None
    return ListQuery().following(tuple(before))


def test_the_first_and_the_deepest_page_of_movements_come_from_the_index(grown: Bench) -> None:
    for query in (ListQuery(), page_above(grown, MOVEMENTS // 2), page_above(grown, 250)):
        plan = explained(grown, service.movements, query)
        assert "stock_movements_by_time" in plan
        assert "Seq Scan on" not in "".join(line for line in plan.splitlines() if "stock_movements" in line)
        assert per_row(plan) == []
        assert buffers(plan) < 6_000


def test_one_site_and_one_item_are_found_without_reading_the_ledger(grown: Bench) -> None:
    item = grown.root.execute("SELECT item_id FROM stock_movements LIMIT 1").fetchone()
    assert item is not None
    chip = Filter("item", listing.Match.IN, (item[0],))
    for query in (ListQuery(site=grown.restaurant.site), ListQuery(filters=(chip,))):
        plan = explained(grown, service.movements, query)
        assert "Seq Scan on" not in "".join(line for line in plan.splitlines() if "stock_movements" in line)
        assert per_row(plan) == []
        assert buffers(plan) < 6_000


def test_levels_ask_for_rights_once(grown: Bench) -> None:
    for query in (ListQuery(), ListQuery(site=grown.restaurant.site)):
        plan = explained(grown, service.levels, query)
        assert per_row(plan) == []
        assert buffers(plan) < 12_000
        assert "stock_movements" not in plan
        assert plan.count("Function Scan on") == 1, "orders are exploded once"
    summed = explained(grown, service.levels_summary, ListQuery())
    assert per_row(summed) == []
    assert per_row(explained(grown, service.levels_tab_counts, ListQuery())) == []


def test_levels_as_at_a_moment_read_what_moved_since_alone(grown: Bench) -> None:
    yesterday = (Filter(service.AT, listing.Match.BETWEEN, (None, datetime.now(UTC) - timedelta(days=1))),)
    for site in (None, grown.restaurant.site):
        query = ListQuery(filters=yesterday, site=site)
        for use_case in (service.levels, service.levels_summary, service.levels_tab_counts):
            plan = explained(grown, use_case, query)
            assert per_row(plan) == []
            assert buffers(plan) < 12_000
            assert "Seq Scan on" not in "".join(line for line in plan.splitlines() if "stock_movements" in line)
            assert "reserved_stock" not in plan


def test_the_card_reads_its_item_alone(grown: Bench) -> None:
    found = grown.root.execute("SELECT item_id, site_id FROM stock_movements LIMIT 1").fetchone()
    assert found is not None
    query = ListQuery(filters=(Filter("item", listing.Match.IN, (found[0],)),), site=found[1])
    plan = explained(grown, service.card, query)
    assert "stock_movements_card" in plan
    assert per_row(plan) == []
    assert buffers(plan) < 2_000


def test_a_panel_reads_its_item_alone(grown: Bench) -> None:
    found = grown.root.execute("SELECT item_id, site_id, id FROM stock_movements LIMIT 1").fetchone()
    assert found is not None
    for plan in (
        explained(grown, service.item_stock, found[0], found[1]),
        explained(grown, service.document_of, found[2]),
    ):
        assert "Seq Scan on" not in "".join(line for line in plan.splitlines() if "stock_movements" in line)
        assert per_row(plan) == []
        assert buffers(plan) < 2_000

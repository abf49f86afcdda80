"""Recomputing the books: sound books pass, and every planted fault is named."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from ims_desktop.admin.verification import findings, verify
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.features.stock import service as stock
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import Server, Tenant, new_tenant

SALE = (
    "SELECT post_sales(%s, %s::jsonb, ARRAY['1','2','3'], ARRAY[now() - interval '3 hours', now() - interval '2 hours',"
    " now() - interval '1 hour'], ARRAY['','',''], ARRAY[1,2,3], ARRAY[1,1,2,3], %s, ARRAY[1,2,1,1]::numeric[],"
    " ARRAY[12,14,12,12]::numeric[])"
)


@pytest.fixture(scope="module")
def books(server: Server) -> Iterator[Tenant]:
    """A day's trade: deliveries, waste undone, short stock made good, sales, a void, a changed item."""
    tenant = new_tenant(server)
    restaurant = seed(tenant)
    desk = tenant.desk()
    trade(tenant, desk, restaurant)
    yield tenant
    tenant.close()


def trade(tenant: Tenant, desk: TenantDatabase, restaurant: Restaurant) -> None:
    everything = {name: ("20", "2.50") for name in restaurant.items if name != "Butter"}
    receive(desk, restaurant, everything, at=datetime.now(UTC) - timedelta(hours=5))
    waste(desk, restaurant, "Butter", "-3")
    receive(desk, restaurant, {"Butter": ("20", "1.75"), "Flour": ("7", "1.01")})
    lost = waste(desk, restaurant, "Mozzarella", "-1.5")
    with tenant.as_root() as root:
        movement = root.execute("SELECT id FROM stock_movements WHERE posting_id = %s", [lost.id]).fetchone()
        assert movement is not None
    desk.run(stock.reverse, uuid4(), (movement[0],), "Entered by mistake")
    dishes = [restaurant.menu[name] for name in list(restaurant.menu)[:2]] * 2
    header = f'{{"site_id": "{restaurant.site}"}}'
    desk.run(lambda connection: connection.exec_driver_sql(SALE, (uuid4(), header, dishes)).one())
    desk.run(
        lambda connection: connection.exec_driver_sql(
            "SELECT void_order(%s, (SELECT id FROM orders WHERE number = '2'), 'Wrong table')", (uuid4(),)
        ).one()
    )
    desk.run(lambda connection: connection.exec_driver_sql("UPDATE items SET note = 'cold' WHERE name = 'Mozzarella'"))


def waste(desk: TenantDatabase, restaurant: Restaurant, item: str, quantity: str) -> stock.Posted:
    line = stock.DocumentLine(
        restaurant.items[item], restaurant.home(item), Decimal(quantity), reason_id=restaurant.reasons["SPOILAGE"]
    )
    posted: stock.Posted = desk.run(
        stock.post, stock.Document(uuid4(), stock.Kind.WASTE, restaurant.site, (line,))
    ).result
    return posted


def test_sound_books_agree(books: Tenant) -> None:
    with books.server.operator() as operator:
        assert list(verify(operator, books.names)) == []


FAULTS = {
    "level": "UPDATE stock_levels SET on_hand = on_hand + 0.000001 WHERE item_id = (SELECT id FROM items WHERE name = 'Flour')",
    "quantity": "UPDATE stock_costs SET quantity = quantity + 1 WHERE item_id = (SELECT id FROM items WHERE name = 'Flour')",
    "value": "UPDATE stock_costs SET value = value - 0.01 WHERE item_id = (SELECT id FROM items WHERE name = 'Flour')",
    "average cost": "UPDATE stock_costs SET average_cost = average_cost * 1.01"
    " WHERE item_id = (SELECT id FROM items WHERE name = 'Flour')",
    "document total": "UPDATE postings SET value = value + 1 WHERE kind = 'DELIVERY'",
    "document seal": "UPDATE postings SET note = 'nothing to see' WHERE kind = 'WASTE'",
    "movement": "UPDATE stock_movements SET business_day = business_day - 1 WHERE kind = 'WASTE'",
    "cost of a movement": "UPDATE stock_movements SET value = value / 2 WHERE kind = 'SALE' AND quantity < 0",
    "true-up": "UPDATE cost_corrections SET value = value * 2",
    "correction": "UPDATE cost_corrections SET item_id = gen_random_uuid()",
    "reversal": "UPDATE stock_movements SET quantity = quantity * 2 WHERE reverses_id IS NOT NULL AND kind = 'WASTE'",
    "order total": "UPDATE order_items SET net_amount = net_amount - 0.01 WHERE line = 1",
    "void": "UPDATE orders SET state = 'CLOSED' WHERE state = 'VOIDED'",
    "audit of documents": "DELETE FROM audit_log WHERE action = 'POST' AND id = (SELECT max(id) FROM audit_log WHERE action = 'POST')",
    "audit seal": "UPDATE audit_log SET new = new || '{\"name\": \"Somebody\"}' WHERE subject = 'items'",
    "audit of items": "DELETE FROM audit_log WHERE subject = 'items' AND action = 'UPDATE'",
    "audit of suppliers": "UPDATE suppliers SET name = 'Mine'",
    "zero": "ALTER TABLE stock_costs DROP CONSTRAINT stock_costs_check; UPDATE stock_costs SET quantity = 0",
}


@pytest.mark.parametrize("check", FAULTS)
def test_a_planted_fault_is_named(books: Tenant, check: str) -> None:
    with books.as_root() as root:
        assert check in {finding.check for finding in after(root, FAULTS[check])}


ADDED = "ALTER TABLE {table} ADD COLUMN later text NOT NULL DEFAULT 'as ever'"
VERSIONED = (
    "roles",
    "members",
    "sites",
    "storage_locations",
    "categories",
    "items",
    "suppliers",
    "recipes",
    "menu_items",
)


def test_rows_logged_before_a_column_was_there_still_agree(books: Tenant) -> None:
    """A revision adds a column, and none of the rows is written again."""
    with books.as_root() as root:
        assert after(root, "; ".join(ADDED.format(table=table) for table in VERSIONED)) == []
        assert after(root, "ALTER TABLE items DROP COLUMN note CASCADE") == []


@pytest.mark.parametrize("change", ["name = 'Mine'", "note = note || '.'", "is_active = NOT is_active"])
def test_a_column_that_was_added_hides_no_change_of_the_others(books: Tenant, change: str) -> None:
    with books.as_root() as root:
        found = after(root, f"{ADDED.format(table='items')}; UPDATE items SET {change} WHERE name = 'Mozzarella'")
    assert [finding.check for finding in found] == ["audit of items"]


def test_a_record_whose_last_change_says_nothing_of_it_is_named(books: Tenant) -> None:
    """Two rows that have nothing in common do not agree."""
    with books.as_root() as root:
        emptied = "UPDATE audit_log SET new = '{}' WHERE subject = 'suppliers'"
        assert "audit of suppliers" in {finding.check for finding in after(root, emptied)}


def test_a_movement_that_vanished_or_was_slipped_in_is_named(books: Tenant) -> None:
    with books.as_root() as root:
        gone = after(root, "DELETE FROM stock_movements WHERE id = (SELECT max(id) FROM stock_movements)")
        copy = (
            "INSERT INTO stock_movements (posting_id, kind, site_id, location_id, item_id, effective_at, business_day, quantity,"
            " value, posted_by, posted_at) SELECT posting_id, kind, site_id, location_id, item_id, effective_at, business_day, 1, 1,"
            " posted_by, posted_at FROM stock_movements LIMIT 1"
        )
        slipped_in = after(root, copy)
    assert {"level", "quantity", "value", "document total"} <= {finding.check for finding in gone}
    assert {"level", "quantity", "value", "document total"} <= {finding.check for finding in slipped_in}


def after(root: psycopg.Connection[Any], fault: str) -> list[Any]:
    """What is found after a fault was planted behind the triggers; the fault is taken back."""
    with root.transaction(force_rollback=True):
        root.execute("SET LOCAL session_replication_role = replica")
        root.execute(fault.encode())
        return list(findings(root))

"""Whoever changes an order, a line of it, or a void is named, however deep the hashes are made anew."""

from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

import pytest

from ims_desktop.admin.verification import findings
from tests.admin.sealing import after, books, sealed
from tests.features.people.desks import ask
from tests.features.sales.tills import ZONE, an_order, record
from tests.restaurant import receive, seed
from tests.tenants import Server, Tenant, new_tenant


@pytest.fixture(scope="module")
def sold(server: Server) -> Iterator[Tenant]:
    """Three orders in two postings, the second of them voided, in three seals."""
    tenant = new_tenant(server)
    restaurant, desk = seed(tenant), tenant.desk()
    receive(desk, restaurant, {"Flour": ("5", "1.10")})
    sealed(tenant)
    at = datetime.now(ZONE)
    lines = (("Margherita", "2", "11.50"), ("Espresso", "1", "3.00"))
    record(desk, restaurant, an_order(restaurant, "1", at, *lines), an_order(restaurant, "2", at, lines[1]))
    record(desk, restaurant, an_order(restaurant, "3", at, *lines))
    sealed(tenant)
    with tenant.as_root() as root:
        [second] = root.execute("SELECT id FROM orders WHERE number = '2'").fetchone() or (None,)
    ask(desk, "void_order", uuid4(), second, "Guest left")
    sealed(tenant)
    yield tenant
    tenant.close()


FIRST = "(SELECT id FROM orders WHERE number = '1')"
REHASH_ORDERS = """
    UPDATE orders o SET items_hash = coalesce((SELECT sha256(convert_to(
      string_agg(order_item_line(i), E'\\n' ORDER BY i.line), 'UTF8')) FROM order_items i WHERE i.order_id = o.id), sha256(''));
"""
REHASH_POSTINGS = (
    REHASH_ORDERS
    + """
    UPDATE postings p SET orders_hash = (SELECT sha256(convert_to(string_agg(order_line(o), E'\\n' ORDER BY o.id), 'UTF8'))
      FROM orders o WHERE o.posting_id = p.id) WHERE EXISTS (SELECT FROM orders o WHERE o.posting_id = p.id);
    UPDATE postings p SET row_hash = posting_hash(p, p.lines_hash);
"""
)
CHEAPER = f"UPDATE order_items SET unit_price = 0.01 WHERE order_id = {FIRST} AND line = 1;"
BREAKS = {
    "the price of a line": (CHEAPER, {"order lines"}),
    "what was sold": (
        f"UPDATE order_items i SET menu_item_id = (SELECT m.id FROM menu_items m WHERE m.id <> i.menu_item_id LIMIT 1)"
        f" WHERE order_id = {FIRST} AND line = 1",
        {"order lines"},
    ),
    "a line is taken out, and the total made right": (
        f"DELETE FROM order_items WHERE order_id = {FIRST} AND line = 2; UPDATE orders o SET (net_total, tax_total) ="
        f" (SELECT sum(net_amount), sum(tax_amount) FROM order_items i WHERE i.order_id = o.id) WHERE id = {FIRST}",
        {"order lines", "document orders"},
    ),
    "a line is put in": (
        "INSERT INTO order_items (order_id, line, site_id, business_day, menu_item_id, quantity, unit_price, net_amount)"
        f" SELECT order_id, 9, site_id, business_day, menu_item_id, 1, 0, 0 FROM order_items WHERE order_id = {FIRST} AND line = 1",
        {"order lines"},
    ),
    "two lines change places": (
        f"UPDATE order_items SET line = 12 - line WHERE order_id = {FIRST}",
        {"order lines"},
    ),
    "a line moves to another order": (
        f"UPDATE order_items SET order_id = (SELECT id FROM orders WHERE number = '3'), line = 9 WHERE order_id = {FIRST} AND line = 2",
        {"order lines", "order total"},
    ),
    "a line, and the hash of its order": (CHEAPER + REHASH_ORDERS, {"document orders"}),
    "a line, and everything up to its posting": (CHEAPER + REHASH_POSTINGS, {"seal"}),
    "the channel of an order": (f"UPDATE orders SET channel = 'staff' WHERE id = {FIRST}", {"document orders"}),
    "the covers of an order": (f"UPDATE orders SET covers = NULL WHERE id = {FIRST}", {"document orders"}),
    "who took an order": (
        f"UPDATE orders SET created_by = gen_random_uuid() WHERE id = {FIRST}",
        {"document orders"},
    ),
    "an order vanishes with its lines": (
        f"DELETE FROM order_items WHERE order_id = {FIRST}; DELETE FROM orders WHERE id = {FIRST}",
        {"document orders"},
    ),
    "an order alone vanishes": (
        f"DELETE FROM orders WHERE id = {FIRST}",
        {"document orders", "lines without an order"},
    ),
    "an order is put in": (
        "INSERT INTO orders (site_id, number, placed_at, business_day, net_total, posting_id, created_by)"
        f" SELECT site_id, '99', placed_at, business_day, 0, posting_id, created_by FROM orders WHERE id = {FIRST}",
        {"document orders"},
    ),
    "the reason of a void": ("UPDATE orders SET void_reason = 'Test' WHERE state = 'VOIDED'", {"document orders"}),
    "a void is taken away": (
        "UPDATE orders SET state = 'CLOSED', void_posting_id = NULL, void_reason = '' WHERE number = '2'",
        {"document orders", "void"},
    ),
    "a void points to another order": (
        "UPDATE orders SET void_posting_id = (SELECT void_posting_id FROM orders WHERE number = '2'), state = 'VOIDED'"
        " WHERE number = '3'",
        {"document orders", "void"},
    ),
}


@pytest.mark.parametrize("deed", BREAKS)
def test_whoever_changes_an_order_is_named(sold: Tenant, deed: str) -> None:
    statement, named = BREAKS[deed]
    with sold.as_root() as root:
        assert after(root, sold, statement) == named


def test_the_order_itself_is_named(sold: Tenant) -> None:
    with sold.as_root() as root, root.transaction(force_rollback=True):
        root.execute("SET LOCAL session_replication_role = replica")
        root.execute(CHEAPER.encode())
        [found] = [finding for finding in findings(root) if finding.check == "order lines"]
    assert found.subject.startswith("order 1 of ")


def test_orders_that_nobody_touched_agree(sold: Tenant) -> None:
    with sold.as_root() as root:
        assert after(root, sold, "SELECT 1") == set()
    assert books(sold) == []

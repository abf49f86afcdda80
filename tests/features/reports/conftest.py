"""A restaurant with six weeks of history, with voided orders, undone documents and stock below zero."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from ims_desktop.database.transaction import TenantDatabase
from tests import restaurant
from tests.features.reports import history
from tests.restaurant import Restaurant
from tests.tenants import Server, new_tenant

FIRST, LAST = date(2025, 2, 3), date(2025, 3, 16)


@dataclass
class Books:
    """The restaurant and its owner's desk."""

    made: Restaurant
    desk: TenantDatabase


@pytest.fixture(scope="package")
def books(lasting_server: Server) -> Iterator[Books]:
    """Nobody changes these."""
    tenant = new_tenant(lasting_server)
    made, desk = restaurant.seed(tenant), tenant.desk()
    with tenant.as_root() as root:
        root.execute("UPDATE sites SET food_cost_target = 28 WHERE name = 'Downtown'")
    history.live(desk, made, FIRST, LAST)
    desk.run(history.void, "250212-001")
    desk.run(history.void, "250310-002")
    undone = desk.run(history.post, made, "WASTE", date(2025, 2, 20), [("Prawns", Decimal(-2), None, "BREAKAGE")])
    desk.run(history.undo, undone)
    # Harbour sells and spoils what it never had, and has it delivered ten days later: both are corrected on that day.
    desk.run(history.sell, made, [(date(2025, 2, 25), "H-1", [("Espresso", 40), ("Margherita", 8)])], site="Harbour")
    spoilt = [("Prosciutto", Decimal(-2), None, "SPOILAGE")]
    desk.run(history.post, made, "WASTE", date(2025, 2, 26), spoilt, site="Harbour")
    late = [
        ("Prosciutto", Decimal(3), Decimal(27), None),
        ("Espresso beans", Decimal(2), Decimal("19.1234"), None),
        ("Mozzarella", Decimal(5), Decimal(8), None),
    ]
    desk.run(history.post, made, "DELIVERY", date(2025, 3, 7), late, site="Harbour")
    yield Books(made, desk)
    tenant.close()

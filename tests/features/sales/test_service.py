"""The list of orders, one order, and a file checked against what is known."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import Filter, ListQuery
from ims_desktop.domain.listing import Match as By
from ims_desktop.features.sales import service
from ims_desktop.features.sales.rules import Kind, SalesFile
from tests.features.sales.tills import an_order, record, sales_of
from tests.restaurant import Restaurant, seed
from tests.statements import statements
from tests.tenants import Server, Tenant, new_tenant

NOON = datetime(2025, 3, 4, 12, 30)
FILE = (
    b"order_id,date,time,code,quantity,unit_price,total_price\n"
    b"1,2025-03-04,12:30:00,P1,2,11.50,23.00\n"
    b"2,2025-03-04,23:10:00,C1,1,3.00,3.00\n"
    b"2,2025-03-04,23:10:00,W1,1,5.00,5.00\n"
    b"3,2025-03-05,00:40:00,XX,1,3.00,3.00\n"
)


@pytest.fixture(scope="module")
def busy(server: Server) -> Iterator[Restaurant]:
    """A restaurant with three days of orders at two sites."""
    tenant: Tenant = new_tenant(server)
    restaurant = seed(tenant)
    orders = [
        an_order(restaurant, f"A{n}", NOON + timedelta(days=n // 100, minutes=n % 100), ("Espresso", "1", "3"))
        for n in range(300)
    ]
    other = [an_order(restaurant, "H1", NOON, ("Margherita", "1", "11.50"), site="Harbour")]
    record(tenant.desk(), restaurant, *orders, *other)
    yield restaurant
    tenant.close()


def test_orders_come_page_by_page_newest_first_in_one_statement_each(busy: Restaurant) -> None:
    desk, query, seen = busy.tenant.desks[0], ListQuery(), []
    while True:
        with statements() as sent:
            page = desk.run(service.orders, query)
        assert len(sent) == 1
        seen += page.rows
        if page.after is None:
            break
        query = query.following(page.after)
    assert len({row.id for row in seen}) == 301
    times = [row.placed_at for row in seen]
    assert times == sorted(times, reverse=True)
    assert seen[-1].lines == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (ListQuery(filters=service.LATEST), 101),
        (ListQuery(filters=service.VOIDED), 0),
        (ListQuery(search="a12"), 11),
        (ListQuery(filters=(Filter("business_day", By.BETWEEN, (date(2025, 3, 5), None)),)), 200),
        (ListQuery(filters=(Filter("channel", By.IN, ("Nowhere",)),)), 0),
    ],
)
def test_filters(busy: Restaurant, query: ListQuery, count: int) -> None:
    desk = busy.tenant.desks[0]
    assert desk.run(service.orders_summary, query).count == count
    assert len(desk.run(service.orders, query).rows) == min(count, 200)


def test_the_site_narrows_and_a_manager_sees_only_their_own(busy: Restaurant) -> None:
    assert busy.tenant.desks[0].run(service.orders_summary, ListQuery(site=busy.sites["Harbour"])).count == 1
    desk = busy.tenant.desk(busy.tenant.person("MANAGER", site=busy.sites["Harbour"]))
    assert [row.number for row in desk.run(service.orders, ListQuery()).rows] == ["H1"]


def test_the_totals_leave_voided_orders_out(tenant: Tenant) -> None:
    restaurant, desk = seed(tenant), tenant.desk()
    record(desk, restaurant, *(an_order(restaurant, str(n), NOON, ("Espresso", "1", "3")) for n in range(3)))
    first = desk.run(service.orders, ListQuery()).rows[0]
    desk.run(service.void_order, service.Void(uuid4(), first.id, "Mistake"))
    summary = desk.run(service.orders_summary, ListQuery())
    assert (summary.count, summary.totals["net_total"]) == (3, Decimal(6))
    assert desk.run(service.orders_summary, ListQuery(filters=service.VOIDED)).count == 1


def test_one_order_with_all_that_belongs_to_it_is_one_statement(busy: Restaurant) -> None:
    desk = busy.tenant.desks[0]
    row = desk.run(service.orders, ListQuery(site=busy.sites["Harbour"])).rows[0]
    with statements() as sent:
        order = desk.run(service.order, row.id)
    assert len(sent) == 1
    assert (order.number, order.site, order.currency, order.file_name) == ("H1", "Harbour", "USD", "till.csv")
    assert [(line.code, line.quantity, line.net_amount) for line in order.lines] == [("P1", 1, Decimal("11.50"))]
    assert {(item.item, item.location) for item in order.used} >= {("Flour", "Dry store"), ("Mozzarella", "Walk-in")}


def test_an_unknown_order_is_told_kindly(busy: Restaurant) -> None:
    with pytest.raises(UserError, match="no longer exists"):
        busy.tenant.desks[0].run(service.order, busy.site)


def test_the_channels_to_filter_by(busy: Restaurant) -> None:
    assert busy.tenant.desks[0].run(service.channels) == ("Counter",)


def test_what_an_import_knows_is_one_statement(busy: Restaurant) -> None:
    desk = busy.tenant.desks[0]
    with statements() as sent:
        known = desk.run(service.known_for_import, busy.site)
    assert len(sent) == 1
    assert {item.code: item.price for item in known.menu}["P1"] == Decimal("11.50")
    assert [site.name for site in known.sites] == ["Downtown", "Harbour"]
    assert known.site is not None
    assert (known.site.name, str(known.site.zone), known.site.cut_over.hour) == ("Downtown", "America/New_York", 4)


def test_menu_items_of_one_name_are_told_apart_by_their_size(tenant: Tenant) -> None:
    restaurant = seed(tenant)
    with tenant.as_root() as root:
        root.execute("UPDATE menu_items SET name = 'Espresso' WHERE code = 'C2'")
    names = {item.code: item.name for item in tenant.desk().run(service.known_for_import, restaurant.site).menu}
    assert (names["C1"], names["C2"], names["P1"]) == ("Espresso single", "Espresso double", "Margherita")


def test_from_the_file_to_the_books_and_never_twice(tenant: Tenant) -> None:
    restaurant, desk = seed(tenant), tenant.desk()
    file = service.FileToImport((SalesFile("till.csv", FILE),), site=restaurant.site)
    checked = desk.run(service.check_file, file)
    assert {group.kind for group in checked.preview.problems} >= {Kind.UNKNOWN_PRODUCT}
    assert (checked.preview.totals.accepted, checked.preview.totals.kept) == (3, 1)
    recorded = service.record_orders(desk.run, checked.prepared())
    assert (recorded.orders, recorded.repeated) == (2, 0)
    assert desk.run(service.orders_summary, ListQuery()).totals["net_total"] == Decimal("31.00")
    again = desk.run(service.check_file, file)
    assert Kind.ALREADY_IMPORTED in {group.kind for group in again.preview.problems}
    assert not again.preview.orders
    assert service.record_orders(desk.run, checked.prepared()).repeated == 2


def test_progress_is_told_chunk_by_chunk(tenant: Tenant) -> None:
    restaurant = seed(tenant)
    orders = [an_order(restaurant, str(n), NOON, ("Espresso", "1", "3")) for n in range(1500)]
    told: list[tuple[int, int]] = []
    sales = sales_of(restaurant, *orders)
    service.record_orders(tenant.desk().run, sales, lambda done, total: told.append((done, total)))
    assert told == [(1000, 1500), (1500, 1500)]

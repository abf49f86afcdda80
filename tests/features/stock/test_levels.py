"""What may be given away of what is there, and what there was at a moment."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain import listing
from ims_desktop.domain.listing import Filter, ListQuery
from ims_desktop.features.sales import service as sales
from ims_desktop.features.sales.service import EnteredLine, OrderDraft, ToCancel
from ims_desktop.features.stock import service
from ims_desktop.features.stock.service import LevelRow
from tests.features.stock.conftest import Bench, figures, moment
from tests.features.stock.statements import counted
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import Tenant

DISHES = ("Margherita", "Margherita, large", "Espresso, double")
KINDS = ("CATERING", "WHOLESALE", "INTERNAL")


def as_at(at: datetime) -> Filter:
    """The filter of the list for a moment."""
    return Filter(service.AT, listing.Match.BETWEEN, (None, at))


def rows_of(desk: TenantDatabase, query: ListQuery) -> dict[str, LevelRow]:
    """The list by the names of its items; it must be one statement."""
    page, statements = counted(desk, service.levels, query)
    assert statements == 1
    return {row.item: row for row in page.rows}


@dataclass
class Kitchen:
    """A restaurant with something on hand at one of its sites, and what there is to order."""

    made: Restaurant
    desk: TenantDatabase
    sellable: dict[str, Any]
    customer: UUID
    planned: list[OrderDraft] = field(default_factory=list)

    def plan(self, days: int, *sold: tuple[str, Decimal], kind: str = "INTERNAL") -> OrderDraft:
        """An open order for so many days ahead."""
        lines = tuple(EnteredLine(self.sellable[name], quantity, Decimal(1), Decimal(0)) for name, quantity in sold)
        at = datetime.now(UTC) + timedelta(days=days)
        draft = OrderDraft(uuid4(), 0, self.made.site, kind, at, lines, customer_id=self.customer)
        self.desk.run(sales.save_order, draft)
        self.planned.append(draft)
        return draft

    def cancel(self, draft: OrderDraft) -> None:
        """The order will not take place."""
        self.planned.remove(draft)
        self.desk.run(sales.cancel_order, ToCancel(draft.id, 1, "Called off"))

    def call_off(self) -> None:
        """No order is open."""
        for draft in tuple(self.planned):
            self.cancel(draft)

    def rows(self, *filters: Filter) -> dict[str, LevelRow]:
        """What is on hand at the site."""
        return rows_of(self.desk, ListQuery(filters=filters, site=self.made.site))


@pytest.fixture(scope="module")
def books(shared_tenant: Tenant) -> Kitchen:
    made = seed(shared_tenant)
    desk = shared_tenant.desk()
    receive(desk, made, {"Flour": ("5", "1.20"), "Espresso beans": ("2", "18")}, at=datetime(2025, 3, 1, 9, tzinfo=UTC))
    today = datetime.now(UTC).date()
    sellable = {
        name: next(one for one in desk.run(sales.find_menu_items, made.site, today, name) if one.id == made.menu[name])
        for name in DISHES
    }
    customer = uuid4()
    with shared_tenant.as_root() as root:
        root.execute("INSERT INTO customers (id, code, name) VALUES (%s, 'K1', 'Kant Library')", [customer])
    return Kitchen(made, desk, sellable, customer)


def portions() -> dict[str, dict[str, Decimal]]:
    """What one of each dish takes of each item, as its recipes say it in words."""
    pizza = {
        "Flour": Decimal("0.16"),
        "Mozzarella": Decimal("0.125"),
        "Basil": Decimal("2.5") + Decimal("1.5"),
    }  # the sauce has some, too
    large = {item: quantity * Decimal("1.5") for item, quantity in pizza.items()}
    return {"Margherita": pizza, "Margherita, large": large}


@pytest.fixture
def kitchen(books: Kitchen) -> Iterator[Kitchen]:
    """The same for every test: without an open order, at the end too."""
    yield books
    books.call_off()


orders = st.lists(
    st.tuples(
        st.integers(-3, 20),
        st.lists(st.tuples(st.sampled_from(DISHES[:2]), st.decimals("0.5", "40", places=1)), min_size=1, max_size=3),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(planned=orders)
def test_what_is_available_is_what_is_there_less_what_open_orders_take(kitchen: Kitchen, planned: Any) -> None:
    kitchen.call_off()
    before, takes = kitchen.rows(), portions()
    wanted: dict[str, Decimal] = defaultdict(Decimal)
    for days, sold, is_cancelled in planned:
        draft = kitchen.plan(days, *sold)
        if is_cancelled:
            kitchen.cancel(draft)
        elif days <= 14:
            for dish, quantity in sold:
                for item, each in takes[dish].items():
                    wanted[item] += each * quantity
    rows = kitchen.rows()
    for item in ("Flour", "Mozzarella", "Basil"):
        row = rows[item]
        assert (row.reserved, row.available) == (wanted[item], row.on_hand - wanted[item])
        assert row.on_hand == before[item].on_hand, "an open order moves nothing"
        assert (row.state == "short") == (row.on_hand > 0 > row.on_hand - wanted[item])


def test_the_panel_names_the_orders_that_reserve(kitchen: Kitchen) -> None:
    first = kitchen.plan(1, ("Margherita", Decimal(10)), kind="CATERING")
    second = kitchen.plan(3, ("Margherita, large", Decimal(20)), ("Espresso, double", Decimal(1)))
    key = (kitchen.made.items["Flour"], kitchen.made.site, None)
    detail = kitchen.desk.run(service.level, key)
    assert [(one.id, one.customer, one.quantity) for one in detail.stock.orders] == [
        (first.id, "Kant Library", Decimal("1.6")),
        (second.id, "Kant Library", Decimal("4.8")),
    ]
    assert (detail.row.reserved, detail.row.available, detail.row.state) == (*figures("6.4", "-1.4"), "short")
    assert detail.stock.order_count == 2
    counts = kitchen.desk.run(service.levels_tab_counts, ListQuery(site=kitchen.made.site))
    short = kitchen.rows(Filter("is_short", listing.Match.IN, (True,)))
    assert counts["short"] == len(short)
    assert {"Flour", "Mozzarella"} <= set(short), "what there is none of is short as well"
    assert set(kitchen.rows(Filter("state", listing.Match.IN, ("short",)))) == {"Flour"}
    assert all(
        row.reserved == 0 for row in rows_of(kitchen.desk, ListQuery(site=kitchen.made.sites["Harbour"])).values()
    )


def test_who_sees_no_orders_sees_how_much_and_not_for_whom(kitchen: Kitchen) -> None:
    kitchen.plan(1, ("Margherita", Decimal(10)))
    tenant = kitchen.made.tenant
    counter = tenant.desk(tenant.person("EMPLOYEE", site=kitchen.made.site))
    detail = counter.run(service.level, (kitchen.made.items["Flour"], kitchen.made.site, None))
    assert detail.row.reserved == Decimal("1.6")
    assert detail.stock.orders == ()


@pytest.fixture
def morning(bench: Bench) -> Bench:
    """Deliveries, and waste below nothing that a later delivery covers."""
    bench.receive("Flour", 50, "1.00", at=moment(8))
    bench.receive("Mozzarella", 6, "8.00", at=moment(8, 30))
    bench.waste("Mozzarella", 8, at=moment(10))
    bench.receive("Mozzarella", 3, "9.00", at=moment(11))
    bench.receive("Flour", 50, "3.00", at=moment(12))
    return bench


def test_the_list_as_at_a_moment_is_what_the_books_say_now(morning: Bench) -> None:
    here = ListQuery(site=morning.restaurant.site)
    for at in (moment(7), moment(8), moment(9, 30), moment(10, 30), moment(11), moment(12), datetime.now(UTC)):
        asked = replace(here, filters=(as_at(at),))
        rows = rows_of(morning.desk, asked)
        known = {row.item: row for row in morning.desk.run(service.levels_at, at, morning.restaurant.site)}
        for item in ("Flour", "Mozzarella"):
            row = rows[item]
            assert (row.on_hand, row.value) == (known[item].quantity, known[item].value)
            if row.on_hand > 0 and row.value is not None:
                assert row.average_cost == row.value / row.on_hand
            assert (row.reserved, row.available) == (None, None)
            card = ListQuery(
                filters=(Filter("item", listing.Match.IN, (row.item_id,)), as_at(at)), site=morning.restaurant.site
            )
            told = morning.desk.run(service.card_summary, card).totals
            assert (told["closing"], told["closing_value"]) == (row.on_hand, row.value)
            assert all(line.effective_at <= at for line in morning.desk.run(service.card, card).rows)
        summary, statements = counted(morning.desk, service.levels_summary, asked)
        assert statements == 1
        assert summary.totals["value"] == sum(row.value for row in rows.values() if row.value is not None)
    assert (rows["Flour"].on_hand, rows["Flour"].average_cost) == figures(100, 2)
    at_eight = rows_of(morning.desk, replace(here, filters=(as_at(moment(8)),)))["Flour"]
    assert (at_eight.on_hand, at_eight.average_cost, at_eight.value) == figures(50, 1, 50)


def test_a_panel_of_the_past_tells_the_moment(morning: Bench) -> None:
    key = (morning.restaurant.items["Flour"], morning.restaurant.site, moment(9))
    row = morning.desk.run(service.level, key).row
    assert (row.on_hand, row.at, row.id) == (50, moment(9), key)
    assert row.last_movement_at is None, "it moved since, so what was the last time then is not kept"


def test_who_counts_blind_sees_no_stock_of_any_moment(morning: Bench) -> None:
    site = morning.restaurant.site
    counter = morning.sign_in(morning.tenant.person("EMPLOYEE", site=site))
    queries = (ListQuery(site=site), ListQuery(site=site, filters=(as_at(moment(9)),)))
    assert all(rows_of(counter, query) for query in queries)
    morning.root.execute(
        "INSERT INTO count_sheets (id, site_id, name, scope, is_blind, started_by, started_at)"
        " SELECT gen_random_uuid(), %s, 'Blind', 'ALL', true, id, now() FROM members LIMIT 1",
        [site],
    )
    for query in queries:
        assert rows_of(counter, query) == {}
        assert counter.run(service.levels_summary, query).count == 0
        assert counter.run(service.levels_tab_counts, query)["all"] == 0
        assert rows_of(morning.desk, query), "who posts counts sees it"

"""The menu: prices of the site and the day, plate costs, food cost, and what was sold."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import Filter, ListQuery, Sort
from ims_desktop.domain.listing import Match as By
from ims_desktop.features.menu import service
from ims_desktop.features.menu.rules import Margin
from tests.features.sales.tills import an_order, record
from tests.restaurant import ITEMS, Restaurant, receive, seed
from tests.statements import statements
from tests.tenants import Server, new_tenant

D = Decimal
EVERYTHING = ListQuery()
ESPRESSO = D("0.009") * D("18.40")
AMOUNTS = st.decimals("0.01", "10000", places=2)


@pytest.fixture(scope="module")
def stocked(server: Server) -> Iterator[Restaurant]:
    """A restaurant with stock, a price of its own at Harbour, and two days of sales."""
    restaurant = seed(new_tenant(server))
    desk = restaurant.tenant.desk()
    for site in restaurant.sites:
        receive(desk, restaurant, {item[0]: ("10", item[7]) for item in ITEMS}, site=site)
    with restaurant.tenant.as_root() as root:
        for since, price in (("2025-02-01", "0.40"), ("2125-01-01", "9")):
            root.execute(
                "INSERT INTO menu_prices (menu_item_id, site_id, valid_from, price, tax_percent)"
                " VALUES (%s, %s, %s, %s, 10)",
                [restaurant.menu["Espresso"], restaurant.sites["Harbour"], since, price],
            )
    sold = ("Espresso", "2", "3.00")
    record(
        desk,
        restaurant,
        *(
            an_order(restaurant, str(n), at, sold)
            for n, at in enumerate([datetime(2025, 3, 1, 9), datetime(2025, 4, 20, 9)])
        ),
    )
    yield restaurant
    restaurant.tenant.close()


def rows(restaurant: Restaurant, query: ListQuery = EVERYTHING) -> dict[str, service.MenuRow]:
    """The menu items of the list by code."""
    return {row.code: row for row in restaurant.tenant.desks[0].run(service.menu, query).rows}


def test_the_list_has_price_cost_and_margin_in_one_statement(stocked: Restaurant) -> None:
    with statements() as sent:
        found = rows(stocked)
    assert len(sent) == 1
    double = found["C2"]
    assert (double.price, double.cost, double.margin) == (D("4.50"), 2 * ESPRESSO, D("4.50") - 2 * ESPRESSO)
    assert double.food_cost == 2 * ESPRESSO / D("4.50")
    assert (double.tax, double.target, double.state) == (D("0.08875"), D("0.3"), "ok")
    assert (found["W1"].state, found["W1"].cost, found["W1"].food_cost) == ("unmapped", None, None)


def test_a_site_with_a_price_of_its_own(stocked: Restaurant) -> None:
    harbour = ListQuery(site=stocked.sites["Harbour"])
    assert (rows(stocked, harbour)["C1"].price, rows(stocked, harbour)["C1"].state) == (D("0.40"), "over")
    assert rows(stocked)["C1"].price == D("3.00")
    assert list(rows(stocked, ListQuery(site=stocked.sites["Harbour"], filters=service.OVER))) == ["C1"]
    assert rows(stocked, ListQuery(filters=service.OVER)) == {}


def test_tabs_totals_sorting_and_search(stocked: Restaurant) -> None:
    desk, harbour = stocked.tenant.desks[0], ListQuery(site=stocked.sites["Harbour"])
    assert desk.run(service.menu_counts, harbour) == {
        "all": 6,
        "over": 1,
        "unmapped": 1,
        "off": 0,
        "planned": 1,
        "archived": 0,
    }
    summary = desk.run(service.menu_summary, ListQuery(search="espresso"))
    assert summary.count == 2
    assert round(summary.totals["food_cost"], 10) == round(3 * ESPRESSO / D("7.50"), 10)
    assert next(iter(rows(stocked, ListQuery(sort=(Sort("price", True),))))) == "P1L"
    assert next(iter(rows(stocked, ListQuery(sort=(Sort("food_cost"),))))) == "W1"
    assert list(rows(stocked, ListQuery(search="p1l"))) == ["P1L"]
    pizza = stocked.menu_categories["Pizza"]
    assert set(rows(stocked, ListQuery(filters=(Filter("category", By.IN, (pizza,)),)))) == {"P1", "P1L", "P2"}
    assert {name for _key, name in desk.run(service.categories)} == {"Pizza", "Drinks"}


@pytest.mark.parametrize("sort", ["name", "food_cost", "margin", "category"])
def test_pages_follow_each_other_whatever_the_order(stocked: Restaurant, sort: str) -> None:
    desk, query, seen = stocked.tenant.desks[0], ListQuery(sort=(Sort(sort, True),), limit=2), []
    while True:
        page = desk.run(service.menu, query)
        seen += [row.code for row in page.rows]
        if page.after is None:
            break
        query = query.following(page.after)
    assert sorted(seen) == ["C1", "C2", "P1", "P1L", "P2", "W1"]


def test_one_menu_item_with_all_that_belongs_to_it_is_one_statement(stocked: Restaurant) -> None:
    desk = stocked.tenant.desks[0]
    with statements() as sent:
        found = desk.run(service.menu_item, stocked.menu["Espresso"])
    assert len(sent) == 1
    assert [(part.name, part.quantity, part.unit, part.cost) for part in found.parts] == [
        ("Espresso beans", 9, "g", ESPRESSO)
    ]
    assert [(sold.days, sold.quantity, sold.revenue) for sold in found.sold] == [(30, 2, 6), (90, 4, 12)]
    assert found.sold[0].until == date(2025, 4, 20)
    assert [price.price for price in found.prices] == [3]
    large = desk.run(service.menu_item, stocked.menu["Margherita, large"])
    assert round(sum(part.cost or 0 for part in large.parts), 8) == round(large.figures.cost or 0, 8)
    assert [part.name for part in large.parts if part.is_recipe] == ["Tomato sauce"]


def test_the_history_of_prices_belongs_to_the_site(stocked: Restaurant) -> None:
    found = stocked.tenant.desks[0].run(service.menu_item, stocked.menu["Espresso"], stocked.sites["Harbour"])
    assert [(price.price, price.site) for price in found.prices] == [
        (D("3.00"), None),
        (D("0.40"), "Harbour"),
        (D("9.00"), "Harbour"),
    ]


def test_who_may_not_see_sales_gets_none(stocked: Restaurant) -> None:
    desk = stocked.tenant.desk(stocked.tenant.person("EMPLOYEE"))
    assert [sold.quantity for sold in desk.run(service.menu_item, stocked.menu["Espresso"]).sold] == [0, 0]


def test_an_unknown_menu_item_is_told_kindly(stocked: Restaurant) -> None:
    with pytest.raises(UserError, match="no longer exists"):
        stocked.tenant.desks[0].run(service.menu_item, uuid4())


@given(price=AMOUNTS, cost=AMOUNTS, tax=st.decimals("0", "50", places=3), included=st.booleans())
def test_net_price_margin_and_food_cost_agree(price: Decimal, cost: Decimal, tax: Decimal, included: bool) -> None:
    figures = Margin(price, tax, included, cost, D("0.3"))
    assert figures.net_price is not None
    assert figures.net_price <= price
    assert abs((figures.margin or 0) + cost - figures.net_price) < D("1e-15")
    assert figures.over_target == ((figures.food_cost or 0) > D("0.3"))


def test_what_is_unknown_stays_unknown() -> None:
    assert Margin(None, None, True, D(1), D("0.3")).margin is None
    assert Margin(D(0), D(0), False, D(1), D("0.3")).food_cost is None
    assert not Margin(D(5), D(0), False, None, D("0.3")).over_target

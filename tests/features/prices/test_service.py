"""What changed since a day, and which dishes that moved over their target."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from ims_desktop.domain.listing import Filter, ListQuery, Match, Sort
from ims_desktop.features.prices import service
from tests.restaurant import Restaurant, fill, seed
from tests.statements import statements
from tests.tenants import Server, new_tenant

D = Decimal
TODAY = date.today()


@pytest.fixture(scope="module")
def known(server: Server) -> Iterator[Restaurant]:
    """Mozzarella became dearer ten days ago, flour cheaper three months ago."""
    restaurant = seed(new_tenant(server))
    restaurant.tenant.desk()
    with restaurant.tenant.as_root() as root:
        prices = [
            (restaurant.supplier_items["Mozzarella"], str(TODAY - timedelta(days=10)), 237),
            (restaurant.supplier_items["Flour"], str(TODAY - timedelta(days=90)), 10),
        ]
        fill(root, "supplier_prices", "supplier_item_id, valid_from, price", prices)
        root.execute("UPDATE sites SET food_cost_target = 30")
    yield restaurant
    restaurant.tenant.close()


def test_changes_are_told_in_percent_the_newest_first(known: Restaurant) -> None:
    desk = known.tenant.desks[0]
    with statements() as sent:
        page = desk.run(service.price_changes, ListQuery())
    assert len(sent) == 1
    assert [(row.item, row.before, row.price, round(row.change, 3)) for row in page.rows] == [
        ("Mozzarella", 79, 237, 2),
        ("Flour", D("11.2"), 10, D("-0.107")),
    ]
    dearer = ListQuery(filters=(Filter("rises", Match.IN, (True,)),))
    assert desk.run(service.price_changes_summary, dearer).count == 1
    one = ListQuery(sort=(Sort("change"),), limit=1)
    first = desk.run(service.price_changes, one)
    assert [row.item for row in desk.run(service.price_changes, one.following(first.after)).rows] == ["Mozzarella"]


def test_a_change_names_the_dishes_it_moved_over_their_target(known: Restaurant) -> None:
    desk = known.tenant.desks[0]
    [mozzarella] = [row for row in desk.run(service.price_changes, ListQuery()).rows if row.item == "Mozzarella"]
    change = desk.run(service.price_change, mozzarella.id)
    moved = {dish.name: dish for dish in change.dishes}
    assert set(moved) == {"Margherita", "Margherita, large", "Pizza prosciutto"}
    margherita = moved["Margherita"]
    assert margherita.after - margherita.before == D("0.125") * D("15.8"), "125 g, dearer by 15.80 a kilogram"
    assert margherita.state == "crossed"


def test_dishes_are_costed_with_the_prices_of_a_day_and_of_today(known: Restaurant) -> None:
    desk = known.tenant.desks[0]
    with statements() as sent:
        page = desk.run(service.plate_changes, ListQuery(site=known.site))
    assert len(sent) <= 2
    rows = {row.name: row for row in page.rows}
    assert rows["Espresso"].change == 0
    assert next(iter(rows)) in {"Margherita", "Margherita, large"}, "what rose most comes first"
    crossed = ListQuery(filters=(Filter("state", Match.IN, ("crossed",)),))
    assert desk.run(service.plate_changes_summary, crossed).count >= 2
    lately = ListQuery(filters=(Filter("since", Match.BETWEEN, (TODAY - timedelta(days=2), None)),))
    assert all(row.change in (0, None) for row in desk.run(service.plate_changes, lately).rows)


def test_who_may_not_see_costs_is_told_no_price(known: Restaurant) -> None:
    counter = known.tenant.desk(known.tenant.person("EMPLOYEE"))
    assert counter.run(service.price_changes, ListQuery()).rows == ()
    assert all(row.before is None for row in counter.run(service.plate_changes, ListQuery()).rows)

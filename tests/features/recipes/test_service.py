"""Recipes taken apart: costs, shares, sub-recipes, allergens, and who uses them."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from ims_desktop.domain.errors import Denied, UserError
from ims_desktop.domain.listing import Filter, ListQuery, Sort
from ims_desktop.domain.listing import Match as By
from ims_desktop.features.recipes import service
from tests.features.sales.tills import new_version
from tests.restaurant import ITEMS, Restaurant, receive, seed
from tests.statements import statements
from tests.tenants import Server, new_tenant

D = Decimal
EVERYTHING = ListQuery()
SAUCE = (5 * D("3.325") + D("0.1") * D("9.86") + D("30") / D("0.8") * D("0.03")) / 2  # one kg
MARGHERITA = D("0.16") * D("1.12") + D("0.08") * SAUCE + D("0.125") * D("7.90") + D("2.5") * D("0.03")


@pytest.fixture(scope="module")
def stocked(server: Server) -> Iterator[Restaurant]:
    """A restaurant that received ten of everything at its list price, at one of its two sites."""
    restaurant = seed(new_tenant(server))
    receive(restaurant.tenant.desk(), restaurant, {item[0]: ("10", item[7]) for item in ITEMS})
    yield restaurant
    restaurant.tenant.close()


def rows(restaurant: Restaurant, query: ListQuery = EVERYTHING) -> dict[str, service.RecipeRow]:
    """The recipes of the list by name."""
    return {row.name: row for row in restaurant.tenant.desks[0].run(service.recipes, query).rows}


def test_the_list_costs_every_row_in_one_statement(stocked: Restaurant) -> None:
    with statements() as sent:
        found = rows(stocked)
    assert len(sent) == 1
    assert list(found) == sorted(found)
    assert found["Tomato sauce"].cost == SAUCE
    assert round(found["Margherita"].cost or 0, 8) == round(MARGHERITA, 8)
    assert (found["Margherita"].ingredients, found["Margherita"].used_by) == (4, 2)
    assert found["Tomato sauce"].used_by == 3  # through Margherita (two sizes) and Pizza prosciutto


def test_where_an_item_was_never_received_the_cost_is_unknown(stocked: Restaurant) -> None:
    found = rows(stocked, ListQuery(site=stocked.sites["Harbour"]))
    assert {row.cost for row in found.values()} == {None}


def test_sorting_and_filtering(stocked: Restaurant) -> None:
    dear = rows(stocked, ListQuery(sort=(Sort("cost", descending=True),)))
    assert next(iter(dear)) == "Tomato sauce"
    dishes = rows(stocked, ListQuery(filters=(Filter("kind", By.IN, ("DISH",)),)))
    assert "Tomato sauce" not in dishes
    assert list(rows(stocked, ListQuery(search="prosc"))) == ["Pizza prosciutto"]
    desk = stocked.tenant.desks[0]
    assert desk.run(service.recipes_summary, ListQuery()).count == 4
    assert desk.run(service.recipe_counts, ListQuery()) == {"all": 4, "dishes": 3, "sub": 1, "preps": 0, "archived": 0}


def test_one_recipe_unfolds_its_sub_recipes_with_their_path_and_share(stocked: Restaurant) -> None:
    desk = stocked.tenant.desks[0]
    with statements() as sent:
        found = desk.run(service.recipe, stocked.recipes["Margherita"], stocked.site)
    assert len(sent) == 1
    told = [(part.depth, part.path, part.name, part.is_recipe) for part in found.ingredients]
    assert told == [
        (0, "", "Flour", False),
        (0, "", "Tomato sauce", True),
        (1, "Tomato sauce", "Tomato tin", False),
        (1, "Tomato sauce", "Olive oil", False),
        (1, "Tomato sauce", "Basil", False),
        (0, "", "Mozzarella", False),
        (0, "", "Basil", False),
    ]
    assert round(found.cost or 0, 8) == round(MARGHERITA, 8)
    top = [found.share(part) or 0 for part in found.ingredients if part.depth == 0]
    assert round(sum(top), 8) == 1
    tin = found.ingredients[2]
    assert (tin.quantity, tin.unit, tin.used, tin.base_unit) == (5, "each", D("0.2"), "each")
    assert found.allergens == ("milk",)
    assert {user.code for user in found.menu_items} == {"P1", "P1L"}
    assert found.site == "Downtown"


def test_a_sub_recipe_says_which_recipes_use_it(stocked: Restaurant) -> None:
    found = stocked.tenant.desks[0].run(service.recipe, stocked.recipes["Tomato sauce"])
    assert [user.name for user in found.recipes] == ["Margherita", "Pizza prosciutto"]
    assert (found.yield_quantity, found.yield_unit, found.cost) == (2, "kg", SAUCE * 2)


def test_the_version_of_today_counts_and_later_ones_wait(server: Server) -> None:
    restaurant = seed(new_tenant(server))
    desk = restaurant.tenant.desk()
    receive(desk, restaurant, {"Espresso beans": ("1", "20")})
    new_version(
        restaurant, "Espresso", date.today() + timedelta(days=2), "1", "portion", ("Espresso beans", "1", "100")
    )
    found = desk.run(service.recipe, restaurant.recipes["Espresso"])
    assert found.cost == D("0.18")
    assert [version.is_current for version in found.versions] == [False, True]
    new_version(
        restaurant, "Espresso", date.today() - timedelta(days=2), "2", "portion", ("Espresso beans", "0.1", "50")
    )
    assert desk.run(service.recipe, restaurant.recipes["Espresso"]).cost_of_one == D("2")
    restaurant.tenant.close()


def test_a_recipe_without_a_version_and_an_unknown_one(server: Server) -> None:
    restaurant = seed(new_tenant(server))
    desk, key = restaurant.tenant.desk(), uuid4()
    with restaurant.tenant.as_root() as root:
        root.execute("INSERT INTO recipes (id, name) VALUES (%s, 'Idea')", [key])
    found = desk.run(service.recipe, key)
    assert (found.cost, found.ingredients, found.versions) == (None, (), ())
    assert {row.name: row for row in desk.run(service.recipes, ListQuery()).rows}["Idea"].cost is None
    with pytest.raises(UserError, match="no longer exists"):
        desk.run(service.recipe, uuid4())
    restaurant.tenant.close()


def test_a_recipe_in_a_circle_ends(server: Server) -> None:
    restaurant = seed(new_tenant(server))
    desk = restaurant.tenant.desk()
    with restaurant.tenant.as_root() as root:  # no desk can write one
        root.execute("ALTER TABLE recipe_lines DISABLE TRIGGER added")
    new_version(restaurant, "Tomato sauce", date(2025, 2, 1), "1", "kg", ("Margherita", "1", "100"))
    assert len(desk.run(service.recipes, ListQuery()).rows) == 4
    assert desk.run(service.recipe, restaurant.recipes["Margherita"]).name == "Margherita"
    restaurant.tenant.close()


def test_who_may_not_see_recipes_sees_none(stocked: Restaurant) -> None:
    with stocked.tenant.as_root() as root:
        root.execute(
            "INSERT INTO roles (name, permissions) VALUES ('Blind', '{\"sites.view\": true}') ON CONFLICT DO NOTHING"
        )
    desk = stocked.tenant.desk(stocked.tenant.person("EMPLOYEE", role="Blind"))
    try:
        assert desk.run(service.recipes, ListQuery()).rows == ()
    except Denied:
        pytest.fail("a person without the right sees an empty list, not an error")

"""Sold modifiers: what they add to a dish, what they leave out, and that both stay provable."""

from datetime import UTC, datetime
from decimal import Decimal as D
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from ims_desktop.domain.errors import UserError
from tests.features.sales.tills import used
from tests.restaurant import Restaurant, seed
from tests.tenants import MakeTenant

POST = text(
    "SELECT post_sales(:key, :header, '{1}', CAST(:placed AS timestamptz[]), NULL, NULL, CAST(:orders AS int[]),"
    " CAST(:dishes AS uuid[]), CAST(:quantities AS numeric[]), CAST(:prices AS numeric[]), NULL,"
    " CAST(:lines AS int[]), CAST(:modifiers AS uuid[]))"
)
PLACED = datetime(2025, 3, 4, 12, 30, tzinfo=UTC)


@pytest.fixture
def restaurant(make_tenant: MakeTenant) -> Restaurant:
    """A restaurant of this test's own."""
    return seed(make_tenant())


def modifier(restaurant: Restaurant, name: str, *effects: tuple[str, str, str]) -> UUID:
    """A modifier in a group of its own; effects are (item or recipe, quantity in base units, yield %)."""
    group, key = uuid4(), uuid4()
    with restaurant.tenant.as_root() as root:
        root.execute("INSERT INTO modifier_groups (id, name) VALUES (%s, %s)", [group, f"Group of {name}"])
        root.execute("INSERT INTO modifiers (id, group_id, name) VALUES (%s, %s, %s)", [key, group, name])
        for line, (what, quantity, share) in enumerate(effects, 1):
            root.execute(
                "INSERT INTO modifier_lines (modifier_id, line, item_id, sub_recipe_id, quantity, unit, base_quantity,"
                " yield_percent) VALUES (%s, %s, %s, %s, %s, 'x', %s, %s)",
                [key, line, restaurant.items.get(what), restaurant.recipes.get(what), quantity, quantity, share],
            )
    return key


def sell(restaurant: Restaurant, *lines: tuple[str, int, tuple[UUID, ...]], key: UUID | None = None) -> Any:
    """One order: (dish, quantity, modifiers of a portion)."""
    pairs = [(place, each) for place, (_dish, _quantity, chosen) in enumerate(lines, 1) for each in chosen]
    values = {
        "key": key or uuid4(),
        "header": Jsonb({"site_id": str(restaurant.site), "file_name": "till"}),
        "placed": [PLACED],
        "orders": [1 for _ in lines],
        "dishes": [restaurant.menu[dish] for dish, *_ in lines],
        "quantities": [quantity for _, quantity, _ in lines],
        "prices": [10 for _ in lines],
        "lines": [place for place, _ in pairs],
        "modifiers": [each for _, each in pairs],
    }

    def post(connection: Connection) -> Any:
        return connection.execute(POST, values).scalar_one()

    return restaurant.tenant.desk().run(post)


def test_a_modifier_adds_what_its_effect_says_through_recipes_and_yields(restaurant: Restaurant) -> None:
    extra = modifier(restaurant, "Extra sauce", ("Tomato sauce", "0.04", "100"), ("Prosciutto", "0.009", "90"))
    sell(restaurant, ("Margherita", 2, (extra,)))
    taken = used(restaurant)
    assert taken["Tomato tin"] == D("0.4") + 2 * D("0.1")  # 40 g of a sauce whose 2 kg take 5 tins
    assert taken["Prosciutto"] == D("0.02")


def test_a_modifier_wanted_twice_is_taken_twice_and_only_on_its_line(restaurant: Restaurant) -> None:
    extra = modifier(restaurant, "Extra cheese", ("Mozzarella", "0.05", "100"))
    sell(restaurant, ("Margherita", 1, (extra, extra)), ("Margherita", 1, ()))
    assert used(restaurant)["Mozzarella"] == D("0.25") + D("0.1")


def test_what_is_left_out_is_no_more_than_the_dish_would_take(restaurant: Restaurant) -> None:
    none = modifier(restaurant, "No cheese", ("Mozzarella", "-0.5", "100"))
    less = modifier(restaurant, "Less flour", ("Flour", "-0.06", "100"))
    sell(restaurant, ("Margherita", 1, (none, less)), ("Margherita", 1, ()))
    assert used(restaurant)["Mozzarella"] == D("0.125")  # of the other one
    assert used(restaurant)["Flour"] == D("0.26")


def test_what_was_sold_names_its_modifiers_and_its_hash_holds_them(restaurant: Restaurant) -> None:
    extra = modifier(restaurant, "Extra cheese", ("Mozzarella", "0.05", "100"))
    sell(restaurant, ("Margherita", 1, (extra, extra)))
    with restaurant.tenant.as_root() as root:
        kept = root.execute(
            "SELECT i.modifiers, o.items_hash = sha256(convert_to(order_item_line(i), 'UTF8'))"
            " FROM order_items i JOIN orders o ON o.id = i.order_id"
        ).fetchone()
    assert kept == ([extra, extra], True)


def test_the_same_key_with_other_modifiers_is_refused(restaurant: Restaurant) -> None:
    extra, key = modifier(restaurant, "Extra cheese", ("Mozzarella", "0.05", "100")), uuid4()
    assert sell(restaurant, ("Margherita", 1, (extra,)), key=key) == sell(
        restaurant, ("Margherita", 1, (extra,)), key=key
    ) | {"orders": 1, "repeated": 0}
    with pytest.raises(UserError):
        sell(restaurant, ("Margherita", 1, ()), key=key)


def test_modifiers_that_cannot_be_right_are_told_with_their_line(restaurant: Restaurant) -> None:
    with pytest.raises(UserError) as refused:
        sell(restaurant, ("Margherita", 1, ()), ("Espresso", 1, (uuid4(),)))
    assert [(p.row, p.field, p.text) for p in refused.value.problems] == [
        (2, "modifiers", "This modifier does not exist.")
    ]

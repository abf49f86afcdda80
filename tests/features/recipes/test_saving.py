"""Changing recipes: versions by day, units, circles, effects on dishes, copies and the archive."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Confirm, Conflict, Denied, UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.features.recipes import service
from ims_desktop.features.recipes.service import LineDraft, RecipeDraft
from tests.restaurant import Restaurant, receive, seed
from tests.statements import statements
from tests.tenants import MakeTenant


@pytest.fixture
def restaurant(make_tenant: MakeTenant) -> Iterator[Restaurant]:
    """A restaurant with everything in stock."""
    made = seed(make_tenant())
    prices = {"Flour": "1", "Mozzarella": "8", "Basil": "0.02", "Olive oil": "10", "Prosciutto": "27"}
    prices |= {"Tomato tin": "3", "Espresso beans": "20"}
    receive(made.tenant.desk(), made, {name: ("100", price) for name, price in prices.items()})
    return made


@pytest.fixture
def desk(restaurant: Restaurant) -> TenantDatabase:
    """The owner's desk."""
    return restaurant.tenant.desks[0]


def today(desk: TenantDatabase) -> date:
    found: date = desk.run(lambda connection: connection.exec_driver_sql("SELECT current_date").scalar_one())
    return found


def of(restaurant: Restaurant, *lines: tuple[str, str, str], **values: object) -> RecipeDraft:
    """A dish of these items and recipes, today."""
    made = tuple(
        LineDraft(restaurant.recipes.get(n) or restaurant.items[n], n in restaurant.recipes, D(q), u)
        for n, q, u in lines
    )
    plain = RecipeDraft("Focaccia", "DISH", D(4), "portion", today(restaurant.tenant.desks[0]), made)
    return replace(plain, **values)  # type: ignore[arg-type]


def draft_of(recipe: service.EditableRecipe, **values: object) -> RecipeDraft:
    """The recipe as its form would send it back."""
    lines = tuple(
        LineDraft(one.usable.id, one.usable.is_recipe, one.written.quantity, one.written.unit, one.yield_percent)
        for one in recipe.lines
    )
    plain = RecipeDraft(
        recipe.name, recipe.kind, recipe.yield_quantity, recipe.yield_unit, recipe.today, lines,
        recipe.output_item_id, recipe.method, None, recipe.id, recipe.version,
    )  # fmt: skip
    return replace(plain, **values)  # type: ignore[arg-type]


def test_a_recipe_keeps_what_was_written_and_costs_it_along_the_units_of_its_items(
    restaurant: Restaurant, desk: TenantDatabase
) -> None:
    lines = ("Flour", "0.02", "sack"), ("Tomato sauce", "200", "g"), ("Olive oil", "3", "tbsp")
    saved = desk.run(service.save_recipe, of(restaurant, *lines)).result
    with statements() as sent:
        recipe = desk.run(service.recipe, saved.id)
    assert len(sent) == 1
    flour, sauce, oil = (part for part in recipe.ingredients if part.depth == 0)
    assert (flour.quantity, flour.unit, flour.used, flour.cost) == (D("0.02"), "sack", D("0.5"), D("0.5"))
    assert (sauce.used, sauce.base_unit) == (D("0.2"), "kg")
    assert oil.used == D("0.044360")  # 3 tablespoons, as the ledger keeps them
    assert recipe.cost == sum(D(part.cost or 0) for part in (flour, sauce, oil))


def test_everything_wrong_is_told_at_once(restaurant: Restaurant, desk: TenantDatabase) -> None:
    draft = of(
        restaurant, ("Flour", "2", "bunch"), ("Basil", "0", "g"), name=" margherita ", kind="PREP", yield_unit="",
        yield_quantity=D(0),
    )  # fmt: skip
    with pytest.raises(UserError) as refused:
        desk.run(service.save_recipe, draft)
    assert {p.field for p in refused.value.problems} == {
        *("output_item_id", "yield_quantity", "yield_unit"),
        *("name", "lines.quantity"),
    }
    with pytest.raises(UserError) as refused:
        desk.run(service.save_recipe, replace(draft, kind="DISH", yield_unit="portion", yield_quantity=D(1)))
    assert [(p.field, p.row) for p in refused.value.problems] == [
        ("name", None),
        ("lines.quantity", 1),
        ("lines.quantity", 2),
    ]


def test_a_change_is_a_version_from_a_day_on_and_todays_can_be_corrected(
    restaurant: Restaurant, desk: TenantDatabase
) -> None:
    key = restaurant.recipes["Espresso"]
    editable = desk.run(service.editable_recipe, key)
    more = tuple(replace(line, quantity=D("10")) for line in draft_of(editable).lines)
    later = editable.today + timedelta(days=3)
    desk.run(service.save_recipe, draft_of(editable, lines=more, valid_from=later))
    recipe = desk.run(service.recipe, key)
    assert [version.valid_from for version in recipe.versions] == [later, date(2025, 1, 1)]
    assert recipe.current is recipe.versions[1]
    [(_now, changed), (_first, nothing)] = recipe.changes
    assert nothing is None
    assert changed
    assert changed.changed == ("Espresso beans 9 g → 10 g",)
    assert changed.cost == D("0.02")
    editable = desk.run(service.editable_recipe, key)
    assert editable.valid_from == date(2025, 1, 1)
    less = tuple(replace(line, quantity=D("8")) for line in draft_of(editable).lines)
    desk.run(service.save_recipe, draft_of(editable, lines=less, valid_from=None, corrects=date(2025, 1, 1)))
    assert [v.lines[0].quantity for v in desk.run(service.recipe, key).versions] == [D("10"), D("8")]
    with pytest.raises(Confirm) as asked:
        desk.run(service.remove_version, key, later)
    desk.run(service.remove_version, key, later, consents=frozenset({asked.value.consent}))
    assert len(desk.run(service.recipe, key).versions) == 1
    with pytest.raises(UserError, match="not begun"):
        desk.run(service.remove_version, key, date(2025, 1, 1))


def test_what_was_sold_is_not_rewritten_and_who_is_late_is_told(restaurant: Restaurant, desk: TenantDatabase) -> None:
    editable = desk.run(service.editable_recipe, restaurant.recipes["Espresso"])
    with pytest.raises(UserError) as refused:
        desk.run(service.save_recipe, draft_of(editable, valid_from=editable.today - timedelta(days=1)))
    assert [p.field for p in refused.value.problems] == ["valid_from"]
    desk.run(service.save_recipe, draft_of(editable, method="Tamp."))
    with pytest.raises(Conflict):
        desk.run(service.save_recipe, draft_of(editable, method="Press."))


def test_a_circle_is_refused_with_its_way_and_nothing_is_kept(restaurant: Restaurant, desk: TenantDatabase) -> None:
    editable = desk.run(service.editable_recipe, restaurant.recipes["Tomato sauce"])
    lines = (*draft_of(editable).lines, LineDraft(restaurant.recipes["Margherita"], True, D(1), "portion"))
    with pytest.raises(UserError, match="of itself: Tomato sauce → Margherita → Tomato sauce") as refused:
        desk.run(service.save_recipe, draft_of(editable, lines=lines))
    assert [p.field for p in refused.value.problems] == ["lines"]
    assert len(desk.run(service.recipe, editable.id).versions) == 1


def test_dishes_that_cross_their_target_are_asked_about(restaurant: Restaurant, desk: TenantDatabase) -> None:
    editable = desk.run(service.editable_recipe, restaurant.recipes["Tomato sauce"])
    dear = tuple(replace(one, quantity=one.quantity * 20) for one in draft_of(editable).lines)
    with pytest.raises(Confirm) as asked:
        desk.run(service.save_recipe, draft_of(editable, lines=dear))
    assert asked.value.question.startswith("3 dishes go over their food-cost target by this: Margherita at Downtown, ")
    assert len(desk.run(service.recipe, editable.id).versions) == 1
    desk.run(service.save_recipe, draft_of(editable, lines=dear), consents=frozenset({asked.value.consent}))
    assert len(desk.run(service.recipe, editable.id).versions) == 2


def test_every_site_that_is_seen_is_looked_at(restaurant: Restaurant, desk: TenantDatabase) -> None:
    receive(desk, restaurant, {"Espresso beans": ("5", "200")}, site="Harbour")
    editable = desk.run(service.editable_recipe, restaurant.recipes["Espresso"])
    more = tuple(replace(one, quantity=one.quantity * D("1.2")) for one in draft_of(editable).lines)
    with restaurant.tenant.as_root() as root:
        root.execute("UPDATE sites SET food_cost_target = 70 WHERE name = 'Harbour'")
    with pytest.raises(Confirm) as asked:
        desk.run(service.save_recipe, draft_of(editable, lines=more))
    assert "Espresso at Harbour" in asked.value.question
    assert "Downtown" not in asked.value.question


def test_the_unit_of_a_yield_that_others_take_stays(restaurant: Restaurant, desk: TenantDatabase) -> None:
    editable = desk.run(service.editable_recipe, restaurant.recipes["Tomato sauce"])
    with pytest.raises(UserError) as refused:
        desk.run(service.save_recipe, draft_of(editable, yield_unit="portion"))
    assert [(p.field, p.text) for p in refused.value.problems] == [
        ("yield_unit", "Other recipes take it in kg, so its yield stays in kg.")
    ]


def test_a_prep_becomes_an_item_whose_unit_its_yield_can_be_told_in(
    restaurant: Restaurant, desk: TenantDatabase
) -> None:
    prep = of(restaurant, ("Basil", "30", "g"), ("Olive oil", "0.2", "l"), name="Pesto", kind="PREP", yield_unit="l")
    prep = replace(prep, output_item_id=restaurant.items["Butter"])
    with pytest.raises(UserError) as refused:
        desk.run(service.save_recipe, prep)
    assert [p.field for p in refused.value.problems] == ["yield_unit"]
    saved = desk.run(service.save_recipe, replace(prep, yield_unit="g", yield_quantity=D(250))).result
    assert desk.run(service.recipe, saved.id).output_item == "Butter"


def test_allergens_come_up_through_sub_recipes_and_preps(restaurant: Restaurant, desk: TenantDatabase) -> None:
    with restaurant.tenant.as_root() as root:
        root.execute("UPDATE items SET allergens = '{nuts}' WHERE id = %s", [restaurant.items["Basil"]])
    recipe = desk.run(service.recipe, restaurant.recipes["Margherita"])
    assert recipe.allergens == ("milk", "nuts")
    assert {(s.allergen, s.item, s.through) for s in recipe.allergen_sources} == {
        ("milk", "Mozzarella", ""),
        ("nuts", "Basil", ""),
        ("nuts", "Basil", "Tomato sauce"),
    }
    with restaurant.tenant.as_root() as root:
        root.execute("UPDATE items SET allergens = '{}' WHERE id = %s", [restaurant.items["Mozzarella"]])
        root.execute("DELETE FROM recipe_lines l USING recipe_versions v WHERE v.id = l.version_id AND v.recipe_id = %s"
                     " AND l.item_id = %s", [restaurant.recipes["Margherita"], restaurant.items["Basil"]])  # fmt: skip
    recipe = desk.run(service.recipe, restaurant.recipes["Margherita"])
    assert (recipe.allergens, recipe.own_allergens) == (("nuts",), ())


def test_copy_archive_and_back(restaurant: Restaurant, desk: TenantDatabase) -> None:
    first = desk.run(service.copy_recipe, restaurant.recipes["Margherita"]).result
    second = desk.run(service.copy_recipe, restaurant.recipes["Margherita"]).result
    assert (first.name, second.name) == ("Margherita (copy)", "Margherita (copy 2)")
    origin = desk.run(service.recipe, restaurant.recipes["Margherita"])
    assert desk.run(service.recipe, first.id).cost_of_one == origin.cost_of_one
    with pytest.raises(UserError) as refused:
        desk.run(service.archive, [restaurant.recipes["Tomato sauce"], restaurant.recipes["Espresso"]])
    assert {p.text for p in refused.value.problems} >= {
        "Espresso is used by Espresso.",
        "Tomato sauce is used by Margherita.",
    }
    assert desk.run(service.archive, [first.id, second.id]).result == 2
    assert first.id not in {row.id for row in desk.run(service.recipes, ListQuery()).rows}
    archived = ListQuery(filters=(Filter("archived", Match.IN, (True,)),))
    assert {row.id for row in desk.run(service.recipes, archived).rows} == {first.id, second.id}
    assert desk.run(service.restore, [first.id]).result == 1
    assert first.id in {row.id for row in desk.run(service.recipes, ListQuery()).rows}


def test_what_a_line_may_take_is_found_with_units_and_cost(restaurant: Restaurant, desk: TenantDatabase) -> None:
    with statements() as sent:
        found = desk.run(service.usable_choices, "tom")
    assert len(sent) == 1
    tin, sauce = sorted(found, key=lambda one: one.is_recipe)
    assert (tin.name, tin.cost, "case" in tin.units.codes) == ("Tomato tin", D(3), True)
    assert (sauce.name, sauce.base, "g" in sauce.units.codes) == ("Tomato sauce", "kg", True)
    assert sauce.cost == desk.run(service.recipe, sauce.id).cost_of_one
    sauce_key = restaurant.recipes["Tomato sauce"]
    assert [one.is_recipe for one in desk.run(service.usable_choices, "tom", None, sauce_key)] == [False]


def test_who_may_not_change_recipes_does_not_and_who_may_not_see_costs_sees_none(restaurant: Restaurant) -> None:
    counter = restaurant.tenant.desk(restaurant.tenant.person("EMPLOYEE"))
    with pytest.raises(Denied):
        counter.run(service.save_recipe, of(restaurant, ("Flour", "1", "kg")))
    with pytest.raises(Denied):
        counter.run(service.copy_recipe, restaurant.recipes["Margherita"])
    with pytest.raises(Denied):
        counter.run(service.save_image, restaurant.recipes["Margherita"], b"x")
    assert {one.cost for one in counter.run(service.usable_choices, "tom")} == {None}
    recipe = counter.run(service.recipe, restaurant.recipes["Margherita"])
    assert recipe.cost is None
    assert all(part.cost is None for part in recipe.ingredients)

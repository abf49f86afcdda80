"""Changing the menu: items, dated prices, what a site is out of, categories and modifiers."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from uuid import UUID

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.editing import CellChange, CellPlace
from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.features.menu import service
from ims_desktop.features.menu.rules import ENDINGS, Margin, raised
from ims_desktop.features.recipes.service import LineDraft
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import MakeTenant


@pytest.fixture
def restaurant(make_tenant: MakeTenant) -> Restaurant:
    """A restaurant with cheese and flour in stock."""
    made = seed(make_tenant())
    prices = {"Flour": "1", "Mozzarella": "8", "Basil": "0.02", "Olive oil": "10", "Tomato tin": "3"}
    receive(made.tenant.desk(), made, {name: ("100", price) for name, price in prices.items()})
    return made


@pytest.fixture
def desk(restaurant: Restaurant) -> TenantDatabase:
    """The owner's desk."""
    return restaurant.tenant.desks[0]


def today(desk: TenantDatabase) -> date:
    found: date = desk.run(lambda connection: connection.exec_driver_sql("SELECT current_date").scalar_one())
    return found


def row_of(desk: TenantDatabase, key: UUID, **query: object) -> service.MenuRow:
    [row] = [row for row in desk.run(service.menu, ListQuery(**query)).rows if row.id == key]  # type: ignore[arg-type]
    found: service.MenuRow = row
    return found


def extras(restaurant: Restaurant, **values: object) -> service.GroupDraft:
    cheese = LineDraft(restaurant.items["Mozzarella"], False, D("50"), "g")
    without = LineDraft(restaurant.items["Mozzarella"], False, D("-125"), "g")
    answers = (
        service.ModifierDraft("Extra cheese", D("1.50"), (cheese,)),
        service.ModifierDraft("No cheese", D("-1"), (without,)),
    )
    return replace(service.GroupDraft("Cheese", 0, 1, answers), **values)  # type: ignore[arg-type]


def test_a_menu_item_is_made_with_what_it_asks_and_changed(restaurant: Restaurant, desk: TenantDatabase) -> None:
    group = desk.run(service.save_group, extras(restaurant)).result.id
    draft = service.MenuDraft(
        "P9", "Calzone", restaurant.menu_categories["Pizza"], recipe_id=restaurant.recipes["Margherita"],
        target=D("0.25"), groups=(group,),
    )  # fmt: skip
    key = desk.run(service.save_menu_item, draft).result.id
    item = desk.run(service.menu_item, key, restaurant.site)
    assert (item.name, item.own_target, item.figures.target) == ("Calzone", D("0.25"), D("0.25"))
    assert [(one.name, one.at_least, one.at_most) for one in item.groups] == [("Cheese", 0, 1)]
    desk.run(service.save_menu_item, replace(draft, id=key, version=item.version, groups=(), name="Calzone rosso"))
    assert desk.run(service.menu_item, key).groups == ()
    with pytest.raises(Conflict):
        desk.run(service.save_menu_item, replace(draft, id=key, version=item.version))
    with pytest.raises(UserError) as refused:
        desk.run(service.save_menu_item, service.MenuDraft("p1", " ", None, portions=D(0), target=D(2)))
    assert {p.field for p in refused.value.problems} == {"name", "code", "category_id", "portions", "target"}


def test_prices_are_dated_planned_ones_are_seen_and_can_be_taken_back(
    restaurant: Restaurant, desk: TenantDatabase
) -> None:
    key, now = restaurant.menu["Margherita"], today(desk)
    draft = service.PriceDraft(key, restaurant.site, now + timedelta(days=10), D("12.90"), D(10))
    desk.run(service.set_price, draft)
    assert row_of(desk, key, site=restaurant.site).price == D("11.50")
    planned = [row.id for row in desk.run(service.menu, ListQuery(site=restaurant.site, filters=service.PLANNED)).rows]
    assert planned == [key]
    assert desk.run(service.menu, ListQuery(site=restaurant.sites["Harbour"], filters=service.PLANNED)).rows == ()
    later = Filter(service.DAY, Match.BETWEEN, (now + timedelta(days=10), None))
    prices = {
        row.id: row for row in desk.run(service.price_list, ListQuery(site=restaurant.site, filters=(later,))).rows
    }
    assert (prices[key].price, prices[key].tax) == (D("12.90"), D("0.1"))
    prices = {row.id: row for row in desk.run(service.price_list, ListQuery(site=restaurant.site)).rows}
    assert (prices[key].price, prices[key].next_price) == (D("11.50"), D("12.90"))
    taken = desk.run(service.remove_planned, key, restaurant.site).result
    assert taken == (draft,)
    desk.run(service.plan_again, taken)
    assert desk.run(service.remove_planned, key, restaurant.site).result == taken
    with pytest.raises(UserError) as refused:
        desk.run(service.set_price, replace(draft, valid_from=now - timedelta(days=1), price=D("1.005")))
    assert {p.field for p in refused.value.problems} == {"valid_from", "price"}


def test_a_site_is_out_of_a_dish_up_to_a_day(restaurant: Restaurant, desk: TenantDatabase) -> None:
    key, now = restaurant.menu["Margherita"], today(desk)
    desk.run(service.pause, (key,), restaurant.site, now)
    assert row_of(desk, key, site=restaurant.site).state == "paused"
    assert row_of(desk, key, site=restaurant.sites["Harbour"]).state != "paused"
    assert desk.run(service.menu_counts, ListQuery(site=restaurant.site))["off"] == 1
    with restaurant.tenant.as_root() as root:
        root.execute("UPDATE menu_pauses SET until = current_date - 1")
    assert row_of(desk, key, site=restaurant.site).state != "paused"
    desk.run(service.pause, (key,), restaurant.site, None)
    assert desk.run(service.menu_item, key, restaurant.site).pause == service.Pause(None)
    assert desk.run(service.resume, (key,), restaurant.site).result == 1
    with pytest.raises(UserError):
        desk.run(service.pause, (key,), restaurant.site, now - timedelta(days=1))


def test_the_target_is_the_items_or_its_categorys_or_the_sites(restaurant: Restaurant, desk: TenantDatabase) -> None:
    key, pizza = restaurant.menu["Margherita"], restaurant.menu_categories["Pizza"]
    assert row_of(desk, key, site=restaurant.site).target == D("0.3")
    row = desk.run(service.category, pizza)
    desk.run(service.save_category, service.CategoryDraft("Pizza", D("0.1"), pizza, row.version))
    assert row_of(desk, key, site=restaurant.site).target == D("0.1")
    assert row_of(desk, key, site=restaurant.site).state == "over"
    with restaurant.tenant.as_root() as root:
        root.execute("UPDATE menu_items SET food_cost_target = 40 WHERE id = %s", [key])
    assert row_of(desk, key, site=restaurant.site).state == "ok"


def test_categories_are_ordered_renamed_and_only_empty_ones_archived(
    restaurant: Restaurant, desk: TenantDatabase
) -> None:
    new = desk.run(service.save_category, service.CategoryDraft("Desserts")).result.id
    before = [row.name for row in desk.run(service.category_list, ListQuery()).rows]
    assert before[-1] == "Desserts"
    desk.run(service.move_category, new, -1)
    after = [row.name for row in desk.run(service.category_list, ListQuery()).rows]
    assert after == [*before[:-2], "Desserts", before[-2]]
    desk.run(service.move_category, new, -1)
    assert next(name for _key, name in desk.run(service.categories)) == "Desserts"
    with pytest.raises(UserError) as refused:
        desk.run(service.set_category_active, [restaurant.menu_categories["Pizza"]], False)
    assert [p.text for p in refused.value.problems] == ["Pizza holds 3."]
    assert desk.run(service.set_category_active, [new], False).result == 1
    with pytest.raises(UserError) as refused:
        desk.run(service.save_category, service.CategoryDraft("pizza", D(3)))
    assert {p.field for p in refused.value.problems} == {"name", "target"}


def test_a_group_keeps_answers_prices_and_effects_and_what_was_sold_stays(
    restaurant: Restaurant, desk: TenantDatabase
) -> None:
    key = desk.run(service.save_group, extras(restaurant)).result.id
    group = desk.run(service.group, key, restaurant.site)
    assert [(m.name, m.price, m.cost) for m in group.modifiers] == [
        ("Extra cheese", D("1.50"), D("0.4")),
        ("No cheese", D("-1.00"), D("-1")),
    ]
    first = extras(restaurant).modifiers[:1]
    desk.run(service.save_group, extras(restaurant, id=key, version=group.version, modifiers=first))
    assert [m.name for m in desk.run(service.group, key).modifiers] == ["Extra cheese"]
    with restaurant.tenant.as_root() as root:
        assert root.execute("SELECT count(*) FROM modifiers").fetchone() == (2,)
    [row] = desk.run(service.groups, ListQuery()).rows
    assert (row.answers, row.rule) == ("Extra cheese", "optional, at most 1")
    with pytest.raises(UserError) as refused:
        desk.run(service.save_group, extras(restaurant, name="cheese ", at_least=3, at_most=2))
    assert {p.field for p in refused.value.problems} == {"name", "at_most", "at_least"}


def test_prices_and_the_menu_are_two_rights(restaurant: Restaurant, desk: TenantDatabase) -> None:
    with restaurant.tenant.as_root() as root:
        root.execute(
            'INSERT INTO roles (name, permissions) VALUES (\'Editor\', \'{"menu.view": true, "menu.edit": true,'
            ' "sites.view": true, "items.view": true, "recipes.view": true}\')'
        )
    editor = restaurant.tenant.desk(restaurant.tenant.person("EMPLOYEE", role="Editor"))
    key = restaurant.menu["Margherita"]
    editor.run(service.save_category, service.CategoryDraft("Starters"))
    with pytest.raises(Denied):
        editor.run(service.set_price, service.PriceDraft(key, None, today(desk), D(1), D(0)))
    place = CellPlace(key, "price", restaurant.site)
    with pytest.raises(Denied):
        editor.run(service.save_cells, (CellChange(place, D("11.50"), D(1)),))
    with pytest.raises(Denied):
        editor.run(service.save_group, extras(restaurant))  # its answers have prices
    free = tuple(replace(one, price=D(0)) for one in extras(restaurant).modifiers)
    editor.run(service.save_group, extras(restaurant, modifiers=free))
    counter = restaurant.tenant.desk(restaurant.tenant.person("EMPLOYEE", role="Counter"))
    for use_case, args in (
        (service.save_category, (service.CategoryDraft("X"),)),
        (service.pause, ((key,), restaurant.site, None)),
        (service.set_active, ((key,), False)),
    ):
        with pytest.raises(Denied):
            counter.run(use_case, *args)


def test_an_archived_item_is_in_its_tab_alone(restaurant: Restaurant, desk: TenantDatabase) -> None:
    key = restaurant.menu["Espresso"]
    desk.run(service.set_active, (key,), False)
    assert key not in {row.id for row in desk.run(service.menu, ListQuery()).rows}
    archived = ListQuery(filters=(Filter("archived", Match.IN, (True,)),))
    assert [row.id for row in desk.run(service.menu, archived).rows] == [key]


@pytest.mark.parametrize(
    ("price", "ending", "expected"),
    [("11.50", "0.10", "11.80"), ("11.50", ".90", "11.90"), ("11.50", "0.50", "12.00"), ("0.20", ".90", "0.00")],
)
def test_a_raised_price_has_the_chosen_ending(price: str, ending: str, expected: str) -> None:
    assert raised(D(price), D(3), D(0), ENDINGS[ending]) == D(expected)


def test_the_suggested_price_reaches_the_target_and_not_more_than_a_step_above() -> None:
    figures = Margin(D("9"), D(10), True, D("3.10"), D("0.30"))
    assert figures.suggested(ENDINGS[".90"]) == D("11.90")
    assert Margin(D("11.90"), D(10), True, D("3.10"), D("0.30")).over_target is False
    assert Margin(D("10.90"), D(10), True, D("3.10"), D("0.30")).over_target is True
    assert Margin(None, None, True, None, D("0.30")).suggested(ENDINGS[".90"]) is None

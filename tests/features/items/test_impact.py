"""A pack that means something else: what is written in it is told, asked and restated, or it is refused."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Confirm, Denied, UserError
from ims_desktop.features.items import service
from tests.features.desks import sit_down
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import Tenant

RESTATE = frozenset({"restate"})


@pytest.fixture
def place(tenant: Tenant) -> Restaurant:
    """Espresso takes half a bag of beans instead of nine grams, and its supplier sells bags."""
    made = seed(tenant)
    root(
        made, "UPDATE recipe_lines SET unit = 'bag', quantity = 0.009 WHERE item_id = %s", made.items["Espresso beans"]
    )
    root(
        made,
        "UPDATE supplier_items SET pack = 'Bag', pack_quantity = 1 WHERE item_id = %s",
        made.items["Espresso beans"],
    )
    return made


@pytest.fixture
def desk(place: Restaurant) -> TenantDatabase:
    return sit_down(place.tenant)


def root(place: Restaurant, sql: str, *values: Any) -> list[Any]:
    with place.tenant.as_root() as line:
        cursor = line.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def draft_of(desk: TenantDatabase, place: Restaurant, name: str, **more: Any) -> service.ItemDraft:
    item = desk.run(service.item, place.items[name])
    same = {
        key: getattr(item, key)
        for key in ("name", "base_unit", "category_id", "sku", "barcodes", "allergens", "id", "version")
    }
    packs = tuple(service.Pack(pack.name, pack.quantity, pack.of_unit) for pack in item.packs)
    return service.ItemDraft(**{**same, "packs": packs, **more})


def test_what_is_written_in_a_pack_is_told_and_restated(place: Restaurant, desk: TenantDatabase) -> None:
    receive(desk, place, {"Espresso beans": ("5", "18.40")})
    heavier = draft_of(desk, place, "Espresso beans", packs=(service.Pack("bag", Decimal("1.2"), "kg"),))
    with pytest.raises(Confirm) as asked:
        desk.run(service.save_item, heavier)
    assert asked.value.consent == "restate"
    assert asked.value.question == (
        "1 recipe is written in it (Espresso). The cost of 1 of them changes by more than 5 %. "
        "1 supplier's pack too. Change them too?"
    )
    changed = desk.run(service.save_item, heavier, consents=RESTATE)
    assert {"recipes", "suppliers", "menu"} <= changed.subjects
    beans = place.items["Espresso beans"]
    assert root(place, "SELECT quantity, unit, base_quantity FROM recipe_lines WHERE item_id = %s", beans) == [
        (Decimal("0.009"), "bag", Decimal("0.0108"))
    ]
    assert root(place, "SELECT pack_quantity FROM supplier_items WHERE item_id = %s", beans) == [(Decimal("1.2"),)]


def test_a_small_change_is_not_called_a_large_one(place: Restaurant, desk: TenantDatabase) -> None:
    receive(desk, place, {"Espresso beans": ("5", "18.40")})
    nearly = draft_of(desk, place, "Espresso beans", packs=(service.Pack("bag", Decimal("1.01"), "kg"),))
    with pytest.raises(Confirm, match=r"^1 recipe is written in it \(Espresso\)\. 1 supplier"):
        desk.run(service.save_item, nearly)


def test_a_pack_that_is_used_does_not_go(place: Restaurant, desk: TenantDatabase) -> None:
    without = draft_of(desk, place, "Espresso beans", packs=())
    with pytest.raises(UserError) as refused:
        desk.run(service.save_item, without)
    assert [(problem.text, problem.field) for problem in refused.value.problems] == [
        ("bag is still used by Espresso. Write those in another unit first.", "packs")
    ]


def test_a_density_restates_what_crosses_it_and_other_changes_ask_nothing(
    place: Restaurant, desk: TenantDatabase
) -> None:
    desk.run(service.save_item, draft_of(desk, place, "Olive oil", grams_per_millilitre=Decimal("0.92")))
    root(place, "UPDATE recipe_lines SET unit = 'g', quantity = 92 WHERE item_id = %s", place.items["Olive oil"])
    lighter = draft_of(desk, place, "Olive oil", grams_per_millilitre=Decimal("0.8"))
    with pytest.raises(Confirm, match="Tomato sauce"):
        desk.run(service.save_item, lighter)
    desk.run(service.save_item, lighter, consents=RESTATE)
    assert root(place, "SELECT base_quantity FROM recipe_lines WHERE item_id = %s", place.items["Olive oil"]) == [
        (Decimal("0.115"),)
    ]
    renamed = draft_of(desk, place, "Olive oil", grams_per_millilitre=Decimal("0.8"))
    desk.run(service.save_item, replace(renamed, name="Oil of olives"))


def test_who_may_not_change_recipes_does_not_change_what_they_say(place: Restaurant, desk: TenantDatabase) -> None:
    root(
        place,
        "INSERT INTO roles (name, permissions) VALUES ('Storekeeper', '{\"items.view\": true, \"items.edit\": true}')",
    )
    keeper = sit_down(place.tenant, "EMPLOYEE", role="Storekeeper")
    heavier = draft_of(desk, place, "Espresso beans", packs=(service.Pack("bag", Decimal("1.2"), "kg"),))
    with pytest.raises(Denied):
        keeper.run(service.save_item, heavier, consents=RESTATE)
    keeper.run(service.save_item, draft_of(desk, place, "Espresso beans", note="Keep dry"))


def test_what_looks_like_something_that_is_there_is_asked_about(place: Restaurant, desk: TenantDatabase) -> None:
    twin = service.ItemDraft("tins, tomato", "each", place.categories["Dry goods"])
    with pytest.raises(Confirm, match=r"This looks like Tomato tin \(DRY-0120\)"):
        desk.run(service.save_item, twin)
    desk.run(service.save_item, twin, consents=frozenset({"looks like"}))
    other = service.ItemDraft("Mozarella", "kg", place.categories["Dairy"])
    with pytest.raises(Confirm, match="Mozzarella"):
        desk.run(service.save_item, other)
    assert [twin.name for twin in desk.run(service.look_alikes, "Lemons", place.items["Lemon"])] == []


def test_suppliers_are_ranked_in_one_currency_or_say_that_they_lack_a_rate(
    place: Restaurant, desk: TenantDatabase
) -> None:
    for code, currency, price in (("EUR1", "EUR", "1.10"), ("GBP1", "GBP", "0.90")):
        root(place, "INSERT INTO suppliers (code, name, currency) VALUES (%s, %s, %s)", code, code, currency)
        root(
            place,
            "WITH s AS (INSERT INTO supplier_items (supplier_id, item_id, pack, pack_quantity)"
            " SELECT id, %s, 'Sack', 25 FROM suppliers WHERE code = %s RETURNING id)"
            " INSERT INTO supplier_prices SELECT id, '2025-01-01', %s * 25 FROM s",
            place.items["Flour"],
            code,
            Decimal(price),
        )
    root(
        place,
        "INSERT INTO exchange_rates (base, quote, valid_from, rate)"
        " VALUES ('EUR', 'USD', '2025-01-01', 1.01), ('USD', 'EUR', current_date + 1, 9)",
    )
    offers = desk.run(service.item, place.items["Flour"]).offers
    assert [(offer.supplier, offer.comparable, offer.lacks_rate) for offer in offers] == [
        ("EUR1", Decimal("1.111"), False),
        ("Drago Dry Goods", Decimal("1.12"), False),
        ("GBP1", None, True),
    ]
    counter = sit_down(place.tenant, "EMPLOYEE")
    assert all(offer.price is None for offer in counter.run(service.item, place.items["Flour"]).offers)

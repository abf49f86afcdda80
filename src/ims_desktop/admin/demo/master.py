"""Puts a design into the tables of a tenant, as its owner: places, items, suppliers, recipes, menu."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Table, insert

from ims_desktop.admin.demo.design import Design, Ingredient, Offer, Stocked
from ims_desktop.database.secrets_box import TenantKeys
from ims_desktop.database.tenant_key import keys_on, sealed
from ims_desktop.domain import sensitive
from ims_desktop.features.customers.tables import CUSTOMERS
from ims_desktop.features.items.tables import CATEGORIES, ITEMS, SETTINGS, UNITS
from ims_desktop.features.menu.tables import ASKED, GROUPS, MENU_ITEMS, MODIFIER_LINES, MODIFIERS, PRICES
from ims_desktop.features.menu.tables import CATEGORIES as MENU_CATEGORIES
from ims_desktop.features.recipes.tables import LINES, RECIPES, VERSIONS
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.storage.tables import LOCATIONS
from ims_desktop.features.suppliers.tables import (
    SUPPLIER_BANKS,
    SUPPLIER_CONTACTS,
    SUPPLIER_CONTRACTS,
    SUPPLIER_ITEMS,
    SUPPLIER_PRICES,
    SUPPLIERS,
)

# Code, name, kind, payment days, and whom to call.
CUSTOMERS_OF_ALL = (
    ("HARBOUR", "Harbour Hotel", "WHOLESALE", 30, "Helen Marsh", "kitchen@harbour-hotel.example", "+1 555 010 2231"),
    ("LIGHT", "Lighthouse Events", "CATERING", 14, "Omar Reyes", "office@lighthouse.example", "+1 555 010 7718"),
    ("CITYHALL", "City Hall Receptions", "CATERING", 30, "Grace Lindt", "events@cityhall.example", "+1 555 010 4400"),
    ("STAFF", "Staff canteen", "INTERNAL", None, "", "", ""),
)
HALF_A_YEAR = 180
Rows = list[dict[str, Any]]
Ids = dict[str, UUID]


@dataclass
class Made:
    """The ids of what was made, by name or code."""

    sites: Ids = field(default_factory=dict)
    locations: dict[tuple[str, str], UUID] = field(default_factory=dict)
    items: Ids = field(default_factory=dict)
    suppliers: Ids = field(default_factory=dict)


def make_master_data(connection: Connection, design: Design) -> Made:
    """Everything a group has before its first day, in one transaction."""
    made = Made()
    _places(connection, design, made)
    _items(connection, design, made)
    _suppliers(connection, design, made)
    _customers(connection)
    _menu(connection, design, _recipes(connection, design, made), made)
    return made


def _fill(connection: Connection, table: Table, rows: Rows) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _named(names: Sequence[str]) -> Ids:
    return {name: uuid4() for name in names}


def _places(connection: Connection, design: Design, made: Made) -> None:
    made.sites = _named([site.name for site in design.sites])
    _fill(connection, SITES, [
        {
            "id": made.sites[site.name], "name": site.name, "kind": site.kind, "country": site.country,
            "city": site.city, "address_line_1": site.address, "currency": site.currency,
            "time_zone": site.time_zone, "locale": site.locale, "day_cutover_hour": site.cut_over_hour,
            "prices_include_tax": site.prices_include_tax, "is_default": site.is_default,
            "is_head_office": site.is_default,
        }
        for site in design.sites
    ])  # fmt: skip
    for site in design.sites:
        rows: Rows = []
        for order, name in enumerate(site.locations):
            made.locations[site.name, name] = place = uuid4()
            rows.append({"id": place, "site_id": made.sites[site.name], "name": name, "walk_order": (order + 1) * 10})
        _fill(connection, LOCATIONS, rows)


def _items(connection: Connection, design: Design, made: Made) -> None:
    categories = _named(design.categories)
    _fill(connection, CATEGORIES, [{"id": key, "name": name} for name, key in categories.items()])
    made.items = _named([item.sku for item in design.kept])
    _fill(connection, ITEMS, [
        {
            "id": made.items[item.sku], "sku": item.sku, "name": item.name, "base_unit": item.base_unit,
            "category_id": categories[item.category], "allergens": list(item.allergens),
            "shelf_life_days": item.shelf_days, "tracks_lots": item.lots, "yield_percent": item.yield_percent,
        }
        for item in design.kept
    ])  # fmt: skip
    _fill(connection, UNITS, [
        {
            "id": uuid4(), "item_id": made.items[item.sku], "name": pack.unit,
            "quantity": pack.quantity.numerator / pack.quantity.denominator, "of_unit": pack.other,
        }
        for item in design.kept for pack in item.packs
    ])  # fmt: skip
    _fill(connection, SETTINGS, [
        {
            "item_id": made.items[item.sku], "site_id": made.sites[site.name], "par": item.par,
            "reorder_point": item.par / 2, "home_location_id": made.locations[site.name, home],
        }
        for item in design.kept for site in design.sites if (home := item.home_in(site)) is not None
    ])  # fmt: skip


def _customers(connection: Connection) -> None:
    keys = keys_on(connection)
    rows: Rows = []
    for code, name, kind, days, contact, email, phone in CUSTOMERS_OF_ALL:
        key = uuid4()
        texts = {"contact": contact, "email": email, "phone": phone}
        reached = sealed(keys, sensitive.CUSTOMERS, key, texts)
        rows.append({"id": key, "code": code, "name": name, "kind": kind, "payment_days": days, **reached})
    _fill(connection, CUSTOMERS, rows)


def _suppliers(connection: Connection, design: Design, made: Made) -> None:
    currency = design.sites[0].currency
    made.suppliers, keys = _named([supplier.code for supplier in design.suppliers]), keys_on(connection)
    _fill(connection, SUPPLIERS, [
        {
            "id": made.suppliers[supplier.code], "code": supplier.code, "name": supplier.name,
            **sealed(keys, sensitive.SUPPLIERS, made.suppliers[supplier.code], {
                "contact": supplier.contact, "email": supplier.email, "phone": supplier.phone,
            }),
            "order_days": list(supplier.order_days), "payment_days": supplier.payment_days,
            "minimum_order": supplier.minimum_order, "currency": currency,
        }
        for supplier in design.suppliers
    ])  # fmt: skip
    _fill(connection, SUPPLIER_BANKS, [
        {
            "supplier_id": key, **sealed(keys, sensitive.SUPPLIER_BANKS, key, {
                "account_holder": supplier.name, "account": supplier.account, "bank_name": "Harbour Savings Bank",
            }),
        }
        for supplier in design.suppliers for key in [made.suppliers[supplier.code]]
    ])  # fmt: skip
    offers = [(uuid4(), offer) for offer in design.offers]
    _fill(connection, SUPPLIER_ITEMS, [
        {
            "id": key, "supplier_id": made.suppliers[offer.supplier], "item_id": made.items[offer.sku],
            "supplier_code": offer.code, "pack": offer.pack, "pack_quantity": offer.pack_quantity,
            "is_preferred": offer.preferred,
        }
        for key, offer in offers
    ])  # fmt: skip
    _fill(connection, SUPPLIER_PRICES, [
        {"supplier_item_id": key, "valid_from": start, "price": price}
        for key, offer in offers for start, price in offer.prices
    ])  # fmt: skip
    _agreed(connection, offers)
    _people(connection, design, made, keys)


def _agreed(connection: Connection, offers: Sequence[tuple[UUID, Offer]]) -> None:
    """One contract with each supplier: their first offer keeps its last price for half a year, or a little less."""
    first = {offer.supplier: (key, offer) for key, offer in reversed(offers)}
    rows = list[dict[str, Any]]()
    for place, (key, offer) in enumerate(first.values()):
        start, price = offer.prices[-1]
        fixed = price if place % 2 else (price * Decimal("0.96")).quantize(Decimal("0.01"))
        until = start + timedelta(days=HALF_A_YEAR)
        rows.append({"supplier_item_id": key, "valid_from": start, "valid_until": until, "price": fixed})
    _fill(connection, SUPPLIER_CONTRACTS, rows)


def _people(connection: Connection, design: Design, made: Made, keys: TenantKeys) -> None:
    """Somebody for the invoices at every supplier."""
    rows = list[dict[str, Any]]()
    for supplier in design.suppliers:
        key = uuid4()
        email = f"invoices@{supplier.email.partition('@')[2]}"
        reached = sealed(keys, sensitive.SUPPLIER_CONTACTS, key, {"contact": "", "email": email, "phone": ""})
        rows.append({"id": key, "supplier_id": made.suppliers[supplier.code], "duty": "Invoices", **reached})
    _fill(connection, SUPPLIER_CONTACTS, rows)


def _recipes(connection: Connection, design: Design, made: Made) -> Ids:
    recipes = _named([recipe.name for recipe in design.recipes])
    versions = _named([recipe.name for recipe in design.recipes])
    _fill(connection, RECIPES, [
        {"id": recipes[recipe.name], "name": recipe.name, "kind": "DISH" if recipe.is_dish else "SUB_RECIPE"}
        for recipe in design.recipes
    ])  # fmt: skip
    _fill(connection, VERSIONS, [
        {
            "id": versions[recipe.name], "recipe_id": recipes[recipe.name], "valid_from": design.opening,
            "yield_quantity": recipe.yield_quantity, "yield_unit": recipe.yield_unit,
        }
        for recipe in design.recipes
    ])  # fmt: skip
    for recipe in design.recipes:
        _fill(connection, LINES, _recipe_lines(recipe.ingredients, versions[recipe.name], recipes, made.items))
    for stocked in design.stocked:
        _stocked(connection, design, stocked, recipes[stocked.recipe], made)
    return recipes


def _stocked(connection: Connection, design: Design, stocked: Stocked, recipe: UUID, made: Made) -> None:
    """A prep that becomes an item: one of its base unit is one of the recipe."""
    item, key, version = stocked.item, uuid4(), uuid4()
    _fill(connection, RECIPES, [
        {"id": key, "name": item.name, "kind": "PREP", "output_item_id": made.items[item.sku]}
    ])  # fmt: skip
    _fill(connection, VERSIONS, [
        {
            "id": version, "recipe_id": key, "valid_from": design.opening, "yield_quantity": Decimal(1),
            "yield_unit": item.base_unit,
        }
    ])  # fmt: skip
    line = Ingredient(None, stocked.recipe, Decimal(1), item.base_unit, Decimal(1))
    _fill(connection, LINES, _recipe_lines([line], version, {stocked.recipe: recipe}, {}))


def _recipe_lines(
    lines: Sequence[Ingredient], version: UUID, recipes: Mapping[str, UUID], items: Mapping[str, UUID]
) -> Rows:
    return [
        {
            "version_id": version, "line": number, "item_id": items[line.sku] if line.sku else None,
            "sub_recipe_id": recipes[line.recipe] if line.recipe else None, "quantity": line.quantity,
            "unit": line.unit, "base_quantity": line.base_quantity, "yield_percent": line.yield_percent,
        }
        for number, line in enumerate(lines, 1)
    ]  # fmt: skip


def _menu(connection: Connection, design: Design, recipes: Mapping[str, UUID], made: Made) -> None:
    categories = _named(list(dict.fromkeys(dish.category for dish in design.menu)))
    _fill(connection, MENU_CATEGORIES, [
        {"id": key, "name": name, "sort_order": order} for order, (name, key) in enumerate(categories.items())
    ])  # fmt: skip
    dishes = [(uuid4(), dish) for dish in design.menu]
    _fill(connection, MENU_ITEMS, [
        {
            "id": key, "code": dish.code, "name": dish.name, "size": dish.size,
            "category_id": categories[dish.category], "recipe_id": recipes[dish.recipe],
        }
        for key, dish in dishes
    ])  # fmt: skip
    _fill(connection, PRICES, [
        {
            "id": uuid4(), "menu_item_id": key, "valid_from": design.opening, "price": dish.price,
            "tax_percent": dish.tax_percent,
        }
        for key, dish in dishes
    ])  # fmt: skip
    _extras(connection, design, made, [key for key, dish in dishes if dish.category == design.menu[0].category])


def _extras(connection: Connection, design: Design, made: Made, dishes: Sequence[UUID]) -> None:
    """Cheese, more of it or none: what is asked with the dishes of the first category."""
    cheese = next((item for item in design.items if "mozzarella" in item.name.casefold()), None)
    if cheese is None:
        return
    group, more, none = uuid4(), uuid4(), uuid4()
    _fill(connection, GROUPS, [{"id": group, "name": "Cheese", "at_most": 1}])
    _fill(connection, MODIFIERS, [
        {"id": more, "group_id": group, "name": "Extra cheese", "price": Decimal("1.50"), "sort_order": 0},
        {"id": none, "group_id": group, "name": "Without cheese", "price": Decimal(0), "sort_order": 1},
    ])  # fmt: skip
    _fill(connection, MODIFIER_LINES, [
        {
            "modifier_id": key, "line": 1, "item_id": made.items[cheese.sku], "quantity": ounces, "unit": "oz",
            "base_quantity": cheese.units.convert(ounces, "oz").quantity,
        }
        for key, ounces in ((more, Decimal(2)), (none, Decimal(-16)))
    ])  # fmt: skip
    _fill(connection, ASKED, [{"menu_item_id": dish, "group_id": group} for dish in dishes])

"""A small restaurant group for tests: two sites, twelve items, suppliers, recipes, a menu."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.features.stock import service as stock
from tests.tenants import Tenant

SINCE = "2025-01-01"  # from when recipes and prices are valid

SITES = (
    # name, kind, country, currency, time zone, locale
    ("Downtown", "RESTAURANT", "US", "USD", "America/New_York", "en_US"),
    ("Harbour", "RESTAURANT", "US", "USD", "America/New_York", "en_US"),
)
LOCATIONS = ("Walk-in", "Dry store", "Bar")
CATEGORIES = ("Dairy", "Dry goods", "Produce", "Meat and fish", "Drinks")
ITEMS = (
    # name, SKU, category, base unit, packs, par, home location, price of one base unit
    ("Mozzarella", "DAI-0001", "Dairy", "kg", {"box": ("3", "kg")}, "8", "Walk-in", "7.90"),
    ("Cream 35%", "DAI-0004", "Dairy", "l", {"carton": ("12", "l")}, "12", "Walk-in", "4.05"),
    ("Butter", "DAI-0017", "Dairy", "kg", {"block": ("250", "g")}, "10", "Walk-in", "7.42"),
    ("Tomato tin", "DRY-0120", "Dry goods", "each", {"case": ("6", "each")}, "18", "Dry store", "3.325"),
    ("Flour", "DRY-0107", "Dry goods", "kg", {"sack": ("25", "kg")}, "100", "Dry store", "1.12"),
    ("Olive oil", "DRY-0011", "Dry goods", "l", {"can": ("5", "l")}, "25", "Dry store", "9.86"),
    ("Espresso beans", "DRY-0210", "Dry goods", "kg", {"bag": ("1", "kg")}, "6", "Bar", "18.40"),
    ("Basil", "PRD-0031", "Produce", "g", {"bunch": ("30", "g")}, "600", "Walk-in", "0.03"),
    ("Lemon", "PRD-0044", "Produce", "each", {"net": ("10", "each")}, "60", "Walk-in", "0.38"),
    ("Prosciutto", "MEA-0008", "Meat and fish", "kg", {"leg": ("7.5", "kg")}, "4", "Walk-in", "27.00"),
    ("Prawns", "SEA-0012", "Meat and fish", "kg", {"bag": ("2", "kg")}, None, "Walk-in", "18.75"),
    ("Sparkling water", "BEV-0006", "Drinks", "each", {"case": ("12", "each")}, "48", "Bar", "0.95"),
)
BARCODES = (
    ("8000500310427", "Tomato tin", "each"),
    ("18000500310424", "Tomato tin", "case"),
    ("4006381333931", "Sparkling water", "each"),
)
SUPPLIERS = (
    ("GUS", "Gusto Foods", ("Mozzarella", "Cream 35%", "Butter", "Prosciutto", "Prawns", "Basil", "Lemon")),
    ("DRY", "Drago Dry Goods", ("Tomato tin", "Flour", "Olive oil", "Espresso beans", "Sparkling water")),
)
RECIPES = (
    # name, kind, yield, yield unit, lines: (item or sub-recipe, quantity, unit, in base unit, yield %)
    (
        "Tomato sauce",
        "SUB_RECIPE",
        "2",
        "kg",
        (
            ("Tomato tin", "5", "each", "5", "100"),
            ("Olive oil", "100", "ml", "0.1", "100"),
            ("Basil", "30", "g", "30", "80"),
        ),
    ),
    (
        "Margherita",
        "DISH",
        "1",
        "portion",
        (
            ("Flour", "160", "g", "0.16", "100"),
            ("Tomato sauce", "80", "g", "0.08", "100"),
            ("Mozzarella", "125", "g", "0.125", "100"),
            ("Basil", "2", "g", "2", "80"),
        ),
    ),
    (
        "Pizza prosciutto",
        "DISH",
        "1",
        "portion",
        (
            ("Flour", "160", "g", "0.16", "100"),
            ("Tomato sauce", "80", "g", "0.08", "100"),
            ("Mozzarella", "125", "g", "0.125", "100"),
            ("Prosciutto", "60", "g", "0.06", "90"),
        ),
    ),
    ("Espresso", "DISH", "1", "portion", (("Espresso beans", "9", "g", "0.009", "100"),)),
)
MENU = (
    # code, name, size, category, recipe, portions, price, tax %
    ("P1", "Margherita", "", "Pizza", "Margherita", "1", "11.50", "8.875"),
    ("P1L", "Margherita, large", "40 cm", "Pizza", "Margherita", "1.5", "15.00", "8.875"),
    ("P2", "Pizza prosciutto", "", "Pizza", "Pizza prosciutto", "1", "14.50", "8.875"),
    ("C1", "Espresso", "single", "Drinks", "Espresso", "1", "3.00", "8.875"),
    ("C2", "Espresso, double", "double", "Drinks", "Espresso", "2", "4.50", "8.875"),
    ("W1", "Sparkling water", "0.75 l", "Drinks", None, "1", "5.00", "8.875"),  # not mapped to a recipe
)

Amount = Decimal | str | int


@dataclass
class Restaurant:
    """The ids of everything by name; `locations` by (site, location), `reasons` by code."""

    tenant: Tenant
    sites: dict[str, UUID] = field(default_factory=dict)
    locations: dict[tuple[str, str], UUID] = field(default_factory=dict)
    categories: dict[str, UUID] = field(default_factory=dict)
    items: dict[str, UUID] = field(default_factory=dict)
    suppliers: dict[str, UUID] = field(default_factory=dict)
    supplier_items: dict[str, UUID] = field(default_factory=dict)
    recipes: dict[str, UUID] = field(default_factory=dict)
    menu_categories: dict[str, UUID] = field(default_factory=dict)
    menu: dict[str, UUID] = field(default_factory=dict)
    reasons: dict[str, UUID] = field(default_factory=dict)

    @property
    def site(self) -> UUID:
        """Downtown."""
        return self.sites["Downtown"]

    def home(self, item: str, site: str = "Downtown") -> UUID:
        """Where an item is kept at a site."""
        return self.locations[site, next(row[6] for row in ITEMS if row[0] == item)]


def seed(tenant: Tenant) -> Restaurant:
    """Build the group; nothing is in stock yet."""
    made = Restaurant(tenant)
    with tenant.as_root() as root:
        _places(root, made)
        _items(root, made)
        _suppliers(root, made)
        _recipes(root, made)
        _menu(root, made)
        made.reasons.update(root.execute("SELECT code, id FROM reason_codes").fetchall())
    return made


def receive(
    desk: TenantDatabase,
    restaurant: Restaurant,
    lines: Mapping[str, tuple[Amount, Amount]],
    *,
    site: str = "Downtown",
    at: datetime | None = None,
    reference: str = "",
) -> stock.Posted:
    """Post a delivery: item name -> (quantity, unit cost)."""
    made = tuple(
        stock.DocumentLine(restaurant.items[name], restaurant.home(name, site), Decimal(quantity), Decimal(cost))
        for name, (quantity, cost) in lines.items()
    )
    supplier = restaurant.suppliers["Gusto Foods"]
    document = stock.Document(uuid4(), stock.Kind.DELIVERY, restaurant.sites[site], made, at, supplier, reference)
    posted: stock.Posted = desk.run(stock.post, document).result
    return posted


def fill(root: psycopg.Connection[Any], table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of values in the order of the columns, in one statement; other columns keep their defaults."""
    names = columns.split(", ")
    plain = [dict(zip(names, map(_plain, row), strict=True)) for row in rows]
    root.execute(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s)",
        [Jsonb(plain)],
    )


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID | Decimal) else value


def _names(into: dict[str, UUID], names: Iterable[str]) -> None:
    into.update({name: uuid4() for name in names})


def _places(root: psycopg.Connection[Any], made: Restaurant) -> None:
    _names(made.sites, (site[0] for site in SITES))
    made.locations.update({(site, name): uuid4() for site in made.sites for name in LOCATIONS})
    fill(
        root,
        "sites",
        "id, name, kind, country, currency, time_zone, locale, is_default",
        [(made.sites[site[0]], *site, site[0] == "Downtown") for site in SITES],
    )
    fill(
        root,
        "storage_locations",
        "id, site_id, name, walk_order",
        [(key, made.sites[site], name, LOCATIONS.index(name)) for (site, name), key in made.locations.items()],
    )


def _items(root: psycopg.Connection[Any], made: Restaurant) -> None:
    _names(made.categories, CATEGORIES)
    _names(made.items, (item[0] for item in ITEMS))
    fill(root, "categories", "id, name", [(key, name) for name, key in made.categories.items()])
    fill(
        root,
        "items",
        "id, sku, name, category_id, base_unit, allergens",
        [
            (made.items[name], sku, name, made.categories[category], unit, ["milk"] if category == "Dairy" else [])
            for name, sku, category, unit, *_rest in ITEMS
        ],
    )
    packs = [
        (uuid4(), made.items[item[0]], pack, quantity, of) for item in ITEMS for pack, (quantity, of) in item[4].items()
    ]
    fill(root, "item_units", "id, item_id, name, quantity, of_unit", packs)
    fill(
        root, "item_barcodes", "gtin, item_id, unit", [(gtin, made.items[name], unit) for gtin, name, unit in BARCODES]
    )
    settings = [
        (made.items[name], made.sites[site], par, made.locations[site, home])
        for site in made.sites
        for name, _sku, _category, _unit, _packs, par, home, _price in ITEMS
    ]
    fill(root, "item_site_settings", "item_id, site_id, par, home_location_id", settings)


def _suppliers(root: psycopg.Connection[Any], made: Restaurant) -> None:
    _names(made.suppliers, (name for _code, name, _items in SUPPLIERS))
    _names(made.supplier_items, (item for _code, _name, items in SUPPLIERS for item in items))
    prices = {item[0]: Decimal(item[7]) for item in ITEMS}
    fill(
        root,
        "suppliers",
        "id, code, name, order_days, currency",
        [(made.suppliers[name], code, name, [1, 4], "USD") for code, name, _items in SUPPLIERS],
    )
    sold = [
        (
            made.supplier_items[item],
            made.suppliers[name],
            made.items[item],
            f"{code}-{place:03}",
            "Pack of 10",
            10,
            True,
        )
        for code, name, items in SUPPLIERS
        for place, item in enumerate(items, 1)
    ]
    columns = "id, supplier_id, item_id, supplier_code, pack, pack_quantity, is_preferred"
    fill(root, "supplier_items", columns, sold)
    fill(
        root,
        "supplier_prices",
        "supplier_item_id, valid_from, price",
        [(key, SINCE, prices[item] * 10) for item, key in made.supplier_items.items()],
    )


def _recipes(root: psycopg.Connection[Any], made: Restaurant) -> None:
    _names(made.recipes, (recipe[0] for recipe in RECIPES))
    versions = {name: uuid4() for name in made.recipes}
    fill(root, "recipes", "id, name, kind", [(made.recipes[name], name, kind) for name, kind, *_rest in RECIPES])
    fill(
        root,
        "recipe_versions",
        "id, recipe_id, valid_from, yield_quantity, yield_unit",
        [(versions[name], made.recipes[name], SINCE, amount, unit) for name, _kind, amount, unit, _lines in RECIPES],
    )
    fill(
        root,
        "recipe_lines",
        "version_id, line, item_id, sub_recipe_id, quantity, unit, base_quantity, yield_percent",
        [
            (versions[name], place, made.items.get(used), made.recipes.get(used), *figures)
            for name, _kind, _amount, _unit, lines in RECIPES
            for place, (used, *figures) in enumerate(lines, 1)
        ],
    )


def _menu(root: psycopg.Connection[Any], made: Restaurant) -> None:
    _names(made.menu_categories, ["Pizza", "Drinks"])
    _names(made.menu, (row[1] for row in MENU))
    fill(root, "menu_categories", "id, name", [(key, name) for name, key in made.menu_categories.items()])
    fill(
        root,
        "menu_items",
        "id, code, name, size, category_id, recipe_id, portions",
        [
            (
                made.menu[name],
                code,
                name,
                size,
                made.menu_categories[category],
                made.recipes.get(recipe or ""),
                portions,
            )
            for code, name, size, category, recipe, portions, _price, _tax in MENU
        ],
    )
    prices = [(uuid4(), made.menu[row[1]], SINCE, row[6], row[7]) for row in MENU]
    fill(root, "menu_prices", "id, menu_item_id, valid_from, price, tax_percent", prices)

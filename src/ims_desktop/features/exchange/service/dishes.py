"""The menu and its prices in files."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import Connection

from ims_desktop.database.table_import import Reference, TableImport
from ims_desktop.domain.errors import Problem
from ims_desktop.domain.import_kinds import DAY, FLAG, NAME, NUMBER
from ims_desktop.domain.importing import Change, ImportField, ImportSpec
from ims_desktop.features.exchange.service.places import SITE
from ims_desktop.features.menu.tables import CATEGORIES, MENU_ITEMS, PRICES
from ims_desktop.features.recipes.tables import RECIPES

CATEGORY = Reference(CATEGORIES, CATEGORIES.c.name, (CATEGORIES.c.sort_name,), "menu category")
RECIPE = Reference(RECIPES, RECIPES.c.name, (RECIPES.c.sort_name,), "recipe")
DISH = Reference(MENU_ITEMS, MENU_ITEMS.c.code, (MENU_ITEMS.c.sort_code,), "menu item")
LARGEST = Decimal(10) ** 9

_MENU = TableImport(
    MENU_ITEMS,
    "menu.edit",
    {
        "code": "code", "name": "name", "size": "size", "category": "category_id", "recipe": "recipe_id",
        "portions": "portions", "is_available": "is_available",
    },
    ("code",),
    {"category": CATEGORY, "recipe": RECIPE},
    {"code": "sort_code"},
)  # fmt: skip
_PRICES = TableImport(
    PRICES,
    "menu.price",
    {"dish": "menu_item_id", "site": "site_id", "valid_from": "valid_from", "price": "price", "tax": "tax_percent"},
    ("dish", "site", "valid_from"),
    {"dish": DISH, "site": SITE},
    may_lack=frozenset({"site"}),
)


def _menu_problems(_connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    return [
        Problem("This must be more than 0, and not absurdly large.", "portions", change.row.number)
        for change in changes
        if change.values.get("portions") is not None and not 0 < change.values["portions"] < LARGEST
    ]


def _price_problems(_connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    problems = []
    for change in changes:
        for key, most in (("price", LARGEST), ("tax", Decimal(100))):
            value = change.values.get(key)
            if value is not None and not 0 <= value <= most:
                problems.append(Problem("This must be 0 or more, and not absurdly large.", key, change.row.number))
        if change.row.given.get("valid_from") is None:
            problems.append(Problem("A price needs the day from which it holds.", "valid_from", change.row.number))
    return problems


MENU_IMPORT = ImportSpec(
    "menu_items",
    "Menu items",
    ("menu item", "menu items"),
    ("code",),
    (
        ImportField("code", "Code", required=True, aliases=("menu code", "plu", "item code"), example="MARG-L",
                    longest=60),
        ImportField("name", "Name", required=True, aliases=("menu item", "item", "dish"), example="Margherita",
                    longest=120),
        ImportField("size", "Size", aliases=("variation", "portion size"), example="Large", longest=40),
        ImportField("category", "Category", NAME, required=True, aliases=("menu category",), example="Pizza"),
        ImportField("recipe", "Recipe", NAME, help="The recipe it is made by, by its name.", example="Margherita"),
        ImportField("portions", "Portions", NUMBER, keep=True, help="How many portions of the recipe it takes.",
                    example="1"),
        ImportField("is_available", "Available", FLAG, keep=True, example="yes"),
    ),
    "menu.edit",
    frozenset({"menu"}),
    _MENU.known,
    _MENU.write,
    _menu_problems,
)  # fmt: skip
MENU_PRICES_IMPORT = ImportSpec(
    "menu_prices",
    "Menu prices",
    ("price", "prices"),
    ("dish", "site", "valid_from"),
    (
        ImportField("dish", "Code", NAME, required=True, aliases=("menu code", "menu item", "plu"), example="MARG-L"),
        ImportField(
            "site", "Site", NAME, aliases=("restaurant",), help="Empty: every site without a price of its own."
        ),
        ImportField(
            "valid_from", "Valid from", DAY, required=True, aliases=("since", "from", "date"), example="2026-12-01"
        ),
        ImportField("price", "Price", NUMBER, required=True, example="12.50"),
        ImportField("tax", "Tax %", NUMBER, keep=True, aliases=("tax", "vat"), example="10"),
    ),
    "menu.price",
    frozenset({"menu"}),
    _PRICES.known,
    _PRICES.write,
    _price_problems,
)

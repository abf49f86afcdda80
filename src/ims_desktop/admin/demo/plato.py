"""Plato's Pizza: a year of published sales, and everything else around them made up by a seeded rule."""

from datetime import date
from decimal import Decimal
from functools import cache

from ims_desktop.admin.demo.design import Design, Dish, Item, Recipe
from ims_desktop.admin.demo.pizzaplace import sold_orders
from ims_desktop.admin.demo.reading import (
    read_ingredients,
    read_items,
    read_offers,
    read_preps,
    read_sites,
    read_suppliers,
    rows_of,
)
from ims_desktop.admin.demo.trade import with_pars
from ims_desktop.domain.sample_accounts import PLATO

FOLDER = "plato"
OPENING = date(2015, 1, 1)
MONTHS = 12

# Ingredients grow with the area of the pizza; the crust of large ones is thinner, so by less than the square.
SIZES = {
    "S": (Decimal("1.0"), "Pizza box 10 inch"),
    "M": (Decimal("1.4"), "Pizza box 12 inch"),
    "L": (Decimal("1.9"), "Pizza box 14 inch"),
    "XL": (Decimal("2.5"), "Pizza box 16 inch"),
    "XXL": (Decimal("3.2"), "Pizza box 20 inch"),
}
EVERY_PIZZA = "10 oz Pizza dough; 5.5 oz Mozzarella, shredded"


@cache
def plato() -> Design:
    """The group: its sites, items, suppliers, recipes and menu, with pars from what a year of sales uses."""
    items = read_items(FOLDER)
    preps = read_preps(FOLDER, items)
    menu, dishes = _menu(items, preps)
    design = Design(
        PLATO,
        OPENING,
        read_sites(FOLDER),
        items,
        read_suppliers(FOLDER),
        read_offers(FOLDER, items, OPENING, MONTHS),
        (*preps, *dishes),
        menu,
    )
    return with_pars(design, sold_orders())


def _menu(items: tuple[Item, ...], preps: tuple[Recipe, ...]) -> tuple[tuple[Dish, ...], tuple[Recipe, ...]]:
    """Every pizza in every size that was ever sold, with the price it was sold at, and a recipe each."""
    prices = {line.code: line.price for order in sold_orders() for line in order.lines}
    by_item, by_prep = {item.name: item for item in items}, {prep.name: prep for prep in preps}
    menu, recipes = list[Dish](), list[Recipe]()
    for row in rows_of(FOLDER, "pizzas"):
        whole = f"{EVERY_PIZZA}; {row['sauce']}; {row['toppings']}"
        for size, (times, box) in SIZES.items():
            code = f"{row['code']}_{size.lower()}"
            if code not in prices:
                continue
            lines = (*read_ingredients(whole, by_item, by_prep, times), *read_ingredients(f"1 each {box}", by_item, {}))
            recipes.append(Recipe(f"{row['name']} {size}", True, Decimal(1), "portion", lines))
            menu.append(Dish(code, row["name"], size, row["category"], recipes[-1].name, prices[code], Decimal(0)))
    return tuple(menu), tuple(recipes)

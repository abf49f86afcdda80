"""Trattoria Lanterna: a small group in Genoa, made up from beginning to end by a seeded rule.

The last two months of 2015. Each restaurant serves lunch and dinner and is closed on Mondays; a table of one to six
people comes every few minutes, more of them at the end of the week. Each guest takes one to three things from the menu,
by the weights in dishes.csv; water and coffee are ordered by the table.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from random import Random

from ims_desktop.admin.demo.design import Design, Dish, Item, Recipe, SoldLine, SoldOrder, Stocked
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
from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.sample_accounts import LANTERNA

FOLDER = "lanterna"
OPENING = date(2015, 11, 2)
DAYS = Period(OPENING, date(2015, 12, 31))
MONTHS = 2
MEALS = ((time(12, 15), 9), (time(19, 30), 14))
"""When each meal begins, and how many tables come on an ordinary day."""
BUSY = {4: 1.3, 5: 1.6, 6: 1.2}
MONDAY = 0
PESTO = Stocked(
    Item(
        "PRE-001", "Pesto pronto", "Dispensa", "kg", ("Cella frigorifera",), 4, ("milk", "nuts"), Decimal(100), (),
        "EXPIRY", Decimal(2),
    ),
    "Pesto",
    ((Decimal(2), Decimal(2)), (Decimal(1), Decimal("0.95"))),
)  # fmt: skip
SEED = 1


@cache
def lanterna() -> Design:
    """The group: its sites, items, suppliers, recipes and menu, with pars from what its sales use."""
    items = read_items(FOLDER)
    preps = read_preps(FOLDER, items)
    by_item, by_prep = {item.name: item for item in items}, {prep.name: prep for prep in preps}
    menu, recipes = list[Dish](), list[Recipe]()
    for row in rows_of(FOLDER, "dishes"):
        lines = tuple(read_ingredients(row["ingredients"], by_item, by_prep))
        recipes.append(Recipe(row["name"], True, Decimal(1), "portion", lines))
        price, tax = Decimal(row["price"]), Decimal(row["tax_percent"])
        menu.append(Dish(row["code"], row["name"], "", row["category"], row["name"], price, tax))
    design = Design(
        LANTERNA,
        OPENING,
        read_sites(FOLDER),
        items,
        read_suppliers(FOLDER),
        read_offers(FOLDER, items, OPENING, MONTHS),
        (*preps, *recipes),
        tuple(menu),
        (PESTO,),
    )
    return with_pars(design, lanterna_orders())


@cache
def lanterna_orders() -> tuple[SoldOrder, ...]:
    """The orders of both restaurants in the order of time, with prices that include the tax, as Italian tills write."""
    sites = [site.name for site in read_sites(FOLDER)]
    orders = [order for number, site in enumerate(sites) for order in _orders(site, 1 - number * 0.25)]
    return tuple(sorted(orders, key=lambda order: order.moment))


def _orders(site: str, size: float) -> Iterator[SoldOrder]:
    random = Random(f"{SEED}/{site}")  # noqa: S311  # sample data, not a secret
    dishes = {row["code"]: (Decimal(row["price"]), float(row["weight"])) for row in rows_of(FOLDER, "dishes")}
    number = 0
    for day in DAYS:
        for start, tables in MEALS if day.weekday() != MONDAY else ():
            moment = datetime.combine(day, start)
            for _ in range(round(tables * size * BUSY.get(day.weekday(), 1) * random.uniform(0.8, 1.2))):
                moment += timedelta(seconds=random.randrange(120, 900))
                number += 1
                guests = random.choices(range(1, 7), (2, 8, 3, 5, 1, 1))[0]
                taken = _taken(random, {code: weight for code, (_, weight) in dishes.items()}, guests)
                lines = tuple(SoldLine(code, quantity, dishes[code][0]) for code, quantity in taken.items())
                yield SoldOrder(site, f"{number:05d}", moment, "Sala", guests, lines)


def _taken(random: Random, weights: dict[str, float], guests: int) -> Counter[str]:
    food = {code: weight for code, weight in weights.items() if code not in ("ACQUA", "CAFFE")}
    taken: Counter[str] = Counter()
    for _ in range(guests):
        taken.update(random.choices(list(food), list(food.values()), k=random.randint(1, 3)))
    taken["ACQUA"] += (guests + 1) // 2
    taken["CAFFE"] += random.randint(0, guests)
    return +taken

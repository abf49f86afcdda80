"""A history for reports: deliveries, sales, waste, counts and adjustments, posted as a desk does."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb
from sqlalchemy import Connection

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.features.sales.rules import UnmappedLine
from ims_desktop.features.sales.service import KeptChunk, keep_chunk
from tests.restaurant import ITEMS, MENU, Restaurant

NEW_YORK_NOON = time(17)  # UTC
PRICES = {item[0]: Decimal(item[7]) for item in ITEMS}
MENU_PRICES = {row[1]: Decimal(row[6]) for row in MENU}
WASTE_REASONS = ("SPOILAGE", "SPOILAGE", "SPOILAGE", "OVERPRODUCTION", "OVERPRODUCTION", "TRIM", "BREAKAGE", "EXPIRED")
DAY = timedelta(days=1)
FULL = {"Mozzarella": 70, "Flour": 90, "Tomato tin": 60, "Basil": 1400, "Prosciutto": 12, "Butter": 12, "Cream 35%": 12}

Order = tuple[date, str, Sequence[tuple[str, int]]]  # business day, number, (menu item, quantity)
Line = tuple[str, Decimal, Decimal | None, str | None]  # item, quantity, unit cost, reason


def noon(day: date) -> datetime:
    """The middle of a business day in New York."""
    return datetime.combine(day, NEW_YORK_NOON, UTC)


def post(
    connection: Connection, made: Restaurant, kind: str, day: date, lines: Sequence[Line], *, site: str = "Downtown"
) -> UUID:
    """Post one document."""
    key, header = uuid4(), {"kind": kind, "site_id": str(made.sites[site]), "effective_at": noon(day).isoformat()}
    items = [made.items[name] for name, *_ in lines]
    connection.exec_driver_sql(
        "SELECT post_document(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            key, Jsonb(header), items, [made.home(name, site) for name, *_ in lines],
            [quantity for _, quantity, *_ in lines], [cost for _, _, cost, _ in lines],
            [made.reasons[reason] if reason else None for *_, reason in lines],
            [""] * len(lines), [None] * len(lines), [None] * len(lines),
        ),
    )  # fmt: skip
    return key


def sell(connection: Connection, made: Restaurant, orders: Sequence[Order], *, site: str = "Downtown") -> UUID:
    """Post orders: business day, number and (menu item, quantity) lines."""
    lines = [(place, *line) for place, order in enumerate(orders, 1) for line in order[2]]
    key = uuid4()
    connection.exec_driver_sql(
        "SELECT post_sales(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            key, Jsonb({"site_id": str(made.sites[site]), "file_name": "till.csv"}),
            [number for _, number, _ in orders], [noon(day) for day, _, _ in orders],
            ["Till"] * len(orders), [None] * len(orders),
            [place for place, _, _ in lines], [made.menu[name] for _, name, _ in lines],
            [Decimal(quantity) for _, _, quantity in lines], [MENU_PRICES[name] for _, name, _ in lines],
        ),
    )  # fmt: skip
    return key


def void(connection: Connection, number: str) -> None:
    """Void an order by its number."""
    connection.exec_driver_sql(
        "SELECT void_order(gen_random_uuid(), id, 'Typed twice') FROM orders WHERE number = %s", (number,)
    )


def undo(connection: Connection, posting: UUID) -> None:
    """Undo a whole document."""
    connection.exec_driver_sql(
        "SELECT reverse_movements(gen_random_uuid(), array_agg(id), 'Entered twice')"
        " FROM stock_movements WHERE posting_id = %s",
        (posting,),
    )


def live(desk: TenantDatabase, made: Restaurant, first: date, last: date, *, seed: int = 7, orders: int = 8) -> None:
    """Live through days: a delivery twice a week, sales and waste every day, a count and staff meals on Mondays."""
    chance = random.Random(seed)
    opening = [(name, Decimal(60) * (40 if name == "Basil" else 1), PRICES[name], "OPENING") for name in PRICES]
    desk.run(post, made, "ADJUSTMENT", first, opening)
    day = first
    while day <= last:
        desk.run(_day, made, day, chance, orders)
        day += DAY
    desk.run(keep_chunk, _unknown(made, last))


def _unknown(made: Restaurant, day: date) -> KeptChunk:
    """A line of the last day that the menu does not know."""
    price = Decimal("3.20")
    line = UnmappedLine(2, made.site, "0815", day, None, "Counter", "ristretto", "Ristretto", Decimal(1), price, price)
    return KeptChunk(made.site, uuid4(), "till.csv", (line,), (noon(day),))


def _day(connection: Connection, made: Restaurant, day: date, chance: random.Random, orders: int) -> None:
    if day.weekday() in (1, 4):
        post(connection, made, "DELIVERY", day, _delivery(connection, made, day, chance))
    busy = orders + (orders // 2 if day.weekday() >= 4 else 0)
    numbers = [f"{day:%y%m%d}-{number:03}" for number in range(chance.randint(orders - 2, busy))]
    sell(connection, made, [(day, number, _order(made, chance)) for number in numbers])
    post(connection, made, "WASTE", day, _waste(chance))
    if day.weekday() == 0:
        post(connection, made, "COUNT", day, _count(connection, made, chance))
        used = {"Butter": ("-0.5", "STAFF_MEAL"), "Lemon": ("4", "FOUND"), "Cream 35%": ("-0.75", "SPOILAGE")}
        post(
            connection, made, "ADJUSTMENT", day, [(n, Decimal(amount), None, why) for n, (amount, why) in used.items()]
        )


def _order(made: Restaurant, chance: random.Random) -> list[tuple[str, int]]:
    return [(chance.choice(list(made.menu)), chance.randint(1, 4)) for _ in range(chance.randint(1, 4))]


def _count(connection: Connection, made: Restaurant, chance: random.Random) -> list[Line]:
    """A little less than there should be."""
    return [
        (name, max(quantity - Decimal(chance.randint(-40, 120)) / 100, Decimal(0)), None, "COUNT_DIFFERENCE")
        for name, quantity in sorted(_levels(connection, made).items())
        if name in ("Mozzarella", "Prosciutto", "Flour")
    ]


def _delivery(connection: Connection, made: Restaurant, day: date, chance: random.Random) -> list[Line]:
    """What is missing to a full store, at prices that rise through the year."""
    on_hand = _levels(connection, made)
    rise = 100 + day.timetuple().tm_yday // 36
    lines: list[Line] = []
    for name, price in PRICES.items():
        missing = int(FULL.get(name, 30) - on_hand.get(name, 0))
        if missing > 0:
            paid = (price * chance.randint(rise - 6, rise + 6) / 100).quantize(Decimal("0.0001"))
            lines.append((name, Decimal(missing), paid, None))
    return lines


def _levels(connection: Connection, made: Restaurant) -> dict[str, Decimal]:
    found = connection.exec_driver_sql(
        "SELECT i.name, c.quantity FROM stock_costs c JOIN items i ON i.id = c.item_id WHERE c.site_id = %s",
        (made.site,),
    )
    return {name: quantity for name, quantity in found}  # noqa: C416 - a Result is no iterable of pairs to mypy


def _waste(chance: random.Random) -> list[Line]:
    names: list[Any] = chance.sample(
        ("Mozzarella", "Basil", "Cream 35%", "Prawns", "Tomato tin", "Lemon", "Butter"), chance.randint(1, 3)
    )
    return [
        (name, -Decimal(chance.randint(5, 900)) / (10 if name == "Basil" else 250), None, chance.choice(WASTE_REASONS))
        for name in names
    ]

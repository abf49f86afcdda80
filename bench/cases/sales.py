"""A month of orders on its way into the books."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from tests.features.sales.tills import sales_of
from tests.restaurant import MENU, SINCE

from bench.case import Case, Step, Work, floor_sql
from bench.world import World
from ims_desktop.database.sign_in import Gate
from ims_desktop.features.sales import service as sales
from ims_desktop.features.sales.rules import SalesLine, SalesOrder

DAYS = 30
LINES = (1, 2, 2, 2, 3, 4)  # of an order; on average 2.3


# Enough for every import: one that leaves all short, or is dated before the last, is the work of `recost`.
_STOCK = """
    UPDATE stock_costs SET quantity = 1000000, value = 2000000, average_cost = 2,
      last_movement_at = '2024-01-01'
    WHERE item_id IN (SELECT id FROM items WHERE sku NOT LIKE 'GEN-%')"""


def _months(world: World) -> Iterator[int]:
    """Which month comes next, of items that are in stock."""

    def begun() -> Iterator[int]:
        world.root(world.kitchen).execute(_STOCK)
        return count()

    months: Iterator[int] = world.once("months of orders", begun)
    return months


def _orders(world: World) -> tuple[SalesOrder, ...]:
    """New orders of the thirty days after those of the last time, of dishes that have a recipe."""
    dishes = [(world.kitchen.menu[row[1]], Decimal(row[6])) for row in MENU if row[4]]
    began = datetime.fromisoformat(SINCE) + timedelta(days=1 + DAYS * next(_months(world)))
    label, orders = uuid4().hex[:8], world.sizes.orders

    def order(number: int) -> SalesOrder:
        at = began + timedelta(days=DAYS * number / (orders + 1))
        sold = [random.choice(dishes) for _ in range(random.choice(LINES))]
        lines = tuple(SalesLine(row, dish, Decimal(1), price, price) for row, (dish, price) in enumerate(sold, 2))
        return SalesOrder(f"{label}-{number}", world.kitchen.site, at.date(), at, "Counter", 2, lines)

    return tuple(order(number) for number in range(orders))


def _run(world: World, gate: Gate) -> Step:
    desk = world.desk(world.kitchen, gate)

    def ready() -> Work:
        month = sales_of(world.kitchen, *_orders(world))
        return lambda: sales.record_orders(desk.run, month)

    return ready


def _made(world: World) -> list[list[tuple[Any, ...]]]:
    """The movements of one import, chunk by chunk."""

    def found() -> list[list[tuple[Any, ...]]]:
        desk = world.desk(world.kitchen, world.gate)
        month = sales_of(world.kitchen, *_orders(world))
        sales.record_orders(desk.run, month)
        root = world.root(world.kitchen)
        read = b"SELECT item_id, quantity, value, order_id FROM stock_movements WHERE posting_id = %s ORDER BY id"
        return [root.execute(read, [chunk.key]).fetchall() for chunk in month.chunks()]

    return world.once("movements of an import", found)


def _floor(world: World) -> Step:
    root, statement = world.root(world.kitchen), floor_sql("insert_movements").encode()
    location = world.kitchen.locations["Downtown", "Walk-in"]
    chunks = [
        {**dict(zip(("items", "quantities", "values", "orders"), map(list, zip(*rows, strict=True)), strict=True))}
        for rows in _made(world)
    ]

    def ready() -> Work:
        named = {"site": world.kitchen.site, "location": location}
        sent = [{**named, "posting": uuid4(), **chunk} for chunk in chunks]
        return lambda: [root.execute(statement, values) for values in sent]

    return ready


CASES = (
    # One trip a thousand orders.
    Case("sales-import", "Import a month of orders", _floor, _run, target=4, trips=None, rounds=5),
)

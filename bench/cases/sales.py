"""A month of orders on its way into the books."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from tests.features.sales.tills import ZONE, sales_of
from tests.restaurant import MENU

from bench.case import Case, Step, Work, floor_sql
from bench.world import World
from ims_desktop.database.sign_in import Gate
from ims_desktop.features.sales import service as sales
from ims_desktop.features.sales.rules import SalesLine, SalesOrder

DAYS = 30
LINES = (1, 2, 2, 2, 3, 4)  # of an order; on average 2.3


def _orders(world: World) -> tuple[SalesOrder, ...]:
    """New orders of thirty days, of dishes that have a recipe."""
    dishes = [(world.kitchen.menu[row[1]], Decimal(row[6])) for row in MENU if row[4]]
    began = datetime.now(UTC).astimezone(ZONE).replace(tzinfo=None, microsecond=0) - timedelta(days=DAYS)
    label, count = uuid4().hex[:8], world.sizes.orders

    def order(number: int) -> SalesOrder:
        at = began + timedelta(days=DAYS * number / (count + 1))
        sold = [random.choice(dishes) for _ in range(random.choice(LINES))]
        lines = tuple(SalesLine(row, dish, Decimal(1), price, price) for row, (dish, price) in enumerate(sold, 2))
        return SalesOrder(f"{label}-{number}", world.kitchen.site, at.date(), at, "Counter", 2, lines)

    return tuple(order(number) for number in range(count))


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

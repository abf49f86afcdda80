"""Documents on their way into the ledger."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg

from bench.case import Case, Step, Work, floor_sql
from bench.world import World
from ims_desktop.database.sign_in import Gate
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.features.stock import service as stock

DESKS = 8
SHARED = 60  # items that all desks post at once
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
SIGNS = {"DELIVERY": 1, "WASTE": -1, "COUNT": 1}


def _goods(world: World) -> list[UUID]:
    def found() -> list[UUID]:
        rows = world.root(world.kitchen).execute("SELECT id FROM items WHERE sku LIKE 'GEN-%' ORDER BY sku").fetchall()
        return [key for (key,) in rows]

    return world.once("goods", found)


def _choice(world: World, lines: int, among: int | None = None) -> list[UUID]:
    """Different items in any order; fewer than asked for when there are no more."""
    goods = _goods(world)[:among]
    return random.sample(goods, min(lines, len(goods)))


def _location(world: World) -> UUID:
    return world.kitchen.locations["Downtown", "Walk-in"]


def _document(world: World, kind: stock.Kind, items: list[UUID]) -> stock.Document:
    location, sign = _location(world), SIGNS[kind.value]
    cost = Decimal(2) if kind is stock.Kind.DELIVERY else None
    reason = world.kitchen.reasons["SPOILAGE"] if kind is stock.Kind.WASTE else None
    lines = tuple(
        stock.DocumentLine(item, location, sign * Decimal(random.randint(1, 4_000)) / 1_000, cost, reason)
        for item in items
    )
    return stock.Document(uuid4(), kind, world.kitchen.site, lines)


def _plain(document: stock.Document) -> dict[str, Any]:
    return {
        "posting": document.key,
        "kind": document.kind.value,
        "site": document.site_id,
        "location": document.lines[0].location_id,
        "items": [line.item_id for line in document.lines],
        "quantities": [line.quantity for line in document.lines],
    }


def _posts(kind: stock.Kind, lines: int) -> tuple[Callable[[World], Step], Callable[[World, Gate], Step]]:
    statement = floor_sql("post").encode()

    def floor(world: World) -> Step:
        root = world.root(world.kitchen)

        def ready() -> Work:
            sent = _plain(_document(world, kind, _choice(world, lines)))
            return lambda: root.execute(statement, sent)

        return ready

    def run(world: World, gate: Gate) -> Step:
        desk = world.desk(world.kitchen, gate)

        def ready() -> Work:
            document = _document(world, kind, _choice(world, lines))
            return lambda: desk.run(stock.post, document)

        return ready

    return floor, run


# ---- eight desks at once ------------------------------------------------------------------------------------------


def _at_once(world: World, post: list[Callable[[stock.Document], object]]) -> Step:
    """Every desk posts its documents of fifty lines, on items that all share, as fast as it can."""
    pool = world.once("pool", lambda: ThreadPoolExecutor(DESKS))

    def ready() -> Work:
        piles = [
            [_document(world, stock.Kind.DELIVERY, _choice(world, 50, SHARED)) for _ in range(world.sizes.documents)]
            for _ in post
        ]

        def work() -> None:
            list(pool.map(lambda desk, pile: [desk(document) for document in pile], post, piles))

        return work

    return ready


def _floor_at_once(world: World) -> Step:
    statement = floor_sql("post").encode()

    def connected() -> list[psycopg.Connection[Any]]:
        return [world.new_root(world.kitchen) for _ in range(DESKS)]

    def posting(root: psycopg.Connection[Any]) -> Callable[[stock.Document], object]:
        return lambda document: root.execute(statement, _plain(document))

    return _at_once(world, [posting(root) for root in world.once("roots", connected)])


def _run_at_once(world: World, gate: Gate) -> Step:
    def logins() -> list[str]:
        return [world.kitchen.tenant.person("MANAGER") for _ in range(DESKS)]

    def posting(desk: TenantDatabase) -> Callable[[stock.Document], object]:
        return lambda document: desk.run(stock.post, document)

    people, own = world.once("people", logins), world.gate_of_its_own("desks", gate)
    return _at_once(world, [posting(world.desk(world.kitchen, own, login)) for login in people])


# ---- dated before everything else -----------------------------------------------------------------------------------


def _moved_often(world: World, count: int, whose: int) -> UUID:
    """An item with so many movements, of what comes in and what is used; the floor and ours write to one each."""

    def made() -> UUID:
        item = _goods(world)[-10 * whose - len(str(count))]
        desk = world.desk(world.kitchen, world.server.gate)
        left = count
        while left > 0:
            lines = tuple(
                stock.DocumentLine(
                    item,
                    _location(world),
                    Decimal(7 - 8 * (number % 2)),
                    None if number % 2 else Decimal(number % 9 + 1),
                    world.kitchen.reasons["FOUND"],
                )
                for number in range(min(left, 20_000))
            )
            desk.run(stock.post, stock.Document(uuid4(), stock.Kind.ADJUSTMENT, world.kitchen.site, lines))
            left -= len(lines)
        return item

    item: UUID = world.once(("moved", count, whose), made)
    return item


def _recosts(count: int) -> tuple[Callable[[World], Step], Callable[[World, Gate], Step]]:
    """A delivery nobody had entered, before everything else of its item: all of that is worth something else."""

    def floor(world: World) -> Step:
        root, item = world.root(world.kitchen), _moved_often(world, count, 1)
        kept = {"site": world.kitchen.site, "location": _location(world), "item": item, "at": LONG_AGO.isoformat()}

        def ready() -> Work:
            statement = floor_sql("recost")
            for name, value in {**kept, "price": random.randint(1, 99)}.items():
                statement = statement.replace(f"{{{name}}}", str(value))
            return lambda: root.execute(statement.encode())

        return ready

    def run(world: World, gate: Gate) -> Step:
        desk, item = world.desk(world.kitchen, gate), _moved_often(world, count, 2)

        def ready() -> Work:
            line = stock.DocumentLine(item, _location(world), Decimal(1), Decimal(random.randint(1, 99)))
            forgotten = stock.Document(uuid4(), stock.Kind.DELIVERY, world.kitchen.site, (line,), LONG_AGO)
            return lambda: desk.run(stock.post, forgotten)

        return ready

    return floor, run


CASES = (
    Case("post-1", "Post one movement", *_posts(stock.Kind.WASTE, 1), target=2.5, limit=2, far=True),
    Case("post-50", "Receive a delivery of 50 lines", *_posts(stock.Kind.DELIVERY, 50), target=3.3, limit=10, far=True),
    Case("post-1000", "Post 1,000 movements", *_posts(stock.Kind.DELIVERY, 1_000), target=3.3),
    Case("count-1000", "Confirm a count of 1,000 lines", *_posts(stock.Kind.COUNT, 1_000), target=4, limit=40),
    Case("recost-10k", "Date a delivery before 10,000 movements", *_recosts(10_000), target=4, rounds=5),
    Case("recost-100k", "Date a delivery before 100,000 movements", *_recosts(100_000), target=4, rounds=3),
    Case("desks-8", "8 desks post 50 lines at once", _floor_at_once, _run_at_once, target=2, trips=None, rounds=9),
)

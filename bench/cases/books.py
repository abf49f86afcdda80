"""Lists of what has happened: orders, a ledger that is searched and filtered, and stock in an order of several keys."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench.case import Case
from bench.cases.lists import WORDS, kitchen, last_but, reads, selects
from bench.world import World
from ims_desktop.domain.listing import Filter, ListQuery, Match, Sort
from ims_desktop.features.sales import service as sales
from ims_desktop.features.stock import service as stock

FIGURES = "77"  # in the number of an order
KIND = "WASTE"
LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"
LEVELS_MIXED = (Sort("category"), Sort("item", True))
Asked = Callable[[World], ListQuery]


def _days() -> tuple[date, date]:
    """A month that ended a month ago."""
    last = datetime.now(UTC).date() - timedelta(days=30)
    return last - timedelta(days=29), last


def _deep_order(world: World) -> tuple[Any, ...]:
    return world.once("deep orders", lambda: last_but(world, world.kitchen, "placed_at, id", "orders", "placed_at, id"))


def _deepest_orders(world: World) -> dict[str, Any]:
    at, key = _deep_order(world)
    return {"at": at, "id": key}


def _sent_days(_world: World) -> dict[str, Any]:
    first, last = _days()
    return {"first": first, "last": last}


def _of_days(_world: World) -> ListQuery:
    return ListQuery(filters=(Filter("business_day", Match.BETWEEN, _days()),))


def _list(name: str, what: str, floor: str, sent: Callable[[World], dict[str, Any]], read: Any, asked: Asked) -> Case:
    return Case(name, what, selects(kitchen, floor, sent), reads(kitchen, read, asked), target=4)


CASES = (
    replace(
        _list(
            "orders-first", "First page of orders", "orders_page",
            lambda _world: {"at": "infinity", "id": LAST}, sales.orders, lambda _world: ListQuery(),
        ),
        far=True,
    ),
    _list(
        "orders-deepest", "Deepest page of orders", "orders_page",
        _deepest_orders, sales.orders, lambda world: ListQuery(after=_deep_order(world)),
    ),
    _list(
        "orders-search", "Orders with a number, as searched", "orders_words",
        lambda _world: {"words": FIGURES}, sales.orders, lambda _world: ListQuery(search=FIGURES),
    ),
    _list("orders-filter", "Orders of a month", "orders_days", _sent_days, sales.orders, _of_days),
    _list(
        "movements-search", "Movements of items with a word", "movements_words",
        lambda _world: {"words": WORDS}, stock.movements, lambda _world: ListQuery(search=WORDS),
    ),
    _list(
        "movements-filter", "Movements of one kind", "movements_kind",
        lambda _world: {"kind": KIND}, stock.movements,
        lambda _world: ListQuery(filters=(Filter("kind", Match.IN, (KIND,)),)),
    ),
    _list(
        "levels-mixed", "Stock by category, Z to A", "levels_mixed",
        lambda world: {"site": world.kitchen.site}, stock.levels,
        lambda world: ListQuery(site=world.kitchen.site, sort=LEVELS_MIXED),
    ),
)  # fmt: skip

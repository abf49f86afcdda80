"""Pages of long lists, and stock now and then."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.restaurant import Restaurant

from bench.case import Case, Step, Work, again, floor_sql
from bench.world import World
from ims_desktop.database.sign_in import Gate
from ims_desktop.domain.listing import PAGE_SIZE, Filter, ListQuery, Match, Sort
from ims_desktop.features.items import service as items
from ims_desktop.features.stock import service as stock
from ims_desktop.ui.records import records_of

Group = Callable[[World], Restaurant]
AGO = timedelta(days=30)
MIXED = (Sort("category"), Sort("name", True))  # one key up, one down: no row comparison says that
WORDS = "oil"


def catalogue(world: World) -> Restaurant:
    """The group with many items."""
    return world.catalogue


def kitchen(world: World) -> Restaurant:
    """The group with a long ledger."""
    return world.kitchen


def little(world: World) -> Restaurant:
    """The group with a short ledger: what is on hand must not take longer the longer the ledger is."""
    return world.little


def reads(group: Group, use_case: Callable[..., Any], *args: Callable[[World], Any]) -> Callable[[World, Gate], Step]:
    """Run a read as the owner; what it is asked is worked out once."""

    def run(world: World, gate: Gate) -> Step:
        desk = world.desk(group(world), gate)
        asked = [made(world) for made in args]
        return again(lambda: desk.run(use_case, *asked))

    return run


def selects(group: Group, name: str, sent: Callable[[World], dict[str, Any]]) -> Callable[[World], Step]:
    """Run the floor's statement and take all of its rows."""

    def floor(world: World) -> Step:
        root, values = world.root(group(world)), sent(world)
        statement = floor_sql(name).encode()
        work: Work = lambda: root.execute(statement, values).fetchall()  # noqa: E731
        return again(work)

    return floor


def last_but(world: World, group: Restaurant, columns: str, table: str, order: str) -> tuple[Any, ...]:
    """The cursor with a page of rows left behind it."""
    statement = f"SELECT {columns} FROM {table} ORDER BY {order} OFFSET {PAGE_SIZE} LIMIT 1"
    found = world.root(group).execute(statement.encode()).fetchone()
    return tuple(found or ())


def _deep_items(world: World) -> Sequence[Any]:
    return world.once(
        "deep items",
        lambda: last_but(world, world.catalogue, "sort_name, id", "items", "sort_name DESC, id DESC"),
    )


def _deep_movements(world: World) -> Sequence[Any]:
    return world.once(
        "deep movements",
        lambda: last_but(world, world.kitchen, "effective_at, id", "stock_movements", "effective_at, id"),
    )


def _first_items(world: World) -> dict[str, Any]:
    return {"site": world.catalogue.site, "name": "", "id": "00000000-0000-0000-0000-000000000000"}


def _last_items(world: World) -> dict[str, Any]:
    name, key = _deep_items(world)
    return {"site": world.catalogue.site, "name": name, "id": key}


def _last_movements(world: World) -> dict[str, Any]:
    at, key = _deep_movements(world)
    return {"at": at, "id": key}


def _deep_mixed(world: World) -> Sequence[Any]:
    """Where a page is left of the items by category, and from Z to A within it."""
    among = "items i JOIN categories c ON c.id = i.category_id"
    order = "c.sort_name DESC, i.sort_name, i.id"
    columns = "c.sort_name, i.sort_name, i.id"
    return world.once("deep mixed", lambda: last_but(world, world.catalogue, columns, among, order))


def _last_mixed(world: World) -> dict[str, Any]:
    category, name, key = _deep_mixed(world)
    return {"site": world.catalogue.site, "category": category, "name": name, "id": key}


def _first_mixed(world: World) -> dict[str, Any]:
    last = "\uffff"  # behind every name
    return {"site": world.catalogue.site, "category": "", "name": last, "id": "ffffffff-ffff-ffff-ffff-ffffffffffff"}


def _words(world: World) -> dict[str, Any]:
    return {"site": world.catalogue.site, "words": WORDS}


def _ask_words(world: World) -> ListQuery:
    return replace(_ask_items(world), filters=(Filter("name", Match.CONTAINS, (WORDS,)),))


def _ask_items(world: World) -> ListQuery:
    return ListQuery(site=world.catalogue.site)


def _some_item(world: World) -> UUID:
    key: UUID = _deep_items(world)[1]
    return key


def _moment(world: World) -> datetime:
    return world.once("moment", lambda: datetime.now(UTC) - AGO)


CASES = (
    Case(
        "items-first",
        "First page of items",
        selects(catalogue, "items_page", _first_items),
        reads(catalogue, items.items, _ask_items),
        target=4,
        far=True,
    ),
    Case(
        "items-deepest",
        "Deepest page of items",
        selects(catalogue, "items_page", _last_items),
        reads(catalogue, items.items, lambda world: replace(_ask_items(world), after=tuple(_deep_items(world)))),
        target=4,
    ),
    Case(
        "items-mixed-first",
        "Items by category, Z to A",
        selects(catalogue, "items_mixed", _first_mixed),
        reads(catalogue, items.items, lambda world: replace(_ask_items(world), sort=MIXED)),
        target=4,
    ),
    Case(
        "items-mixed-deepest",
        "Their deepest page",
        selects(catalogue, "items_mixed", _last_mixed),
        reads(
            catalogue,
            items.items,
            lambda world: replace(_ask_items(world), sort=MIXED, after=tuple(_deep_mixed(world))),
        ),
        target=4,
    ),
    Case(
        "items-search",
        "Items with a word, as searched",
        selects(catalogue, "items_words", _words),
        reads(catalogue, items.items, lambda world: replace(_ask_items(world), search=WORDS)),
        target=4,
    ),
    Case(
        "items-filter",
        "Items with a word, as filtered",
        selects(catalogue, "items_words", _words),
        reads(catalogue, items.items, _ask_words),
        target=4,
    ),
    Case(
        "find-record",
        "Ctrl+K asks for items",
        selects(catalogue, "find_words", lambda _world: {"words": WORDS}),
        reads(catalogue, records_of(items.items, "name", "sku"), lambda _world: WORDS),
        target=8,
        far=True,
    ),
    Case(
        "item-panel",
        "What the panel of an item asks",
        selects(catalogue, "item_panel", lambda world: {"site": world.catalogue.site, "item": _some_item(world)}),
        reads(catalogue, items.item, _some_item, lambda world: world.catalogue.site),
        target=4,
        far=True,
    ),
    Case(
        "movements-first",
        "First page of movements",
        selects(kitchen, "movements_page", lambda _world: {"at": "infinity", "id": 0}),
        reads(kitchen, stock.movements, lambda _world: ListQuery()),
        target=4,
        far=True,
    ),
    Case(
        "movements-deepest",
        "Deepest page of movements",
        selects(kitchen, "movements_page", _last_movements),
        reads(kitchen, stock.movements, lambda world: ListQuery(after=tuple(_deep_movements(world)))),
        target=4,
    ),
    Case(
        "levels",
        "Stock of 1,000 items at one site",
        selects(kitchen, "levels", lambda world: {"site": world.kitchen.site}),
        reads(kitchen, stock.levels, lambda world: ListQuery(site=world.kitchen.site, limit=1_000)),
        target=4,
    ),
    Case(
        "levels-10k",
        "The same behind 10,000 movements",
        selects(little, "levels", lambda world: {"site": world.little.site}),
        reads(little, stock.levels, lambda world: ListQuery(site=world.little.site, limit=1_000)),
        target=4,
    ),
    Case(
        "levels-at",
        "The same as at 30 days ago",
        selects(kitchen, "levels_at", lambda world: {"site": world.kitchen.site, "moment": _moment(world)}),
        reads(kitchen, stock.levels_at, _moment, lambda world: world.kitchen.site),
        target=3,
    ),
)

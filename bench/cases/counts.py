"""A count of 5,000 lines: posted at once, and pasted from a spreadsheet, checked, entered, looked at and posted."""

import random
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from bench.case import Case, Step, Work, floor_sql
from bench.world import World
from ims_desktop.database.sign_in import Gate
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.cell_block import read_block
from ims_desktop.features.counts import service as counts
from ims_desktop.features.counts.rules import Blanks, CountDraft, PastedLine, Scope, read_pasted
from ims_desktop.features.stock import service as stock

LINES = 5_000
_COUNTED = (
    "SELECT i.sku, i.id FROM items i JOIN item_site_settings s ON s.item_id = i.id AND s.site_id = %s"
    " WHERE i.category_id = ANY (%s) AND i.is_active ORDER BY i.sort_name LIMIT %s"
)
_BY_SIZE = "SELECT category_id, count(*) FROM items WHERE is_active GROUP BY category_id ORDER BY 2 DESC, 1"


def _categories(world: World) -> tuple[UUID, ...]:
    """As many categories, the largest first, as it takes for all the lines."""
    chosen, lines = list[UUID](), 0
    for category, items in world.root(world.catalogue).execute(_BY_SIZE).fetchall():
        if lines < LINES:
            chosen.append(category)
            lines += items
    return tuple(chosen)


def _goods(world: World) -> list[tuple[str, UUID]]:
    """The items of these categories that a site counts."""

    def found() -> list[tuple[str, UUID]]:
        asked = [world.catalogue.site, list(_categories(world)), LINES]
        return world.root(world.catalogue).execute(_COUNTED, asked).fetchall()

    return world.once("counted", found)


def _pasted(world: World) -> str:
    """SKU and quantity as a spreadsheet puts them on the clipboard."""
    return "\n".join(f"{sku}\t{random.randint(0, 4_000)}.5" for sku, _key in _goods(world))


def _floor(world: World) -> Step:
    root, statement = world.root(world.catalogue), floor_sql("post").encode()
    location = world.catalogue.locations["Downtown", "Walk-in"]

    def ready() -> Work:
        sent = {
            "posting": uuid4(),
            "kind": "COUNT",
            "site": world.catalogue.site,
            "location": location,
            "items": [key for _sku, key in _goods(world)],
            "quantities": [random.randint(1, 4_000) for _item in _goods(world)],
        }
        return lambda: root.execute(statement, sent)

    return ready


def _run(world: World, gate: Gate) -> Step:
    desk, site = world.desk(world.catalogue, gate), world.catalogue.site

    def ready() -> Work:
        draft = CountDraft(uuid4(), site, "Some categories", Scope.CATEGORIES, _categories(world))
        desk.run(counts.start_count, draft)
        pasted = _pasted(world)
        return lambda: _count(desk, draft.key, pasted, world.catalogue.locations["Downtown", "Walk-in"])

    return ready


def _run_at_once(world: World, gate: Gate) -> Step:
    desk, here = world.desk(world.catalogue, gate), world.catalogue.locations["Downtown", "Walk-in"]

    def ready() -> Work:
        lines = tuple(stock.DocumentLine(key, here, Decimal(random.randint(1, 4_000))) for _sku, key in _goods(world))
        document = stock.Document(uuid4(), stock.Kind.COUNT, world.catalogue.site, lines)
        return lambda: desk.run(stock.post, document)

    return ready


def _count(desk: TenantDatabase, sheet: UUID, pasted: str, here: UUID) -> object:
    block = read_block(pasted)
    known = desk.run(counts.countables, [cells[0] for cells in block])
    lines, problems = read_pasted(block, known, {}, here)
    if problems or len(lines) != len(block):
        raise RuntimeError(f"not everything could be read: {problems[:3]}")
    desk.run(counts.enter, sheet, [_entry(line) for line in lines])
    desk.run(counts.hand_over, sheet, desk.run(counts.count_sheet, sheet).version)
    review: Any = desk.run(counts.review, sheet)
    version = desk.run(counts.count_sheet, sheet).version
    return desk.run(counts.post, counts.Posting(uuid4(), sheet, version, review.seen, Blanks.LEAVE))


def _entry(line: PastedLine) -> counts.Entry:
    return counts.Entry(uuid4(), line.location_id, line.item.id, line.quantity, line.typed)


CASES = (
    Case("count-5000", "Confirm a count of 5,000 lines", _floor, _run_at_once, target=4, limit=2_000, rounds=8),
    # What is pasted is looked up and entered; the count is read and handed over, reviewed, read again and posted.
    Case("count-pasted", "Paste and post a count", _floor, _run, target=20, limit=2_000, trips=None, rounds=3),
)

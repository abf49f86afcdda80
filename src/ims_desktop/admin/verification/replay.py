"""Plays the ledger again with the model of what stock is worth, and compares every movement, cost and layer with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from ims_desktop.admin.server import Connection
from ims_desktop.admin.verification.findings import Finding
from ims_desktop.database.installation import as_sql
from ims_desktop.domain.valuation import Books, Entry, Method, Stock

NOTHING = Stock()


class Moved(NamedTuple):
    """A movement: the place (item and site) it belongs to, what the model needs, and what the ledger says of it."""

    place: str
    subject: str
    id: int
    at: datetime
    quantity: Decimal
    given: Decimal | None
    of: int | None
    production: UUID | None
    weight: Decimal | None
    method: str
    rate: Decimal | None
    cancels: int | None
    worth: Decimal
    is_corrected: bool


class Kept(NamedTuple):
    """What the ledger keeps of a place: its cost, and its layers as text."""

    cost: Decimal
    layers: str


LINKS = """
SELECT DISTINCT m.site_id || '/' || m.item_id, t.site_id || '/' || t.item_id
FROM stock_movements m JOIN stock_movements t ON t.of_id = m.id AND (t.site_id, t.item_id) <> (m.site_id, m.item_id)
UNION
SELECT DISTINCT m.site_id || '/' || m.item_id, t.site_id || '/' || t.item_id
FROM stock_movements m JOIN stock_movements t ON t.posting_id = m.posting_id AND t.quantity > 0 AND m.quantity < 0
WHERE m.kind = 'PRODUCTION'
"""
KEPT = """
SELECT c.site_id || '/' || c.item_id, c.average_cost, coalesce((
  SELECT string_agg(l.movement_id || ': ' || trim_scale(l.quantity) || ' worth ' || trim_scale(l.value), ', '
    ORDER BY l.place) FROM cost_layers l WHERE l.site_id = c.site_id AND l.item_id = c.item_id), '')
FROM stock_costs c
"""
LEDGER = """
SELECT m.site_id || '/' || m.item_id, i.sku || ' at ' || s.name, m.id, m.effective_at, m.quantity,
  CASE WHEN m.given_value IS NOT NULL THEN m.given_value
    + coalesce((SELECT sum(c.amount) FROM price_changes c WHERE c.movement_id = m.id), 0) END,
  m.of_id, CASE WHEN m.kind = 'PRODUCTION' THEN m.posting_id END, m.weight,
  coalesce((SELECT h.method FROM item_methods h WHERE h.item_id = m.item_id AND h.valid_from <= m.business_day
    ORDER BY h.valid_from DESC LIMIT 1), i.cost_method),
  CASE WHEN m.kind = 'TRANSFER_OUT' THEN (SELECT p.to_rate FROM postings p WHERE p.id = m.posting_id) END,
  m.reverses_id, m.value + coalesce(k.value, 0), k.value IS NOT NULL
FROM stock_movements m JOIN items i ON i.id = m.item_id JOIN sites s ON s.id = m.site_id
LEFT JOIN (SELECT movement_id, sum(value) AS value FROM cost_corrections GROUP BY 1) k ON k.movement_id = m.id
WHERE m.kind <> 'MOVE' ORDER BY m.site_id, m.item_id, m.effective_at, m.id
"""


def replay(connection: Connection) -> Iterator[Finding]:
    """Everything in which the ledger and the model differ."""
    groups = _together(connection.execute(as_sql(LINKS)).fetchall())
    kept = {place: Kept(*rest) for place, *rest in connection.execute(as_sql(KEPT)).fetchall()}
    linked: dict[str, list[Moved]] = {}
    with connection.cursor("ledger") as cursor:
        cursor.itersize = 20_000
        cursor.execute(as_sql(LEDGER))
        for place, rows in groupby((Moved(*row) for row in cursor), key=lambda moved: moved.place):
            if place in groups:
                linked.setdefault(groups[place], []).extend(rows)
            else:
                yield from _differences(list(rows), kept)
    for moved in linked.values():
        yield from _differences(moved, kept)


def _together(links: Iterable[Sequence[Any]]) -> Mapping[str, str]:
    """Places that hand worth to each other, each with the one that stands for all of them."""
    above: dict[str, str] = {}

    def first(place: str) -> str:
        while above.setdefault(place, place) != place:
            place = above[place]
        return place

    for one, other in links:
        above[first(one)] = first(other)
    return {place: first(place) for place in list(above)}


def _differences(moved: Sequence[Moved], kept: Mapping[str, Kept]) -> Iterator[Finding]:
    books = Books().settle(list(_entries(moved)))
    by_number = {one.id: one for one in moved}
    cancelled = {one.cancels for one in moved}
    for one in moved:
        if one.id in cancelled:
            continue
        back = by_number[one.cancels].worth if one.cancels in by_number else Decimal(0)
        worth = books.worths[one.id] - back  # what is undone and what undoes it are worth nothing together
        if one.worth != worth:
            name = "true-up" if one.is_corrected else "cost of a movement"
            yield Finding(name, f"{one.subject}, movement {one.id}", f"{worth:f}", f"{one.worth:f}")
    for place, subject in {one.place: one.subject for one in moved}.items():
        stock = books.stocks.get(place, NOTHING)
        cost, layers = kept.get(place, Kept(Decimal(0), ""))
        if cost != stock.cost:
            yield Finding("average cost", subject, f"{stock.cost:f}", f"{cost:f}")
        if layers != _layers(stock):
            yield Finding("layers", subject, _layers(stock) or "none", layers or "none")


def _entries(moved: Sequence[Moved]) -> Iterator[Entry]:
    cancelled = {one.cancels for one in moved}
    inputs: dict[UUID, list[int]] = {}
    for one in moved:
        if one.production and one.quantity < 0 and one.cancels is None and one.id not in cancelled:
            inputs.setdefault(one.production, []).append(one.id)
    for one in moved:
        produced = one.production is not None and one.quantity > 0
        used = tuple(sorted(inputs.get(one.production, []))) if one.production and produced else ()
        weight = Decimal(1) if one.weight is None else one.weight
        passes = one.weight == 0 and one.production is None
        of = one.of if one.quantity > 0 or passes else None
        rate = Decimal(1) if one.rate is None else one.rate
        yield Entry(
            one.id, one.place, one.at, one.quantity, one.given, of, Method(one.method), one.cancels, used, weight, rate,
            passes,
        )  # fmt: skip


def _layers(stock: Stock) -> str:
    parts = [(part.id, part.quantity, part.value) for part in stock.layers]
    parts += [(part.id, -part.quantity, -part.value) for part in stock.shorts]
    return ", ".join(f"{key}: {_plain(quantity)} worth {_plain(value)}" for key, quantity, value in parts)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"

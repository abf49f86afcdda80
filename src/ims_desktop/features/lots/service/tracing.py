"""Where a lot came from and where it went: its movements, those of what it was made of, and of what holds it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match, Page, Summary
from ims_desktop.domain.wording import Words
from ims_desktop.domain.work import read
from ims_desktop.features.items.rules import places

MOST = 5_000
FARTHEST = 20  # productions one after the other


@dataclass(frozen=True, slots=True)
class TraceRow:
    """A movement on the way of a lot: `way` says whether of it, of one that went into it (from), or holds it (into).

    `step` counts the productions in between; `who` is the supplier, the other site, the order or what was made.
    """

    id: str
    movement_id: int
    way: str
    step: int
    effective_at: datetime
    kind: str
    posting_id: UUID
    number: int
    reference: str
    item: str
    unit: str
    code: str
    expires_on: date | None
    site: str
    location: str
    quantity: Decimal
    who: str
    dishes: str
    order_id: UUID | None

    @property
    def decimals(self) -> int:
        """How many decimals its quantity shows."""
        return places(self.unit, self.quantity)

    @property
    def document(self) -> str:
        """The number of its document as people write it."""
        return f"#{self.number}"


# What was undone has never been; what arrived as another lot than had left, goes on as that one.
# Of the lots that went into it only is told how they came; of what holds it, all.
_TRACE = text("""
    WITH RECURSIVE said AS NOT MATERIALIZED (
      SELECT x.movement_id, x.lot_id, sum(x.quantity) AS quantity FROM movement_lots x GROUP BY x.movement_id, x.lot_id
    ), into_lots (lot_id, step) AS (
      SELECT CAST(:lot AS uuid), 0
      UNION
      SELECT g.lot_id, f.step + 1
      FROM into_lots f CROSS JOIN LATERAL (
        SELECT o.lot_id, u.id FROM said i
        JOIN stock_movements u ON u.id = i.movement_id AND u.kind = 'PRODUCTION' AND u.reverses_id IS NULL
        JOIN stock_movements p ON p.posting_id = u.posting_id AND p.quantity > 0
        JOIN said o ON o.movement_id = p.id AND o.quantity > 0
        WHERE i.lot_id = f.lot_id AND i.quantity < 0
        UNION ALL
        SELECT x.lot_id, x.movement_id FROM movement_lots x WHERE x.left_as = f.lot_id) g
      WHERE f.step < :farthest AND g.lot_id <> CAST(:lot AS uuid)
        AND NOT EXISTS (SELECT FROM stock_movements r WHERE r.reverses_id = g.id)
    ), from_lots (lot_id, step) AS (
      SELECT CAST(:lot AS uuid), 0
      UNION
      SELECT g.lot_id, f.step + 1
      FROM from_lots f CROSS JOIN LATERAL (
        SELECT i.lot_id, p.id FROM said o
        JOIN stock_movements p ON p.id = o.movement_id AND p.kind = 'PRODUCTION' AND p.reverses_id IS NULL
        JOIN stock_movements u ON u.posting_id = p.posting_id AND u.quantity < 0
        JOIN said i ON i.movement_id = u.id AND i.quantity < 0
        WHERE o.lot_id = f.lot_id AND o.quantity > 0
        UNION ALL
        SELECT x.left_as, x.movement_id FROM movement_lots x WHERE x.lot_id = f.lot_id AND x.left_as IS NOT NULL) g
      WHERE f.step < :farthest AND g.lot_id <> CAST(:lot AS uuid)
        AND NOT EXISTS (SELECT FROM stock_movements r WHERE r.reverses_id = g.id)
    ), way AS (
      SELECT 'self' AS way, 0 AS step, CAST(:lot AS uuid) AS lot_id
      UNION ALL SELECT 'into', min(step), lot_id FROM into_lots WHERE step > 0 GROUP BY lot_id
      UNION ALL SELECT 'from', min(step), lot_id FROM from_lots WHERE step > 0 GROUP BY lot_id
    )
    SELECT w.way || '/' || m.id || '/' || w.lot_id AS id, m.id AS movement_id, w.way, w.step, m.effective_at, m.kind,
      m.posting_id, d.number, d.reference, i.name AS item, i.base_unit AS unit, t.code, t.expires_on,
      s.name AS site, l.name AS location, n.quantity,
      coalesce(v.name, e.name, c.number || coalesce(' · ' || k.name, ''), y.name,
        CASE WHEN m.kind = 'PRODUCTION' AND m.quantity < 0 THEN (
          SELECT string_agg(DISTINCT b.name, ', ') FROM stock_movements q JOIN items b ON b.id = q.item_id
          WHERE q.posting_id = m.posting_id AND q.quantity > 0) END, '') AS who,
      CASE WHEN CAST(:dishes AS boolean) AND m.order_id IS NOT NULL THEN coalesce((
        SELECT string_agg(DISTINCT a.name, ', ') FROM line_usage(m.order_id) g
        JOIN order_items h ON h.order_id = m.order_id AND h.line = g.line JOIN menu_items a ON a.id = h.menu_item_id
        WHERE g.item_id = m.item_id AND g.quantity <> 0), '') ELSE '' END AS dishes, m.order_id
    FROM way w JOIN said n ON n.lot_id = w.lot_id AND n.quantity <> 0
    JOIN stock_movements m ON m.id = n.movement_id AND m.reverses_id IS NULL
    JOIN postings d ON d.id = m.posting_id JOIN items i ON i.id = m.item_id JOIN lots t ON t.id = w.lot_id
    JOIN sites s ON s.id = m.site_id JOIN storage_locations l ON l.id = m.location_id
    LEFT JOIN suppliers v ON v.id = d.supplier_id LEFT JOIN sites e ON e.id = d.to_site_id
    LEFT JOIN orders c ON c.id = m.order_id LEFT JOIN customers k ON k.id = c.customer_id
    LEFT JOIN reason_codes y ON y.id = m.reason_id
    WHERE NOT EXISTS (SELECT FROM stock_movements r WHERE r.reverses_id = m.id)
      AND (w.way <> 'from' OR (m.quantity > 0 AND m.kind NOT IN ('TRANSFER_IN', 'MOVE')))
    ORDER BY CASE w.way WHEN 'from' THEN -w.step WHEN 'into' THEN w.step ELSE 0 END, m.effective_at, m.id
    LIMIT :most""")

_NEEDS: Words = "Choose a lot: its way is followed from there."
_NAME = text("SELECT t.code, i.name FROM lots t JOIN items i ON i.id = t.item_id WHERE t.id = :lot")


def trace_of(connection: Connection, lot: UUID, *, dishes: bool) -> tuple[TraceRow, ...]:
    """Every movement on the way of a lot, from its origins on; `dishes` asks which dishes of each order took of it."""
    sent = {"lot": lot, "farthest": FARTHEST, "most": MOST, "dishes": dishes}
    return tuple(TraceRow(**row) for row in connection.execute(_TRACE, sent).mappings())


@read
def trace(connection: Connection, query: ListQuery) -> Page[TraceRow]:
    """The whole way of one lot."""
    return Page(_asked(connection, query, dishes=True))


@read
def trace_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many movements there are on the way of a lot."""
    return Summary(len(_asked(connection, query, dishes=False)), {}, exact=True)


@read
def lot_name(connection: Connection, lot: UUID) -> tuple[str, str]:
    """The name of a lot, and of its item."""
    row: Any = connection.execute(_NAME, {"lot": lot}).one_or_none()
    return (row.code, row.name) if row is not None else ("", "")


def _asked(connection: Connection, query: ListQuery, *, dishes: bool) -> tuple[TraceRow, ...]:
    """The way of the lot that is asked for; other filters narrow it."""
    lot, rest = None, list[Filter]()
    for chip in query.filters:
        if chip.key == "lot" and chip.test is Match.IN and len(chip.values) == 1:
            lot = chip.values[0]
        else:
            rest.append(chip)
    if lot is None:
        raise UserError(_NEEDS)
    rows = trace_of(connection, lot, dishes=dishes)
    return tuple(row for row in rows if all(getattr(row, chip.key) in chip.values for chip in rest))

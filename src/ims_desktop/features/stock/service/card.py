"""The card of one item at one site: its movements and what there was after each, reckoned back from the present."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match, Page, Summary
from ims_desktop.domain.valuation import quotient
from ims_desktop.domain.wording import Words
from ims_desktop.domain.work import read
from ims_desktop.features.items.rules import places
from ims_desktop.features.stock.service.books import moment_of

_NEEDS: Words = "A card is kept for one item at one site: choose an item, and a site in the navigation."

# A correction joins the balance from the moment it counts: at its movement, or at the first one after that moment, and
# at the last one when nothing moved since; so the last balance is what is kept of the item.
_LINES = """
    WITH joined AS (
      SELECT coalesce(CASE WHEN k.effective_at <= m.effective_at THEN m.id ELSE (
          SELECT x.id FROM valued_movements x
          WHERE x.site_id = :site AND x.item_id = :item AND x.effective_at >= k.effective_at
          ORDER BY x.effective_at, x.id LIMIT 1) END,
        (SELECT x.id FROM valued_movements x WHERE x.site_id = :site AND x.item_id = :item
         ORDER BY x.effective_at DESC, x.id DESC LIMIT 1)) AS id, sum(k.value) AS value
      FROM cost_corrections k JOIN valued_movements m ON m.id = k.movement_id
      WHERE k.site_id = :site AND k.item_id = :item GROUP BY 1)
    SELECT m.id, m.posting_id, p.number, m.effective_at, m.kind, m.quantity, i.base_unit AS unit, l.name AS location,
      r.name AS reason, m.note, coalesce(b.display_name, '') AS by, m.reverses_id,
      (SELECT u.id FROM valued_movements u WHERE u.reverses_id = m.id) AS undone_by,
      c.quantity - coalesce(sum(m.quantity) OVER later, 0) AS balance,
      CASE WHEN c.seen THEN m.value END AS value, CASE WHEN c.seen THEN t.value END AS correction,
      CASE WHEN c.seen THEN c.value - coalesce(sum(m.value + coalesce(t.value, 0)) OVER later, 0) END AS balance_value
    FROM valued_movements m
    JOIN LATERAL (SELECT s.quantity, s.value, s.site_id = ANY ((SELECT scope('stock.cost'))::uuid[]) AS seen
      FROM valued_stock s WHERE s.site_id = :site AND s.item_id = :item) c ON true
    JOIN items i ON i.id = m.item_id
    JOIN valued_postings p ON p.id = m.posting_id
    JOIN storage_locations l ON l.id = m.location_id
    LEFT JOIN reason_codes r ON r.id = m.reason_id
    LEFT JOIN members b ON b.id = m.posted_by
    LEFT JOIN joined t ON t.id = m.id
    WHERE m.site_id = :site AND m.item_id = :item
    WINDOW later AS (ORDER BY m.effective_at DESC, m.id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"""

_PAGE = text(f"""
    SELECT * FROM ({_LINES}) line
    WHERE (CAST(:low AS timestamptz) IS NULL OR effective_at >= :low)
      AND (CAST(:high AS timestamptz) IS NULL OR effective_at <= :high)
      AND (CAST(:after AS timestamptz) IS NULL
        OR (effective_at, id) < (CAST(:after AS timestamptz), CAST(:after_id AS bigint)))
    ORDER BY effective_at DESC, id DESC LIMIT :limit""")

_SUMMARY = text("""
    SELECT c.quantity - coalesce(m.since, 0) AS opening, c.quantity - coalesce(m.after, 0) AS closing,
      coalesce(m.incoming, 0) AS incoming, coalesce(m.outgoing, 0) AS outgoing, coalesce(m.lines, 0) AS lines,
      CASE WHEN s.seen THEN c.value - coalesce(m.value_since, 0) - coalesce(k.since, 0) END AS opening_value,
      CASE WHEN s.seen THEN c.value - coalesce(m.value_after, 0) - coalesce(k.after, 0) END AS closing_value
    FROM (SELECT coalesce(max(quantity), 0) AS quantity, coalesce(max(value), 0) AS value FROM valued_stock
          WHERE site_id = :site AND item_id = :item) c
    CROSS JOIN (SELECT CAST(:site AS uuid) = ANY ((SELECT scope('stock.cost'))::uuid[]) AS seen) s
    CROSS JOIN (SELECT
        sum(quantity) FILTER (WHERE effective_at >= :low) AS since,
        sum(value) FILTER (WHERE effective_at >= :low) AS value_since,
        sum(quantity) FILTER (WHERE effective_at > :high) AS after,
        sum(value) FILTER (WHERE effective_at > :high) AS value_after,
        sum(quantity) FILTER (WHERE quantity > 0 AND effective_at BETWEEN :low AND :high) AS incoming,
        sum(quantity) FILTER (WHERE quantity < 0 AND effective_at BETWEEN :low AND :high) AS outgoing,
        count(*) FILTER (WHERE effective_at BETWEEN :low AND :high) AS lines
      FROM valued_movements WHERE site_id = :site AND item_id = :item) m
    CROSS JOIN (SELECT sum(value) FILTER (WHERE effective_at >= :low) AS since,
        sum(value) FILTER (WHERE effective_at > :high) AS after
      FROM cost_corrections WHERE site_id = :site AND item_id = :item) k""")


@dataclass(frozen=True, slots=True)
class CardRow:
    """A movement and what there was after it; values are None to those who may not see them."""

    id: int
    posting_id: UUID
    number: int
    effective_at: datetime
    kind: str
    quantity: Decimal
    unit: str
    location: str
    reason: str | None
    note: str
    by: str
    reverses_id: int | None
    undone_by: int | None
    balance: Decimal
    value: Decimal | None
    correction: Decimal | None
    balance_value: Decimal | None

    @property
    def unit_cost(self) -> Decimal | None:
        """What one of what there was then was worth; None of nothing, or of less."""
        if self.balance_value is None or self.balance <= 0:
            return None
        return quotient(self.balance_value, self.balance)

    @property
    def decimals(self) -> int:
        """How many decimals the quantity shows."""
        return places(self.unit, self.quantity)

    @property
    def balance_decimals(self) -> int:
        """How many decimals the balance shows."""
        return places(self.unit, self.balance)

    @property
    def what(self) -> str:
        """The kind for the list: an undo is a kind of its own."""
        return "UNDO" if self.reverses_id is not None else self.kind

    @property
    def state(self) -> str | None:
        """Whether it was undone, or undoes another."""
        if self.undone_by is not None:
            return "undone"
        return "undo" if self.reverses_id is not None else None

    @property
    def document(self) -> str:
        """The number of its document as people write it."""
        return f"#{self.number}"


@read
def card(connection: Connection, query: ListQuery) -> Page[CardRow]:
    """A page of the card, newest first."""
    item, site, low, high = _asked(query)
    after, after_id = query.after or (None, None)
    sent = {"item": item, "site": site, "low": low, "high": high, "after": after, "after_id": after_id}
    found = connection.execute(_PAGE, {**sent, "limit": query.limit + 1}).mappings().all()
    rows = tuple(CardRow(**row) for row in found[: query.limit])
    return Page(rows, (rows[-1].effective_at, rows[-1].id) if len(found) > query.limit else None)


@read
def card_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many movements; what there was before the first and after the last of them, and what came and went."""
    item, site, low, high = _asked(query)
    sent = {"item": item, "site": site, "low": low or "-infinity", "high": high or "infinity"}
    found: dict[str, Any] = dict(connection.execute(_SUMMARY, sent).mappings().one())
    return Summary(found.pop("lines"), found, exact=True)


def _asked(query: ListQuery) -> tuple[UUID, UUID, datetime | None, datetime | None]:
    chosen = {chip.key: chip for chip in query.filters}
    items = _one(chosen.get("item"))
    site = _one(chosen.get("site")) or query.site
    if items is None or site is None:
        raise UserError(_NEEDS)
    low, high = chosen["effective_at"].values if "effective_at" in chosen else (None, None)
    ends = [end for end in (high, moment_of(query)) if end is not None]
    return items, site, low, min(ends, default=None)


def _one(chip: Filter | None) -> UUID | None:
    if chip is None or chip.test is not Match.IN or len(chip.values) != 1:
        return None
    value: UUID = chip.values[0]
    return value

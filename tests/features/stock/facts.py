"""What the tables of a tenant say, read past all policies."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from ims_desktop.domain.valuation import Cost


@dataclass(frozen=True)
class Moved:
    """A movement with the corrections of its value."""

    id: int
    item_id: UUID
    quantity: Decimal
    value: Decimal
    corrections: Decimal
    reverses_id: int | None

    @property
    def worth(self) -> Decimal:
        """What it is worth now."""
        return self.value + self.corrections


def cost_of(root: psycopg.Connection[Any], site: UUID, item: UUID) -> Cost:
    """Quantity, value and average cost as kept."""
    found = root.execute(
        "SELECT quantity, value, average_cost FROM stock_costs WHERE site_id = %s AND item_id = %s", [site, item]
    ).fetchone()
    return Cost(*found) if found else Cost()


def movements_of(root: psycopg.Connection[Any], posting: UUID) -> list[Moved]:
    """The movements of one document in the order of the ledger."""
    return root.cursor(row_factory=class_row(Moved)).execute(
        "SELECT m.id, m.item_id, m.quantity, m.value, m.reverses_id,"
        " coalesce((SELECT sum(c.value) FROM cost_corrections c WHERE c.movement_id = m.id), 0) AS corrections"
        " FROM stock_movements m WHERE m.posting_id = %s ORDER BY m.id",
        [posting],
    ).fetchall()  # fmt: skip


def true_ups(root: psycopg.Connection[Any], posting: UUID) -> dict[UUID, Decimal]:
    """What a document corrected in total, by item."""
    return dict(
        root.execute(
            "SELECT item_id, sum(value) FROM cost_corrections WHERE posting_id = %s GROUP BY item_id", [posting]
        ).fetchall()
    )


def totals(root: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    """Every item and site whose kept figures are not the sums of its lines; rightly none."""
    return root.execute("""
        SELECT c.site_id, c.item_id, c.quantity, c.value, m.quantity, m.value, l.on_hand FROM stock_costs c
        CROSS JOIN LATERAL (SELECT coalesce(sum(x.quantity), 0) AS quantity,
            coalesce(sum(x.value), 0) + coalesce((SELECT sum(y.value) FROM cost_corrections y
                WHERE y.site_id = c.site_id AND y.item_id = c.item_id), 0) AS value
            FROM stock_movements x WHERE x.site_id = c.site_id AND x.item_id = c.item_id) m
        CROSS JOIN LATERAL (SELECT coalesce(sum(x.on_hand), 0) AS on_hand FROM stock_levels x
            WHERE x.site_id = c.site_id AND x.item_id = c.item_id) l
        WHERE c.quantity <> m.quantity OR c.value <> m.value OR l.on_hand <> c.quantity
           OR (c.quantity = 0 AND c.value <> 0)""").fetchall()

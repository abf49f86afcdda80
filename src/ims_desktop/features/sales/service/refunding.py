"""Giving a part of an order back: what is left to refund, and what becomes of the food."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, text

from ims_desktop.database.listing import one_or_gone
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.work import Changed, call, read
from ims_desktop.features.sales.service.posting import SUBJECTS


@dataclass(frozen=True, slots=True)
class RefundableLine:
    """A line of an order, with what is left of it to refund and what was charged for that."""

    line: int
    name: str
    left: Decimal
    charged: Decimal


@dataclass(frozen=True, slots=True)
class Refundable:
    """What may still be refunded of an order."""

    id: UUID
    number: str
    currency: str
    lines: tuple[RefundableLine, ...]


@dataclass(frozen=True, slots=True)
class RefundLine:
    """So much of a line is given back; with a reason the food is lost, without one it goes back on the shelf."""

    line: int
    quantity: Decimal
    waste_reason: UUID | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund; `key` names this very action, so that sending it again changes nothing more."""

    key: UUID
    order_id: UUID
    lines: tuple[RefundLine, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """So much of what was charged for a line, with tax, is given back."""

    line: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """Money given back out of goodwill: what was eaten stays eaten, so no stock comes back."""

    key: UUID
    order_id: UUID
    lines: tuple[MoneyLine, ...]
    reason: str = ""


_REFUNDABLE = text("""
    SELECT o.id, o.number, s.currency,
      (SELECT coalesce(json_agg(json_build_array(l.line, btrim(concat_ws(' ', m.name, m.size)),
                (l.quantity + b.quantity)::text, (l.net_amount + l.tax_amount + b.charged)::text)
                ORDER BY l.line), '[]')
       FROM order_items l LEFT JOIN menu_items m ON m.id = l.menu_item_id
       CROSS JOIN LATERAL (
         SELECT coalesce(sum(x.quantity), 0) AS quantity, coalesce(sum(x.net_amount + x.tax_amount), 0) AS charged
         FROM orders r JOIN order_items x ON x.order_id = r.id AND x.refunds_line = l.line
         WHERE r.part_of_id = o.id AND r.kind = 'REFUND') b
       WHERE l.order_id = o.id AND l.quantity > 0
         AND (l.quantity + b.quantity > 0 OR l.net_amount + l.tax_amount + b.charged > 0)) AS lines
    FROM orders o JOIN sites s ON s.id = o.site_id WHERE o.id = :key AND o.state = 'CLOSED' AND o.kind <> 'REFUND'
""")


@read
def refundable(connection: Connection, key: UUID | str) -> Refundable:
    """What is left to refund of an order."""
    row = one_or_gone(connection.execute(_REFUNDABLE, {"key": UUID(str(key))}).mappings().one_or_none(), "order")
    lines = tuple(RefundableLine(line, name, Decimal(left), Decimal(paid)) for line, name, left, paid in row["lines"])
    return Refundable(**{**row, "lines": lines})


@read
def waste_reasons(connection: Connection) -> tuple[tuple[UUID, str], ...]:
    """Why food that comes back may be lost."""
    found = connection.execute(
        text("SELECT id, name FROM reason_codes WHERE is_active AND 'WASTE' = ANY (kinds) ORDER BY sort_order, name")
    )
    return tuple((row.id, row.name) for row in found)


_REFUND = text(
    "SELECT refund_order(:key, :order, CAST(:lines AS int[]), CAST(:quantities AS numeric[]), CAST(:wastes AS uuid[]),"
    " :reason)"
)


@call
def refund_order(connection: Connection, refund: Refund) -> Changed:
    """Give it back: money by an order of its own, food into stock or to waste at the cost it left with."""
    if not refund.lines:
        raise UserError("Nothing is refunded yet.", [Problem("Say how much of which line is refunded.", "lines")])
    sent = {
        "key": refund.key,
        "order": refund.order_id,
        "lines": [line.line for line in refund.lines],
        "quantities": [line.quantity for line in refund.lines],
        "wastes": [line.waste_reason for line in refund.lines],
        "reason": refund.reason,
    }
    connection.execute(_REFUND, sent)
    return Changed(refund.order_id, SUBJECTS)


_MONEY = text("SELECT refund_money(:key, :order, CAST(:lines AS int[]), CAST(:amounts AS numeric[]), :reason)")


@call
def refund_money(connection: Connection, back: MoneyBack) -> Changed:
    """Give money back and nothing else, by an order of its own."""
    if not back.lines:
        raise UserError("Nothing is given back yet.", [Problem("Say how much money is given back.", "lines")])
    amounts = [line.amount for line in back.lines]
    sent = {"key": back.key, "order": back.order_id, "lines": [line.line for line in back.lines], "amounts": amounts}
    connection.execute(_MONEY, {**sent, "reason": back.reason})
    return Changed(back.order_id, SUBJECTS)

"""Whose order it is, and what a customer ordered."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, text

from ims_desktop.domain.work import Changed, call, read
from ims_desktop.features.sales.service.posting import SUBJECTS

NEWEST = 8


@dataclass(frozen=True, slots=True)
class OrderOf:
    """One order of a customer."""

    id: UUID
    number: str
    placed_at: datetime
    site: str
    state: str
    net_total: Decimal


@dataclass(frozen=True, slots=True)
class OrdersOf:
    """The newest orders of a customer, how many there are, and what those that stand came to, by currency."""

    newest: tuple[OrderOf, ...]
    count: int
    totals: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class OrderCustomer:
    """Whose order it is from now on; None: nobody's."""

    order_id: UUID
    version: int
    customer_id: UUID | None


_NEWEST = text("""
    WITH theirs AS MATERIALIZED (
      SELECT o.id, o.number, o.placed_at, s.name AS site, s.currency, o.state, o.net_total
      FROM orders o JOIN sites s ON s.id = o.site_id WHERE o.customer_id = :customer)
    SELECT (SELECT count(*) FROM theirs) AS orders,
      (SELECT coalesce(json_agg(json_build_array(t.id, t.number, t.placed_at, t.site, t.state,
                t.net_total::text)), '[]')
       FROM (SELECT * FROM theirs ORDER BY placed_at DESC, id LIMIT :most) t) AS newest,
      (SELECT coalesce(json_agg(json_build_array(t.currency, t.net::text) ORDER BY t.currency), '[]')
       FROM (SELECT currency, sum(net_total) AS net FROM theirs WHERE state = 'CLOSED' GROUP BY currency) t) AS totals
""")


@read
def orders_of(connection: Connection, customer: UUID) -> OrdersOf:
    """What a customer ordered, in one statement."""
    row = connection.execute(_NEWEST, {"customer": customer, "most": NEWEST}).one()
    newest = tuple(
        OrderOf(UUID(key), number, datetime.fromisoformat(at), site, state, Decimal(net))
        for key, number, at, site, state, net in row.newest
    )
    return OrdersOf(newest, row.orders, tuple((currency, Decimal(net)) for currency, net in row.totals))


@call
def set_customer(connection: Connection, chosen: OrderCustomer) -> Changed:
    """Say whose order it is."""
    sent = {"order": chosen.order_id, "version": chosen.version, "customer": chosen.customer_id}
    connection.execute(text("SELECT set_customer(:order, :version, :customer)"), sent)
    return Changed(chosen.order_id, SUBJECTS)

"""Orders as the books hold them: the list, one order with what it used, and taking one back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Connection, and_, case, cast, func, literal, select, text, tuple_

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.listing import COUNT_CAP, Filter, ListQuery, Match, Page, Sort, Summary
from ims_desktop.domain.work import Changed, call, read
from ims_desktop.features.customers.tables import CUSTOMERS
from ims_desktop.features.sales.service.posting import SUBJECTS
from ims_desktop.features.sales.tables import ORDER_ITEMS, ORDERS, PLANNED_LINES, SITES


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in the list."""

    id: UUID
    number: str
    kind: str
    channel: str
    customer: str | None
    placed_at: datetime
    business_day: date
    site: str
    state: str
    lines: int
    net_total: Decimal
    tax_total: Decimal


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What was sold, what was charged for it without tax, and what it used cost; None: not to be seen, or nothing."""

    menu_item_id: UUID
    code: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    net_amount: Decimal
    tax_amount: Decimal
    note: str
    cost: Decimal | None
    used: tuple[str, ...]  # 0.32 kg Flour
    modifiers: tuple[str, ...] = ()  # of one portion

    @property
    def margin(self) -> Decimal | None:
        """What is left of its net amount, as a part of it."""
        if self.cost is None or not self.net_amount:
            return None
        return (self.net_amount - self.cost) / self.net_amount


@dataclass(frozen=True, slots=True)
class OrderPart:
    """A refund of an order, lines of it that became known later, or the order these belong to."""

    id: UUID
    number: str
    kind: str
    placed_at: datetime
    net_total: Decimal
    state: str


@dataclass(frozen=True, slots=True)
class UsedItem:
    """What the order took out of stock, from where, and what that cost with later corrections; None: not to be seen."""

    movement_id: int
    item_id: UUID
    item: str
    location: str
    quantity: Decimal
    unit: str
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Order:
    """One order with everything that belongs to it; what it used is empty for those who may not see stock."""

    id: UUID
    number: str
    kind: str
    channel: str
    placed_at: datetime
    business_day: date
    site_id: UUID
    site: str
    currency: str
    state: str
    covers: int | None
    net_total: Decimal
    tax_total: Decimal
    file_name: str | None
    recorded_by: str
    recorded_at: datetime | None
    void_reason: str
    voided_at: datetime | None
    customer_id: UUID | None
    customer: str | None  # unsaid to those who may not see customers
    note: str
    refunded: Decimal
    version: int
    lines: tuple[OrderLine, ...]
    used: tuple[UsedItem, ...]
    parts: tuple[OrderPart, ...]

    @property
    def status(self) -> str:
        """Its state, and how much of it was refunded."""
        return status_of(self.state, self.refunded, self.net_total + self.tax_total)

    @property
    def food_cost(self) -> Decimal | None:
        """What everything it used cost; None to those who may not see costs."""
        costs = [item.cost for item in self.used if item.cost is not None]
        return sum(costs, Decimal(0)) if len(costs) == len(self.used) else None

    @property
    def food_cost_share(self) -> Decimal | None:
        """Food cost as a part of the net total; unknown for an order that cost nothing or used nothing."""
        cost = self.food_cost
        return cost / self.net_total if cost is not None and self.net_total and self.used else None


_DAYS = ORDERS.alias("days")
_LAST_DAY = (  # what is planned for a later day has not been sold yet
    select(_DAYS.c.business_day)
    .where(_DAYS.c.site_id == SITES.c.id, _DAYS.c.state != "OPEN")
    .order_by(_DAYS.c.business_day.desc())
    .limit(1)
    .correlate(SITES)
    .scalar_subquery()
)
# Found once for each site, not once for each order.
_LATEST = tuple_(ORDERS.c.site_id, ORDERS.c.business_day).in_(select(SITES.c.id, _LAST_DAY).correlate(None))
_SOLD = select(func.count()).where(ORDER_ITEMS.c.order_id == ORDERS.c.id).correlate(ORDERS).scalar_subquery()
_PLANNED = select(func.count()).where(PLANNED_LINES.c.order_id == ORDERS.c.id).correlate(ORDERS).scalar_subquery()
_LINES = case((ORDERS.c.posting_id.is_(None), _PLANNED), else_=_SOLD)
_STANDS = case((ORDERS.c.state == "CLOSED", literal(1)), else_=literal(0))
_STATUS = case(
    (ORDERS.c.kind == "REFUND", literal("REFUND")),
    (and_(ORDERS.c.refunded > 0, ORDERS.c.refunded >= ORDERS.c.net_total + ORDERS.c.tax_total), literal("REFUNDED")),
    (ORDERS.c.refunded > 0, literal("PARTLY_REFUNDED")),
    else_=ORDERS.c.state,
)

SOURCE = ListSource(
    row=OrderRow,
    select=select(
        ORDERS.c.id,
        ORDERS.c.number,
        ORDERS.c.kind,
        ORDERS.c.channel,
        CUSTOMERS.c.name.label("customer"),
        ORDERS.c.placed_at,
        ORDERS.c.business_day,
        SITES.c.name.label("site"),
        _STATUS.label("state"),
        _LINES.label("lines"),
        ORDERS.c.net_total,
        ORDERS.c.tax_total,
    )
    .join_from(ORDERS, SITES, SITES.c.id == ORDERS.c.site_id)
    .outerjoin(CUSTOMERS, CUSTOMERS.c.id == ORDERS.c.customer_id),
    key=ORDERS.c.id,
    sorts={"placed_at": ORDERS.c.placed_at},
    default=(Sort("placed_at", descending=True),),
    filters={
        "business_day": ORDERS.c.business_day,
        "channel": ORDERS.c.channel,
        "kind": ORDERS.c.kind,
        "state": _STATUS,
        "open": ORDERS.c.state,
        "number": ORDERS.c.number,
        "customer": ORDERS.c.customer_id,
        "latest": cast(_LATEST, Boolean),
    },
    finds=(func.lower(ORDERS.c.number), func.lower(ORDERS.c.channel)),
    site=ORDERS.c.site_id,
    totals={"net_total": ORDERS.c.net_total * _STANDS, "tax_total": ORDERS.c.tax_total * _STANDS},
)
DISH = "dish"
VOIDED = (Filter("state", Match.IN, ("VOIDED",)),)
OPEN = (Filter("open", Match.IN, ("OPEN",)),)
REFUNDS = (Filter("kind", Match.IN, ("REFUND",)),)
ENTERED = (Filter("kind", Match.IN, ("CATERING", "WHOLESALE", "INTERNAL", "STAFF_MEAL")),)
LATEST = (Filter("latest", Match.IN, (True,)),)


@read
def orders(connection: Connection, query: ListQuery) -> Page[OrderRow]:
    """A page of orders, the newest first."""
    source, asked = _asked(query)
    return source.page(connection, asked)


@read
def orders_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many orders, and what those that were not voided came to."""
    source, asked = _asked(query)
    return source.summary(connection, asked)


def _asked(query: ListQuery) -> tuple[ListSource[OrderRow], ListQuery]:
    """Orders with one of some menu items on them: these are looked up by the index of the lines."""
    dishes = [key for chip in query.filters if chip.key == DISH for key in chip.values]
    if not dishes:
        return SOURCE, query
    sold = select(ORDER_ITEMS.c.order_id).where(ORDER_ITEMS.c.menu_item_id.in_(dishes))
    others = tuple(chip for chip in query.filters if chip.key != DISH)
    return replace(SOURCE, select=SOURCE.select.where(ORDERS.c.id.in_(sold))), replace(query, filters=others)


_COUNTS = text("""
    SELECT
      (SELECT count(*) FROM (
        SELECT FROM orders o WHERE CAST(:site AS uuid) IS NULL OR o.site_id = :site LIMIT :most) x) AS "all",
      (SELECT count(*) FROM sites s
       CROSS JOIN LATERAL (
         SELECT x.business_day FROM orders x WHERE x.site_id = s.id AND x.state <> 'OPEN'
         ORDER BY x.business_day DESC LIMIT 1) d
       JOIN orders o ON o.site_id = s.id AND o.business_day = d.business_day
       WHERE CAST(:site AS uuid) IS NULL OR s.id = :site) AS latest,
      (SELECT count(*) FROM (
        SELECT FROM orders o WHERE o.state = 'OPEN' AND (CAST(:site AS uuid) IS NULL OR o.site_id = :site)
        LIMIT :most) x) AS open,
      (SELECT count(*) FROM (
        SELECT FROM orders o WHERE o.kind NOT IN ('SALE', 'REFUND', 'ADDITION')
          AND (CAST(:site AS uuid) IS NULL OR o.site_id = :site) LIMIT :most) x) AS entered,
      (SELECT count(*) FROM (
        SELECT FROM orders o WHERE o.part_of_id IS NOT NULL AND o.kind = 'REFUND'
          AND (CAST(:site AS uuid) IS NULL OR o.site_id = :site) LIMIT :most) x) AS refunds,
      (SELECT count(*) FROM (
        SELECT FROM orders o WHERE o.state = 'VOIDED' AND (CAST(:site AS uuid) IS NULL OR o.site_id = :site)
        LIMIT :most) x) AS voided
""")


@read
def order_counts(connection: Connection, query: ListQuery) -> Mapping[str, int]:
    """How many orders each tab holds at the site, in one statement; what is too many to count is left out."""
    row = connection.execute(_COUNTS, {"site": query.site, "most": COUNT_CAP}).mappings().one()
    return {tab: count for tab, count in row.items() if count < COUNT_CAP}


_CHANNELS = text("SELECT DISTINCT channel FROM orders ORDER BY channel")


@read
def channels(connection: Connection) -> tuple[str, ...]:
    """The channels that orders came through."""
    return tuple(connection.execute(_CHANNELS).scalars())


_ORDER = text("""
    WITH usage AS MATERIALIZED (SELECT * FROM line_usage(:key))
    SELECT o.id, o.number, o.kind, o.channel, o.placed_at, o.business_day, o.site_id, s.name AS site, s.currency,
      o.state, o.covers, o.net_total, o.tax_total, o.void_reason,
      f.file_name, m.display_name AS recorded_by, p.posted_at AS recorded_at,
      o.customer_id, u.name AS customer, o.version,
      v.posted_at AS voided_at,
      o.note, o.refunded,
      (SELECT coalesce(json_agg(json_build_array(i.id, i.code, btrim(concat_ws(' ', i.name, i.size)), l.quantity::text,
                l.unit_price::text, l.net_amount::text, l.tax_amount::text, l.note, g.cost::text, g.used,
                (SELECT json_agg(d.name ORDER BY c.n) FROM unnest(l.modifiers) WITH ORDINALITY AS c (id, n)
                 JOIN modifiers d ON d.id = c.id))
                ORDER BY l.line), '[]')
       FROM (SELECT x.line, x.menu_item_id, x.quantity, x.unit_price, x.net_amount, x.tax_amount, x.note, x.modifiers
             FROM order_items x WHERE x.order_id = o.id
             UNION ALL
             SELECT x.line, x.menu_item_id, x.quantity, x.unit_price,
               round(x.quantity * x.unit_price - x.discount, 2), 0, x.note, x.modifiers
             FROM planned_lines x WHERE x.order_id = o.id) l
       LEFT JOIN menu_items i ON i.id = l.menu_item_id
       LEFT JOIN LATERAL (
         SELECT sum(u.cost) AS cost,
           json_agg(json_build_array(u.quantity::text, i.base_unit, i.name) ORDER BY u.cost DESC, i.name) AS used
         FROM usage u JOIN items i ON i.id = u.item_id WHERE u.line = l.line) g ON true) AS lines,
      (SELECT coalesce(json_agg(json_build_array(p.id, p.number, p.kind, p.placed_at, p.net_total::text, p.state)
                ORDER BY p.placed_at, p.id), '[]')
       FROM orders p WHERE p.part_of_id = o.id OR p.id = o.part_of_id) AS parts,
      (SELECT coalesce(json_agg(json_build_array(u.id, u.item_id, i.name, w.name, (-u.quantity)::text, i.base_unit,
                (-u.worth)::text) ORDER BY u.worth, u.id), '[]')
       FROM valued_movements u
       JOIN items i ON i.id = u.item_id
       LEFT JOIN storage_locations w ON w.id = u.location_id
       WHERE u.order_id = o.id AND u.reverses_id IS NULL) AS used
    FROM orders o
    JOIN sites s ON s.id = o.site_id
    JOIN members m ON m.id = o.created_by
    LEFT JOIN customers u ON u.id = o.customer_id
    LEFT JOIN sales_imports f ON f.id = o.import_id
    LEFT JOIN valued_postings p ON p.id = o.posting_id
    LEFT JOIN valued_postings v ON v.id = o.void_posting_id
    WHERE o.id = :key
""")


@read
def order(connection: Connection, key: UUID | str) -> Order:
    """One order with its lines and what it took out of stock."""
    row = one_or_gone(connection.execute(_ORDER, {"key": UUID(str(key))}).mappings().one_or_none(), "order")
    parts = tuple(
        OrderPart(UUID(part), number, kind, datetime.fromisoformat(at), Decimal(net), state)
        for part, number, kind, at, net, state in row["parts"]
    )
    lines, used = tuple(map(_sold, row["lines"])), tuple(map(_used, row["used"]))
    return Order(**{**row, "lines": lines, "used": used, "parts": parts})


def status_of(state: str, refunded: Decimal, charged: Decimal) -> str:
    """The state of an order as people say it."""
    if refunded <= 0:
        return state
    return "REFUNDED" if refunded >= charged else "PARTLY_REFUNDED"


def _sold(values: list[Any]) -> OrderLine:
    menu_item, code, name, quantity, price, net, tax, note, cost, used, modifiers = values
    figures = (Decimal(quantity), Decimal(price), Decimal(net), Decimal(tax))
    taken = tuple(f"{Decimal(amount).normalize():f} {unit} {item}" for amount, unit, item in used or ())
    worth = cost and Decimal(cost)
    return OrderLine(UUID(menu_item), code or "", name or "", *figures, note, worth, taken, tuple(modifiers or ()))


def _used(values: list[Any]) -> UsedItem:
    movement, item_id, item, location, quantity, unit, cost = values
    return UsedItem(movement, UUID(item_id), item, location or "", Decimal(quantity), unit, cost and Decimal(cost))


_VOID = text("SELECT void_order(:key, :order, :reason)")


@dataclass(frozen=True, slots=True)
class Void:
    """Taking an order back; `key` names this very action, so that sending it again changes nothing more."""

    key: UUID
    order_id: UUID
    reason: str = ""


@call
def void_order(connection: Connection, void: Void) -> Changed:
    """Take an order back: it no longer counts, and what it used returns to stock at the cost it left with."""
    sent = {"key": void.key, "order": void.order_id, "reason": void.reason.strip()}
    connection.execute(_VOID, sent)
    return Changed(void.order_id, SUBJECTS)

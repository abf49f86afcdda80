"""Deliveries as a list, and one of them with how far its prices are from the supplier's list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, and_, case, func, literal, select, text

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.work import read
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.stock.service import PostedDocument, document_of
from ims_desktop.features.stock.tables import MEMBERS, MOVEMENTS, POSTINGS
from ims_desktop.features.suppliers.service import price_on
from ims_desktop.features.suppliers.tables import SUPPLIERS

NUMBERED, UNNUMBERED = "numbered", "unnumbered"
RECEIVED, PARTLY, UNDONE = "received", "partly", "undone"


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery in the list; its value is None to those who may not see costs."""

    id: UUID
    number: int
    site: str
    supplier: str
    reference: str
    effective_at: datetime
    posted_at: datetime
    by: str
    lines: int
    value: Decimal | None
    state: str
    paper: str

    @property
    def title(self) -> str:
        """What the ledger calls it."""
        return f"#{self.number}"


@dataclass(frozen=True, slots=True)
class ReceivedDelivery:
    """A delivery as the ledger has it; `listed`: what its movements would have cost by the supplier's list."""

    document: PostedDocument
    listed: Mapping[int, Decimal]

    @property
    def id(self) -> UUID:
        """Its key."""
        return self.document.id


_P = POSTINGS.c
_UNDOING = POSTINGS.alias("undoing")
_TAKEN_BACK = (
    select(func.coalesce(func.sum(_UNDOING.c.line_count), 0))
    .where(_UNDOING.c.reverses_id == _P.id)
    .correlate(POSTINGS)
    .scalar_subquery()
)
STATE = case(
    (_TAKEN_BACK == 0, literal(RECEIVED)), (_P.line_count > _TAKEN_BACK, literal(PARTLY)), else_=literal(UNDONE)
)
PAPER = case((_P.reference == "", literal(UNNUMBERED)), else_=literal(NUMBERED))
_IS_DELIVERY = and_(_P.kind == "DELIVERY", _P.reverses_id.is_(None))
_SUPPLIER = func.coalesce(SUPPLIERS.c.name, "")
SOURCE: ListSource[DeliveryRow] = ListSource(
    row=DeliveryRow,
    select=select(
        _P.id,
        _P.number,
        func.coalesce(SITES.c.name, "").label("site"),
        _SUPPLIER.label("supplier"),
        _P.reference,
        _P.effective_at,
        _P.posted_at,
        func.coalesce(MEMBERS.c.display_name, "").label("by"),
        _P.line_count.label("lines"),
        _P.worth.label("value"),
        STATE.label("state"),
        PAPER.label("paper"),
    )
    .select_from(
        POSTINGS.join(SITES, SITES.c.id == _P.site_id, isouter=True)
        .join(SUPPLIERS, SUPPLIERS.c.id == _P.supplier_id, isouter=True)
        .join(MEMBERS, MEMBERS.c.id == _P.posted_by, isouter=True)
    )
    .where(_IS_DELIVERY),
    key=_P.id,
    sorts={"effective_at": _P.effective_at, "number": _P.number, "supplier": func.coalesce(SUPPLIERS.c.sort_name, "")},
    default=(Sort("effective_at", descending=True),),
    filters={"supplier": _P.supplier_id, "site": _P.site_id, "state": STATE, "paper": PAPER},
    finds=(func.public.sort_key(_P.reference), SUPPLIERS.c.sort_name),
    site=_P.site_id,
    totals={"value": case((STATE == UNDONE, literal(Decimal(0))), else_=_P.worth)},
)
_LISTED = text(f"""
    SELECT m.id, (SELECT round(k.price / o.pack_quantity * m.quantity, 6) FROM supplier_items o
      CROSS JOIN LATERAL (SELECT {price_on("o.id", "p.business_day")} AS price) k
      JOIN suppliers v ON v.id = o.supplier_id AND v.currency = s.currency
      WHERE o.supplier_id = p.supplier_id AND o.item_id = m.item_id AND k.price > 0
      ORDER BY abs(k.price / o.pack_quantity * m.quantity - m.value) NULLS LAST, o.id LIMIT 1) AS listed
    FROM valued_postings p JOIN valued_movements m ON m.posting_id = p.id JOIN sites s ON s.id = p.site_id
    WHERE p.id = :delivery""")


@read
def deliveries(connection: Connection, query: ListQuery) -> Page[DeliveryRow]:
    """A page of deliveries, the newest first."""
    return SOURCE.page(connection, query)


@read
def deliveries_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many deliveries the query selects, and what they are worth."""
    return SOURCE.summary(connection, query)


@read
def deliveries_tab_counts(connection: Connection, query: ListQuery) -> Mapping[str, int]:
    """How many there are, and how many of them wait for the number of their paper."""
    waits = and_(PAPER == UNNUMBERED, STATE != UNDONE)
    counted = select(func.count().label("all"), func.count().filter(waits).label(UNNUMBERED)).select_from(POSTINGS)
    counted = counted.where(_IS_DELIVERY)
    if query.site is not None:
        counted = counted.where(_P.site_id == query.site)
    return dict(connection.execute(counted).one()._mapping)


@read
def delivery(connection: Connection, key: UUID) -> ReceivedDelivery:
    """A delivery with its lines, later corrections of their cost, and what the list says."""
    first = select(func.min(MOVEMENTS.c.id)).where(MOVEMENTS.c.posting_id == key)
    movement = one_or_gone(connection.execute(first).scalar_one(), "delivery")
    listed = connection.execute(_LISTED, {"delivery": key})
    return ReceivedDelivery(
        document_of(connection, movement), {line: value for line, value in listed if value is not None}
    )

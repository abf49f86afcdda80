"""What needs attention: stock that runs out, is below zero or was not counted, and prices that rose."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, func, or_, select

from ims_desktop.domain.listing import ListQuery
from ims_desktop.domain.work import read
from ims_desktop.features.items.tables import ITEMS
from ims_desktop.features.lots.service import counted as counted_lots
from ims_desktop.features.reports.service import together
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.stock.service.levels import levels_tab_counts
from ims_desktop.features.stock.tables import COSTS, MOVEMENTS

UNCOUNTED_DAYS, DEARER_DAYS, COMPARED_DAYS = 30, 30, 120
DEARER_FROM = Decimal("1.05")


@dataclass(frozen=True)
class Dearer:
    """An item whose last delivery cost more than the one before."""

    item_id: UUID
    item: str
    rise: Decimal


@dataclass(frozen=True)
class Attention:
    """Counts of items; `counted_before`: up to when a count is too long ago."""

    low: int
    out: int
    negative: int
    counted_before: datetime
    long_uncounted: int
    never_counted: int
    expiring: int
    expired: int
    dearer: tuple[Dearer, ...]
    delivered: tuple[date, date]


@read
def attention(connection: Connection, day: date, site: UUID | None, with_costs: bool) -> Attention:
    """What needs attention at the end of a day: the counts of the stock list, and one statement more."""
    states = levels_tab_counts(connection, ListQuery(site=site))
    before = datetime.combine(day - timedelta(days=UNCOUNTED_DAYS), time.max, UTC)
    selects: dict[str, Any] = {"counted": _counted(before, site), "lots": counted_lots(site)}
    if with_costs:
        selects["dearer"] = _dearer(day, site)
    found = together(connection, **selects)
    [counted], [lots] = found["counted"], found["lots"]
    return Attention(
        states["low"], states["out"], states["negative"], before, counted["long_ago"], counted["never"],
        lots["three"], lots["expired"],
        tuple(Dearer(**row) for row in found.get("dearer", ())), (day - timedelta(days=DEARER_DAYS), day),
    )  # fmt: skip


def _counted(before: datetime, site: UUID | None) -> Select[int, int]:
    """Items that moved, by when they were last counted; what is archived and gone is left out."""
    k = COSTS.c
    statement = (
        select(
            func.count().filter(k.last_counted_at <= before).label("long_ago"),
            func.count().filter(k.last_counted_at.is_(None)).label("never"),
        )
        .join_from(COSTS, ITEMS, ITEMS.c.id == k.item_id)
        .join(SITES, and_(SITES.c.id == k.site_id, SITES.c.is_active))
        .where(k.last_movement_at.is_not(None), or_(ITEMS.c.is_active, k.quantity != 0))
    )
    return statement if site is None else statement.where(k.site_id == site)


def _dearer(day: date, site: UUID | None) -> Select[Any]:
    """The last price paid for an item at a site beside the one before, where it rose by 5 % or more."""
    m = MOVEMENTS.c
    price = func.sum(m.value) / func.sum(m.quantity)
    paid = (
        select(m.site_id, m.item_id, m.business_day, price.label("price"))
        .where(m.kind == "DELIVERY", m.business_day.between(day - timedelta(days=COMPARED_DAYS), day))
        .group_by(m.site_id, m.item_id, m.business_day)
        .having(func.sum(m.quantity) > 0, func.sum(m.value) > 0)
    )
    deliveries = (paid if site is None else paid.where(m.site_id == site)).subquery("paid")
    same, newest_first = (deliveries.c.site_id, deliveries.c.item_id), deliveries.c.business_day.desc()
    ranked = select(
        deliveries.c.item_id,
        deliveries.c.business_day,
        deliveries.c.price,
        func.lead(deliveries.c.price).over(partition_by=same, order_by=newest_first).label("before"),
        func.row_number().over(partition_by=same, order_by=newest_first).label("place"),
    ).subquery("ranked")
    rise = func.max(ranked.c.price / ranked.c.before) - 1
    return (
        select(ITEMS.c.id.label("item_id"), ITEMS.c.name.label("item"), rise.label("rise"))
        .join_from(ranked, ITEMS, ITEMS.c.id == ranked.c.item_id)
        .where(
            ranked.c.place == 1, ranked.c.business_day > day - timedelta(days=DEARER_DAYS),
            ranked.c.price >= ranked.c.before * DEARER_FROM,
        )
        .group_by(ITEMS.c.id, ITEMS.c.name)
        .order_by(rise.desc(), ITEMS.c.name)
    )  # fmt: skip

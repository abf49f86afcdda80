"""The lots at the sites: how much is there of each, when it expires, and where it lies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.items.rules import places
from ims_desktop.features.items.tables import CATEGORIES, ITEMS
from ims_desktop.features.lots.rules import BEFORE_LONG, SOON, ExpiryDraft, problems_of
from ims_desktop.features.lots.service.tracing import TraceRow, trace_of
from ims_desktop.features.lots.tables import LOTS, STOCK_LOTS
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.storage.tables import LOCATIONS

SUBJECTS = frozenset({"stock", "lots"})


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot at a site; `days_left` counts from the site's own today, below zero it has expired."""

    key: str
    lot_id: UUID
    site_id: UUID
    item_id: UUID
    code: str
    item: str
    sku: str
    category: str
    site: str
    places: str
    on_hand: Decimal
    unit: str
    expires_on: date | None
    days_left: int | None
    arrived_at: datetime
    state: str

    @property
    def decimals(self) -> int:
        """How many decimals its quantity shows."""
        return places(self.unit, self.on_hand)


@dataclass(frozen=True, slots=True)
class LotPlace:
    """How much of a lot lies in one storage location."""

    location_id: UUID
    name: str
    on_hand: Decimal


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot at a site in full, with the first movements of its trace at all sites the person sees."""

    row: LotRow
    places: tuple[LotPlace, ...]
    elsewhere: Decimal
    came: tuple[TraceRow, ...]
    went: tuple[TraceRow, ...]
    went_count: int

    @property
    def id(self) -> UUID:
        """The lot itself, whose changes are logged."""
        return self.row.lot_id


@dataclass(frozen=True, slots=True)
class ItemLots:
    """The lots of an item that are on hand, and what is there of no lot."""

    tracked: bool
    unit: str
    rows: tuple[LotRow, ...]
    loose: Decimal


_HELD = (
    select(
        STOCK_LOTS.c.site_id,
        STOCK_LOTS.c.lot_id,
        STOCK_LOTS.c.item_id,
        func.sum(STOCK_LOTS.c.on_hand).label("on_hand"),
        func.coalesce(
            func.string_agg(LOCATIONS.c.name, aggregate_order_by(literal(", "), LOCATIONS.c.walk_order)).filter(
                STOCK_LOTS.c.on_hand > 0
            ),
            "",
        ).label("places"),
    )
    .join_from(STOCK_LOTS, LOCATIONS, LOCATIONS.c.id == STOCK_LOTS.c.location_id)
    .group_by(STOCK_LOTS.c.site_id, STOCK_LOTS.c.lot_id, STOCK_LOTS.c.item_id)
    .subquery("held")
)
_TODAY = cast(func.timezone(SITES.c.time_zone, func.now()), Date)
_LEFT: ColumnElement[Any] = type_coerce(LOTS.c.expires_on - _TODAY, Integer)
_STATE = case(
    (_HELD.c.on_hand == 0, "gone"),
    (_LEFT < 0, "expired"),
    (_LEFT <= SOON, "soon"),
    (_LEFT <= BEFORE_LONG, "week"),
    (LOTS.c.expires_on.is_(None), "open"),
    else_="good",
)
_KEY: ColumnElement[str] = func.concat(_HELD.c.lot_id, "/", _HELD.c.site_id)


def _joined() -> Any:
    return (
        _HELD.join(LOTS, LOTS.c.id == _HELD.c.lot_id)
        .join(ITEMS, ITEMS.c.id == _HELD.c.item_id)
        .join(CATEGORIES, CATEGORIES.c.id == ITEMS.c.category_id)
        .join(SITES, and_(SITES.c.id == _HELD.c.site_id, SITES.c.is_active))
    )


def _select() -> Select[Any]:
    return select(
        _KEY.label("key"),
        _HELD.c.lot_id,
        _HELD.c.site_id,
        _HELD.c.item_id,
        LOTS.c.code,
        ITEMS.c.name.label("item"),
        ITEMS.c.sku,
        CATEGORIES.c.name.label("category"),
        SITES.c.name.label("site"),
        _HELD.c.places,
        _HELD.c.on_hand,
        ITEMS.c.base_unit.label("unit"),
        LOTS.c.expires_on,
        _LEFT.label("days_left"),
        LOTS.c.arrived_at,
        _STATE.label("state"),
    ).select_from(_joined())


SOURCE = ListSource(
    row=LotRow,
    select=_select(),
    key=_KEY,
    sorts={
        "expires_on": func.coalesce(LOTS.c.expires_on, text("'infinity'::date")),
        "item": ITEMS.c.sort_name,
        "code": LOTS.c.sort_code,
        "site": SITES.c.sort_name,
        "on_hand": _HELD.c.on_hand,
        "arrived_at": LOTS.c.arrived_at,
    },
    default=(Sort("expires_on"),),
    filters={"item": ITEMS.c.id, "site": SITES.c.id, "category": ITEMS.c.category_id, "lot": LOTS.c.id},
    finds=(LOTS.c.sort_code, ITEMS.c.sort_name, ITEMS.c.sort_sku),
    site=SITES.c.id,
)


@read
def lots(connection: Connection, query: ListQuery) -> Page[LotRow]:
    """A page of lots, what expires first before the others."""
    return SOURCE.page(connection, query)


@read
def lots_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many lots the query selects."""
    return SOURCE.summary(connection, query)


def counted(site: UUID | None) -> Select[Any]:
    """The statement that counts lots by how long they are good: one row, for others to ask together with theirs."""
    there = _HELD.c.on_hand > 0
    figures: list[Any] = [
        func.count().filter(there, _LEFT.between(0, SOON)).label("three"),
        func.count().filter(there, _LEFT.between(0, BEFORE_LONG)).label("seven"),
        func.count().filter(there, _LEFT < 0).label("expired"),
        func.count().filter(there).label("there"),
        func.count().label("all"),
    ]
    statement = select(*figures).select_from(_joined())
    return statement if site is None else statement.where(SITES.c.id == site)


@read
def lots_tab_counts(connection: Connection, query: ListQuery) -> Mapping[str, int]:
    """How many lots each tab holds at the site."""
    return dict(connection.execute(counted(query.site)).one()._mapping)


@read
def lot(connection: Connection, key: str) -> Lot:
    """Everything about one lot at one site."""
    row = one_or_gone(connection.execute(_select().where(_KEY.in_((key,)))).one_or_none(), "lot")
    shown = LotRow(**row._mapping)
    held = connection.execute(
        select(STOCK_LOTS.c.location_id, LOCATIONS.c.name, STOCK_LOTS.c.on_hand, STOCK_LOTS.c.site_id)
        .join_from(STOCK_LOTS, LOCATIONS, LOCATIONS.c.id == STOCK_LOTS.c.location_id)
        .where(STOCK_LOTS.c.lot_id == shown.lot_id, STOCK_LOTS.c.on_hand > 0)
        .order_by(LOCATIONS.c.walk_order, LOCATIONS.c.name)
    ).all()
    moved = trace_of(connection, shown.lot_id, dishes=False)
    came = tuple(one for one in moved if (one.quantity > 0 and one.way == "self") or one.way == "from")
    went = tuple(one for one in reversed(moved) if one.quantity < 0 and one.way == "self")
    return Lot(
        shown,
        tuple(LotPlace(one.location_id, one.name, one.on_hand) for one in held if one.site_id == shown.site_id),
        sum((one.on_hand for one in held if one.site_id != shown.site_id), Decimal(0)),
        came,
        went[:5],
        len(went),
    )


@read
def lots_of(connection: Connection, keys: tuple[str, ...]) -> tuple[Lot, ...]:
    """Several lots in full."""
    return tuple(lot(connection, key) for key in keys)


@read
def item_lots(connection: Connection, item: UUID, site: UUID | None) -> ItemLots:
    """The lots of an item that are on hand at a site, or everywhere."""
    statement = (
        _select().where(ITEMS.c.id == item, _HELD.c.on_hand > 0).order_by(SOURCE.sorts["expires_on"], LOTS.c.sort_code)
    )
    if site is not None:
        statement = statement.where(SITES.c.id == site)
    rows = tuple(LotRow(**row._mapping) for row in connection.execute(statement))
    found = connection.execute(_LOOSE, {"item": item, "site": site}).one()
    return ItemLots(found.tracks_lots != "NO", found.base_unit, rows, found.on_hand - sum(row.on_hand for row in rows))


_LOOSE = text("""
    SELECT i.tracks_lots, i.base_unit, coalesce((SELECT sum(l.on_hand) FROM stock_levels l
      WHERE l.item_id = i.id AND (CAST(:site AS uuid) IS NULL OR l.site_id = :site)), 0) AS on_hand
    FROM items i WHERE i.id = :item""")


def correct_expiry(connection: Connection, draft: ExpiryDraft) -> Changed:
    """Correct when a lot expires."""
    if problems := problems_of(draft):
        raise UserError("This lot cannot be corrected yet.", problems)
    sent = {"lot": draft.lot_id, "expires": draft.expires_on, "seen": draft.seen}
    connection.execute(text("SELECT correct_lot(:lot, CAST(:expires AS date), CAST(:seen AS date))"), sent)
    return Changed(None, SUBJECTS)

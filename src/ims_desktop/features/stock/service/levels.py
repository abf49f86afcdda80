"""What is on hand: one row per item and site, now or as it was at a moment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal, null, or_, select, text

from ims_desktop.database.base import QUANTITY
from ims_desktop.database.listing import ListSource
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.work import read
from ims_desktop.features.items.rules import places
from ims_desktop.features.items.service.listing import cost_visible
from ims_desktop.features.items.tables import BARCODES, CATEGORIES, ITEMS, SETTINGS
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.stock.tables import COSTS, LEVELS
from ims_desktop.features.storage.tables import LOCATIONS

SHORTEST_BARCODE = 6
NOTHING = literal(0, QUANTITY)


@dataclass(frozen=True, slots=True)
class LevelRow:
    """What a site has of an item; costs are None to those who may not see them, `site` is "" where one was chosen."""

    item_id: UUID
    site_id: UUID
    item: str
    sku: str
    category: str
    site: str
    location: str | None
    on_hand: Decimal
    available: Decimal
    unit: str
    par: Decimal | None
    average_cost: Decimal | None
    value: Decimal | None
    last_movement_at: datetime | None
    last_counted_at: datetime | None
    state: str

    @property
    def id(self) -> tuple[UUID, UUID]:
        """The item and the site."""
        return self.item_id, self.site_id

    @property
    def decimals(self) -> int:
        """How many decimals its quantities show."""
        return places(self.unit, self.on_hand)

    @property
    def par_decimals(self) -> int:
        """How many decimals its par shows: as many as what is on hand."""
        return places(self.unit, self.par)

    @property
    def code(self) -> str:
        """The SKU, and the site where several are shown together."""
        return f"{self.sku} · {self.site}" if self.site else self.sku


@dataclass(frozen=True, slots=True)
class LevelAt:
    """What a site had of an item at a moment; the value is None to those who may not see it."""

    item_id: UUID
    item: str
    unit: str
    quantity: Decimal
    value: Decimal | None


@read
def levels(connection: Connection, query: ListQuery) -> Page[LevelRow]:
    """A page of what is on hand."""
    # An item alone is no key where several sites are shown: the site comes last in every order.
    orders = query.sort or (Sort("item"),)
    return _source(query).page(connection, replace(query, sort=(*orders, Sort("site", orders[-1].descending))))


@read
def levels_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many rows, and what they are worth together where they share one currency."""
    return _source(query).summary(connection, query)


@read
def levels_tab_counts(connection: Connection, query: ListQuery) -> Mapping[str, int]:
    """How many rows each tab holds at the site."""
    tabs = (func.count().filter(_state() == key).label(key) for key in ("low", "negative", "out"))
    statement = select(func.count().label("all"), *tabs).select_from(_joined()).where(_known())
    if query.site is not None:
        statement = statement.where(SITES.c.id == query.site)
    return dict(connection.execute(statement).one()._mapping)


_AT = text("""
    SELECT i.id AS item_id, i.name AS item, i.base_unit AS unit, c.quantity - coalesce(later.quantity, 0) AS quantity,
      CASE WHEN c.site_id = ANY ((SELECT scope('stock.cost'))::uuid[])
           THEN c.value - coalesce(later.value, 0) - coalesce(corrected.value, 0) END AS value
    FROM valued_stock c JOIN items i ON i.id = c.item_id
    LEFT JOIN (SELECT m.item_id, sum(m.quantity) AS quantity, sum(m.value) AS value FROM valued_movements m
               WHERE m.site_id = :site AND m.effective_at > :moment GROUP BY m.item_id) later USING (item_id)
    LEFT JOIN (SELECT k.item_id, sum(k.value) AS value FROM cost_corrections k
               WHERE k.site_id = :site AND k.effective_at > :moment GROUP BY k.item_id) corrected USING (item_id)
    WHERE c.site_id = :site ORDER BY i.sort_name, i.id""")


@read
def levels_at(connection: Connection, moment: datetime, site: UUID) -> tuple[LevelAt, ...]:
    """What the site had of every item at a moment: what it has now less what moved since."""
    return tuple(LevelAt(**row) for row in connection.execute(_AT, {"site": site, "moment": moment}).mappings())


def _joined() -> Any:
    """Every item at every site, with what is kept and wanted there; `_known` leaves out what the site never had."""
    has = and_(COSTS.c.site_id == SITES.c.id, COSTS.c.item_id == ITEMS.c.id)
    wants = and_(SETTINGS.c.site_id == SITES.c.id, SETTINGS.c.item_id == ITEMS.c.id)
    items = ITEMS.join(CATEGORIES, CATEGORIES.c.id == ITEMS.c.category_id)
    return items.join(SITES, SITES.c.is_active).outerjoin(COSTS, has).outerjoin(SETTINGS, wants)


def _known() -> ColumnElement[bool]:
    wanted = and_(SETTINGS.c.par.is_not(None), ITEMS.c.is_active)
    moved = and_(COSTS.c.last_movement_at.is_not(None), or_(ITEMS.c.is_active, COSTS.c.quantity != 0))
    return or_(moved, wanted)


def _state() -> ColumnElement[str]:
    """The most urgent thing to say about an item at a site."""
    on_hand = func.coalesce(COSTS.c.quantity, NOTHING)
    return case((on_hand < 0, "negative"), (on_hand == 0, "out"), (on_hand < SETTINGS.c.par, "low"), else_="ok")


def _source(query: ListQuery) -> ListSource[LevelRow]:
    seen = cost_visible(SITES.c.id)
    on_hand = func.coalesce(COSTS.c.quantity, NOTHING)
    value = case((seen, func.coalesce(COSTS.c.value, NOTHING)))
    return ListSource(
        LevelRow,
        _statement(on_hand, value, SITES.c.name if query.site is None else literal("")),
        ITEMS.c.id,
        sorts={
            "item": ITEMS.c.sort_name,
            "sku": ITEMS.c.sort_sku,
            "site": SITES.c.sort_name,
            "category": CATEGORIES.c.sort_name,
            "on_hand": on_hand,
            "value": func.coalesce(value, NOTHING),
            "last_movement_at": func.coalesce(COSTS.c.last_movement_at, text("'-infinity'::timestamptz")),
        },
        default=(Sort("item"),),
        filters={
            "item": ITEMS.c.id,
            "site": SITES.c.id,
            "category": ITEMS.c.category_id,
            "location": SETTINGS.c.home_location_id,
            "state": _state(),
            "value": value,
            "last_counted_at": COSTS.c.last_counted_at,
        },
        finds=_finds(query.search),
        site=SITES.c.id,
        totals={"value": value if query.site is not None else _in_one_currency(value)},
    )


def _statement(on_hand: ColumnElement[Any], value: ColumnElement[Any], site: ColumnElement[Any]) -> Select[Any]:
    reserved = (
        select(func.sum(LEVELS.c.reserved))
        .where(LEVELS.c.site_id == SITES.c.id, LEVELS.c.item_id == ITEMS.c.id)
        .scalar_subquery()
    )
    home = select(LOCATIONS.c.name).where(LOCATIONS.c.id == SETTINGS.c.home_location_id).scalar_subquery()
    return (
        select(
            ITEMS.c.id.label("item_id"),
            SITES.c.id.label("site_id"),
            ITEMS.c.name.label("item"),
            ITEMS.c.sku,
            CATEGORIES.c.name.label("category"),
            site.label("site"),
            home.label("location"),
            on_hand.label("on_hand"),
            (on_hand - func.coalesce(reserved, NOTHING)).label("available"),
            ITEMS.c.base_unit.label("unit"),
            SETTINGS.c.par,
            case((cost_visible(SITES.c.id), COSTS.c.average_cost)).label("average_cost"),
            value.label("value"),
            COSTS.c.last_movement_at,
            COSTS.c.last_counted_at,
            _state().label("state"),
        )
        .select_from(_joined())
        .where(_known())
    )


def _finds(search: str) -> list[ColumnElement[Any]]:
    """Name and SKU; the barcodes too when a word may be part of one."""
    columns: list[ColumnElement[Any]] = [ITEMS.c.sort_name, ITEMS.c.sort_sku]
    if any(word.isdigit() and len(word) >= SHORTEST_BARCODE for word in search.split()):
        codes = select(func.string_agg(BARCODES.c.gtin, " ")).where(BARCODES.c.item_id == ITEMS.c.id)
        columns.append(codes.scalar_subquery())
    return columns


def _in_one_currency(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Unknown as soon as the sites keep their stock in different currencies: such amounts do not add up."""
    currencies = select(func.count(SITES.c.currency.distinct())).where(SITES.c.is_active).correlate(None)
    return case((currencies.scalar_subquery() <= 1, value), else_=null())

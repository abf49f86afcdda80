"""What is on hand: one row per item and site, now or, with the filter AT, as it was at a moment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, case, func, literal, null, select, text

from ims_desktop.database.base import MOMENT
from ims_desktop.database.listing import ListSource
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.work import read
from ims_desktop.features.items.rules import places
from ims_desktop.features.items.service.listing import cost_visible
from ims_desktop.features.items.tables import BARCODES, CATEGORIES, ITEMS, SETTINGS
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.stock.service.books import NOTHING, Books, costs_at, moment_of, without_moment
from ims_desktop.features.storage.tables import LOCATIONS

SHORTEST_BARCODE = 6


LevelKey = tuple[UUID, UUID, datetime | None]


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
    reserved: Decimal | None  # what open orders will take; that and the next two are known of now alone
    available: Decimal | None
    on_the_way: Decimal | None  # what other sites sent
    unit: str
    par: Decimal | None
    average_cost: Decimal | None
    value: Decimal | None
    last_movement_at: datetime | None
    last_counted_at: datetime | None
    state: str
    at: datetime | None = None  # the moment it is told of; None: now

    @property
    def id(self) -> LevelKey:
        """The item, the site and the moment."""
        return self.item_id, self.site_id, self.at

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
    asked = without_moment(query)
    if query.site is None:  # an item alone is no key where several sites are shown: the site comes last in every order
        orders = query.sort or (Sort("item"),)
        asked = replace(asked, sort=(*orders, Sort("site", orders[-1].descending)))
    return _source(query).page(connection, asked)


@read
def levels_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many rows, and what they are worth together where they share one currency."""
    return _source(query).summary(connection, without_moment(query))


@read
def levels_tab_counts(connection: Connection, query: ListQuery) -> Mapping[str, int]:
    """How many rows each tab holds at the site."""
    books = Books.of(query)
    tabs = [func.count().filter(books.state == key).label(key) for key in ("low", "negative", "out")]
    tabs.append(func.count().filter(books.is_short).label("short"))
    statement = select(func.count().label("all"), *tabs).select_from(books.joined).where(books.known)
    if query.site is not None:
        statement = statement.where(SITES.c.id == query.site)
    return dict(connection.execute(statement).one()._mapping)


@read
def levels_at(connection: Connection, moment: datetime, site: UUID) -> tuple[LevelAt, ...]:
    """What the site had of every item at a moment: what it has now less what moved since."""
    kept = costs_at(moment, site)
    found = (
        select(ITEMS.c.id, ITEMS.c.name, ITEMS.c.base_unit, kept.c.quantity, kept.c.value)
        .join_from(kept, ITEMS, ITEMS.c.id == kept.c.item_id)
        .order_by(ITEMS.c.sort_name, ITEMS.c.id)
    )
    return tuple(LevelAt(*row) for row in connection.execute(found))


def _source(query: ListQuery) -> ListSource[LevelRow]:
    return _shape(query.site, moment_of(query), _may_be_barcode(query.search))


@lru_cache(maxsize=32)  # people look at few shapes of the list, and describing one takes a good part of reading it
def _shape(site: UUID | None, moment: datetime | None, scanned: bool) -> ListSource[LevelRow]:
    books = Books.at(moment, site)
    value = case((cost_visible(SITES.c.id), func.coalesce(books.costs.c.value, NOTHING)))
    return ListSource(
        LevelRow,
        _statement(books, value, SITES.c.name if site is None else literal("")),
        ITEMS.c.id,
        sorts={
            "item": ITEMS.c.sort_name,
            "sku": ITEMS.c.sort_sku,
            "site": SITES.c.sort_name,
            "category": CATEGORIES.c.sort_name,
            "on_hand": books.on_hand,
            **({} if books.reserved is None else {"available": books.available, "reserved": books.promised}),
            **({} if books.coming is None else {"on_the_way": books.on_the_way}),
            "value": func.coalesce(value, NOTHING),
            "last_movement_at": func.coalesce(books.costs.c.last_movement_at, text("'-infinity'::timestamptz")),
        },
        default=(Sort("item"),),
        filters={
            "item": ITEMS.c.id,
            "site": SITES.c.id,
            "category": ITEMS.c.category_id,
            "location": SETTINGS.c.home_location_id,
            "state": books.state,
            "is_short": books.is_short,
            "value": value,
            "last_counted_at": books.costs.c.last_counted_at,
        },
        finds=_finds(scanned),
        site=SITES.c.id,
        totals={"value": value if site is not None else _in_one_currency(value)},
    )


def _statement(books: Books, value: ColumnElement[Any], site: ColumnElement[Any]) -> Select[Any]:
    costs = books.costs
    return (
        select(
            ITEMS.c.id.label("item_id"),
            SITES.c.id.label("site_id"),
            ITEMS.c.name.label("item"),
            ITEMS.c.sku,
            CATEGORIES.c.name.label("category"),
            site.label("site"),
            LOCATIONS.c.name.label("location"),
            books.on_hand.label("on_hand"),
            books.promised.label("reserved"),
            books.available.label("available"),
            books.on_the_way.label("on_the_way"),
            ITEMS.c.base_unit.label("unit"),
            SETTINGS.c.par,
            case((cost_visible(SITES.c.id), costs.c.average_cost)).label("average_cost"),
            value.label("value"),
            costs.c.last_movement_at,
            costs.c.last_counted_at,
            books.state.label("state"),
            literal(books.moment, MOMENT).label("at"),
        )
        .select_from(books.joined.outerjoin(LOCATIONS, LOCATIONS.c.id == SETTINGS.c.home_location_id))
        .where(books.known)
    )


def _may_be_barcode(search: str) -> bool:
    """Whether a word may be part of a barcode."""
    return any(word.isdigit() and len(word) >= SHORTEST_BARCODE for word in search.split())


def _finds(scanned: bool) -> list[ColumnElement[Any]]:
    """Name and SKU; the barcodes too when a word may be part of one."""
    columns: list[ColumnElement[Any]] = [ITEMS.c.sort_name, ITEMS.c.sort_sku]
    if scanned:
        codes = select(func.string_agg(BARCODES.c.gtin, " ")).where(BARCODES.c.item_id == ITEMS.c.id)
        columns.append(codes.scalar_subquery())
    return columns


def _in_one_currency(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Unknown as soon as the sites keep their stock in different currencies: such amounts do not add up."""
    currencies = select(func.count(SITES.c.currency.distinct())).where(SITES.c.is_active).correlate(None)
    return case((currencies.scalar_subquery() <= 1, value), else_=null())

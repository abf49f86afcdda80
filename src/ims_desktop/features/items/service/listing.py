"""The list of items with what is on hand: one page, one summary, or the counts of the tabs, a statement each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Numeric,
    Select,
    Uuid,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY

from ims_desktop.database.base import QUANTITY
from ims_desktop.database.listing import ListSource
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.units import ItemUnits
from ims_desktop.domain.work import read
from ims_desktop.features.items.rules import ALLERGENS, item_units, places
from ims_desktop.features.items.service.categories import beneath
from ims_desktop.features.items.service.choosing import pack_list, packs_from
from ims_desktop.features.items.service.pointing import offer_columns
from ims_desktop.features.items.tables import BARCODES, CATEGORIES, COSTS, ITEMS, SETTINGS
from ims_desktop.features.sites.tables import SITES

BY_INDEX = frozenset({"name", "sku", "archived", "category", "base_unit", "cost_method"})
SHORTEST_BARCODE = 6


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in the list; costs are unknown to those who may not see them, and sums over several currencies to all."""

    id: UUID
    name: str
    sku: str
    category: str
    base_unit: str
    is_active: bool
    on_hand: Decimal
    average_cost: Decimal | None
    value: Decimal | None
    par: Decimal | None
    last_counted_at: Any
    state: str
    category_id: UUID
    reorder_point: Decimal | None
    allergens: Sequence[str]
    shelf_life_days: int | None
    packs: Any
    grams_per_millilitre: Decimal | None
    grams_per_each: Decimal | None
    suppliers: int
    last_price: Decimal | None
    price_unit: str | None
    cost_method: str

    @property
    def units(self) -> ItemUnits:
        """The units in which its quantities may be typed."""
        return item_units(self.base_unit, packs_from(self.packs), self.grams_per_millilitre, self.grams_per_each)

    @property
    def allergens_text(self) -> str:
        """The allergens in words."""
        return ", ".join(ALLERGENS.get(code, code) for code in self.allergens)

    @property
    def reorder_decimals(self) -> int:
        """How many decimals its reorder point shows."""
        return places(self.base_unit, self.reorder_point)

    @property
    def decimals(self) -> int:
        """How many decimals its quantities show."""
        return places(self.base_unit, self.on_hand)

    @property
    def par_decimals(self) -> int:
        """How many decimals its par shows: as many as what is on hand."""
        return places(self.base_unit, self.par)


@read
def items(connection: Connection, query: ListQuery) -> Page[ItemRow]:
    """A page of items with their stock at the query's site, or at all sites the person may see."""
    asked = {sort.key for sort in query.sort} | {chip.key for chip in query.filters}
    return _source(query, each=asked <= BY_INDEX).page(connection, _rest(query))


@read
def items_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many items, and what they are worth together."""
    return _source(query, each=False).summary(connection, _rest(query))


def _rest(query: ListQuery) -> ListQuery:
    """The query without its categories: what lies in them is asked for by the source itself."""
    return replace(query, filters=tuple(chip for chip in query.filters if chip.key != "category"))


@read
def items_tab_counts(connection: Connection, query: ListQuery) -> Mapping[str, int]:
    """How many items each tab holds at the site, whatever is searched and filtered."""
    stock, wanted = _stock(query.site, each=False), _wanted(query.site, each=False)
    active, low, negative = ITEMS.c.is_active, _is_low(stock, wanted), _is_negative(stock)
    counts = {
        "all": active,
        "low": and_(active, low),
        "negative": and_(active, negative),
        "archived": not_(active),
    }
    row = connection.execute(
        select(*(func.count().filter(test).label(key) for key, test in counts.items())).select_from(
            ITEMS.outerjoin(stock, stock.c.item_id == ITEMS.c.id).outerjoin(wanted, wanted.c.item_id == ITEMS.c.id)
        )
    ).one()
    return dict(row._mapping)


def cost_visible(site: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the person may see costs at a site; the rights are asked once a statement, not once a row."""
    scope = select(func.scope("stock.cost", type_=ARRAY(Uuid))).scalar_subquery()
    return site == any_(cast(scope, ARRAY(Uuid)))


def _source(query: ListQuery, *, each: bool) -> ListSource[ItemRow]:
    """`each`: find a page by what items are, and ask for the stock of its rows; else sum all stock up first."""
    inside = tuple(chip.values for chip in query.filters if chip.key == "category")
    by_keys = each and not _follows_an_index(query)
    return _shape(query.site, inside, _may_be_barcode(query.search), each, by_keys)


@lru_cache(maxsize=64)  # people look at few shapes of the list, and describing one takes longer than reading it
def _shape(
    site: UUID | None, inside: tuple[tuple[Any, ...], ...], scanned: bool, each: bool, by_keys: bool
) -> ListSource[ItemRow]:
    stock, wanted = _stock(site, each=each), _wanted(site, each=each)
    state, on_hand = _state(stock, wanted), func.coalesce(stock.c.on_hand, literal(0, QUANTITY))
    value = _in_one_currency(stock.c.value) if site is None else stock.c.value
    statement: Select[Any] = select(
        ITEMS.c.id,
        ITEMS.c.name,
        ITEMS.c.sku,
        CATEGORIES.c.name.label("category"),
        ITEMS.c.base_unit,
        ITEMS.c.is_active,
        on_hand.label("on_hand"),
        (_in_one_currency(stock.c.average_cost) if site is None else stock.c.average_cost).label("average_cost"),
        value.label("value"),
        wanted.c.par,
        stock.c.last_counted_at,
        state.label("state"),
        *(
            ITEMS.c[name]
            for name in ("category_id", "allergens", "shelf_life_days", "grams_per_millilitre", "grams_per_each")
        ),
        wanted.c.reorder_point,
        pack_list(),
        *offer_columns(),
        ITEMS.c.cost_method,
    ).select_from(
        ITEMS.join(CATEGORIES, CATEGORIES.c.id == ITEMS.c.category_id)
        .outerjoin(stock, true() if each else stock.c.item_id == ITEMS.c.id)
        .outerjoin(wanted, true() if each else wanted.c.item_id == ITEMS.c.id)
    )
    lying = [beneath(list(values)) for values in inside]
    statement = statement.where(*lying)
    found = select().select_from(ITEMS.join(CATEGORIES, CATEGORIES.c.id == ITEMS.c.category_id)).where(*lying)
    return ListSource(
        ItemRow,
        statement,
        ITEMS.c.id,
        sorts={
            "name": ITEMS.c.sort_name,
            "sku": ITEMS.c.sort_sku,
            "on_hand": on_hand,
            "value": func.coalesce(value, 0),
            "category": CATEGORIES.c.sort_name,
        },
        default=(Sort("name"),),
        filters={
            "base_unit": ITEMS.c.base_unit,
            "cost_method": ITEMS.c.cost_method,
            "state": state,
            "archived": not_(ITEMS.c.is_active),
            "low": _is_low(stock, wanted),
            "negative": _is_negative(stock),
            "value": value,
        },
        finds=_finds(scanned),
        totals={"value": value},
        keys=found if by_keys else None,
    )


def _follows_an_index(query: ListQuery) -> bool:
    """Whether the first rows of an index are the page: then nothing is gained by finding its keys before."""
    plain = not query.search and not query.filters and len(query.sort) < 2
    return plain and {sort.key for sort in query.sort} <= {"name", "sku"}


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


def _stock(site: UUID | None, *, each: bool) -> FromClause:
    """Quantity and value of one item (a lateral sub-select) or of every item."""
    seen = cost_visible(COSTS.c.site_id)
    quantity, value = func.sum(COSTS.c.quantity).filter(seen), func.sum(COSTS.c.value).filter(seen)
    average = case(
        (quantity > 0, value / func.nullif(quantity, 0)),
        (func.count() == 1, func.max(COSTS.c.average_cost).filter(seen)),
    )
    sums = select(
        func.sum(COSTS.c.quantity).label("on_hand"),
        value.label("value"),
        type_coerce(average, Numeric).label("average_cost"),
        func.bool_or(COSTS.c.quantity < 0).label("negative"),
        func.max(COSTS.c.last_counted_at).label("last_counted_at"),
    )
    if site is not None:
        sums = sums.where(COSTS.c.site_id == site)
    if each:
        return sums.where(COSTS.c.item_id == ITEMS.c.id).lateral("stock")
    return sums.add_columns(COSTS.c.item_id).group_by(COSTS.c.item_id).subquery("stock")


def _wanted(site: UUID | None, *, each: bool) -> FromClause:
    """The par of one item or of every item, and whether a site has less."""
    here = and_(COSTS.c.site_id == SETTINGS.c.site_id, COSTS.c.item_id == SETTINGS.c.item_id)
    sums = select(
        func.sum(SETTINGS.c.par).label("par"),
        func.sum(SETTINGS.c.reorder_point).label("reorder_point"),
        func.bool_or(func.coalesce(COSTS.c.quantity, 0) < SETTINGS.c.par).label("low"),
    ).select_from(SETTINGS.outerjoin(COSTS, here))
    if site is not None:
        sums = sums.where(SETTINGS.c.site_id == site)
    if each:
        return sums.where(SETTINGS.c.item_id == ITEMS.c.id).lateral("wanted")
    return sums.add_columns(SETTINGS.c.item_id).group_by(SETTINGS.c.item_id).subquery("wanted")


def _is_low(stock: FromClause, wanted: FromClause) -> ColumnElement[bool]:
    return func.coalesce(wanted.c.low, False)


def _is_negative(stock: FromClause) -> ColumnElement[bool]:
    return func.coalesce(stock.c.negative, False)


def _state(stock: FromClause, wanted: FromClause) -> ColumnElement[str]:
    """The most urgent thing to say about an item."""
    return case(
        (not_(ITEMS.c.is_active), "archived"),
        (_is_negative(stock), "negative"),
        (func.coalesce(stock.c.on_hand, 0) == 0, "out"),
        (_is_low(stock, wanted), "low"),
        else_="ok",
    )


def _in_one_currency(amount: ColumnElement[Any]) -> ColumnElement[Any]:
    """Unknown as soon as the sites keep their stock in different currencies: such amounts do not add up."""
    currencies = select(func.count(SITES.c.currency.distinct())).where(or_(SITES.c.is_active, SITES.c.is_default))
    return case((currencies.scalar_subquery() <= 1, amount), else_=null())

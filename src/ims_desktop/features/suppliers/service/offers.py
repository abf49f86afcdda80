"""What suppliers sell, as one price list over all of them, and one line of it with everything that was asked for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Numeric, case, func, literal, literal_column, select, text

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.option import Option
from ims_desktop.domain.work import read
from ims_desktop.features.items.service import item_choices
from ims_desktop.features.items.service.choosing import plain
from ims_desktop.features.items.tables import CATEGORIES, ITEMS
from ims_desktop.features.suppliers.service.detail import DatedPrice
from ims_desktop.features.suppliers.service.pricing import agreed, listed, price_on
from ims_desktop.features.suppliers.tables import SUPPLIER_ITEMS, SUPPLIER_PRICES, SUPPLIERS


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A line of the price list. `price` is the one listed today, `in_force` what counts: a contract goes before it."""

    id: UUID
    item_id: UUID
    item: str
    sku: str
    supplier_id: UUID
    supplier: str
    supplier_code: str
    pack: str
    pack_quantity: Decimal
    base_unit: str
    price: Decimal | None
    in_force: Decimal | None
    unit_price: Decimal | None
    currency: str
    valid_from: date | None
    state: str
    is_preferred: bool
    is_active: bool


_LISTED = literal_column(listed("supplier_items.id"), Numeric())
_AGREED = literal_column(agreed("supplier_items.id"), Numeric())
_IN_FORCE = literal_column(price_on("supplier_items.id"), Numeric())
_SINCE = (
    select(func.max(SUPPLIER_PRICES.c.valid_from))
    .where(SUPPLIER_PRICES.c.supplier_item_id == SUPPLIER_ITEMS.c.id)
    .where(SUPPLIER_PRICES.c.valid_from <= func.current_date())
    .correlate(SUPPLIER_ITEMS)
    .scalar_subquery()
)
_STATE = case(
    (SUPPLIER_ITEMS.c.is_active.is_(False), literal("archived")),
    (_AGREED != _LISTED, literal("outside")),
    (_AGREED.is_not(None), literal("contract")),
    (_LISTED.is_(None), literal("unpriced")),
    else_=literal("listed"),
)
_UNIT_PRICE = _IN_FORCE / SUPPLIER_ITEMS.c.pack_quantity
OFFERS = ListSource(
    row=OfferRow,
    select=select(
        SUPPLIER_ITEMS.c.id,
        SUPPLIER_ITEMS.c.item_id,
        ITEMS.c.name.label("item"),
        ITEMS.c.sku,
        SUPPLIER_ITEMS.c.supplier_id,
        SUPPLIERS.c.name.label("supplier"),
        SUPPLIER_ITEMS.c.supplier_code,
        SUPPLIER_ITEMS.c.pack,
        SUPPLIER_ITEMS.c.pack_quantity,
        ITEMS.c.base_unit,
        _LISTED.label("price"),
        _IN_FORCE.label("in_force"),
        _UNIT_PRICE.label("unit_price"),
        SUPPLIERS.c.currency,
        _SINCE.label("valid_from"),
        _STATE.label("state"),
        SUPPLIER_ITEMS.c.is_preferred,
        SUPPLIER_ITEMS.c.is_active,
    ).select_from(
        SUPPLIER_ITEMS.join(ITEMS, ITEMS.c.id == SUPPLIER_ITEMS.c.item_id)
        .join(SUPPLIERS, SUPPLIERS.c.id == SUPPLIER_ITEMS.c.supplier_id)
        .join(CATEGORIES, CATEGORIES.c.id == ITEMS.c.category_id)
    ),
    key=SUPPLIER_ITEMS.c.id,
    sorts={
        "item": ITEMS.c.sort_name,
        "supplier": SUPPLIERS.c.sort_name,
        "price": func.coalesce(_LISTED, -1),
        "unit_price": func.coalesce(_UNIT_PRICE, -1),
        "valid_from": func.coalesce(_SINCE, func.date("1900-01-01")),
    },
    default=(Sort("item"),),
    filters={
        "supplier": SUPPLIER_ITEMS.c.supplier_id,
        "category": CATEGORIES.c.id,
        "state": _STATE,
        "is_active": SUPPLIER_ITEMS.c.is_active,
    },
    finds=(ITEMS.c.sort_name, ITEMS.c.sort_sku, SUPPLIERS.c.sort_name, func.lower(SUPPLIER_ITEMS.c.supplier_code)),
)


@read
def offers(connection: Connection, query: ListQuery) -> Page[OfferRow]:
    """A page of the price list."""
    return OFFERS.page(connection, query)


@read
def offers_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many lines the query selects."""
    return OFFERS.summary(connection, query)


@read
def offer_counts(connection: Connection, _query: ListQuery) -> Mapping[str, int]:
    """How many lines each tab holds."""
    active = SUPPLIER_ITEMS.c.is_active
    counted = select(
        func.count().filter(active).label("active"),
        *(func.count().filter(_STATE.in_([state])).label(state) for state in ("contract", "outside", "unpriced")),
        func.count().filter(~active).label("archived"),
    )
    return dict(connection.execute(counted.select_from(SUPPLIER_ITEMS)).one()._mapping)


@read
def supplier_choices(connection: Connection) -> list[Option]:
    """All suppliers by name."""
    named = select(SUPPLIERS.c.id, SUPPLIERS.c.name, SUPPLIERS.c.code).order_by(SUPPLIERS.c.sort_name)
    return [Option(row.id, row.name, row.code) for row in connection.execute(named)]


@read
def item_options(connection: Connection, words: str) -> list[Option]:
    """Items that may be sold, found by name, SKU or barcode, with the unit in which each is kept."""
    return [Option(one.id, one.name, f"{one.sku} · {one.base_unit}") for one in item_choices(connection, words)]


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the price list, with its prices, its contracts, and what others ask for the item."""

    id: UUID
    version: int
    item_id: UUID
    item: str
    supplier_id: UUID
    supplier: str
    supplier_code: str
    pack: str
    pack_quantity: Decimal
    base_unit: str
    is_preferred: bool
    is_active: bool
    currency: str
    listed: Decimal | None
    in_force: Decimal | None
    shows_prices: bool
    prices: tuple[DatedPrice, ...]
    contracts: tuple[DatedPrice, ...]
    rivals: tuple["Rival", ...]

    @property
    def unit_price(self) -> Decimal | None:
        """What one base unit costs today."""
        return None if self.in_force is None else self.in_force / self.pack_quantity

    @property
    def amount(self) -> Decimal:
        """How much is in a pack, as the form begins: in the base unit."""
        return plain(self.pack_quantity)

    @property
    def unit(self) -> str:
        """In which unit that is."""
        return self.base_unit


@dataclass(frozen=True, slots=True)
class Rival:
    """The same item at another supplier, or in another pack."""

    id: UUID
    supplier: str
    pack: str
    unit_price: Decimal
    currency: str


_OFFER = text(f"""
    SELECT si.id, si.version, si.item_id, i.name AS item, si.supplier_id, s.name AS supplier, si.supplier_code, si.pack,
      si.pack_quantity, i.base_unit, si.is_preferred, si.is_active, s.currency, {listed("si.id")} AS listed,
      {price_on("si.id")} AS in_force, (SELECT can('stock.cost')) AS shows_prices,
      (SELECT coalesce(json_agg(json_build_array(x.valid_from, x.price::text) ORDER BY x.valid_from), '[]')
       FROM supplier_prices x WHERE x.supplier_item_id = si.id) AS prices,
      (SELECT coalesce(json_agg(json_build_array(c.valid_from, c.price::text, c.valid_until)
                       ORDER BY c.valid_from), '[]')
       FROM supplier_contracts c WHERE c.supplier_item_id = si.id) AS contracts,
      (SELECT coalesce(json_agg(json_build_array(r.id, r.supplier, r.pack, r.unit_price::text, r.currency)
                       ORDER BY r.unit_price), '[]')
       FROM (SELECT o.id, z.name AS supplier, o.pack, {price_on("o.id")} / o.pack_quantity AS unit_price, z.currency
             FROM supplier_items o JOIN suppliers z ON z.id = o.supplier_id
             WHERE o.item_id = si.item_id AND o.id <> si.id AND o.is_active AND z.status = 'ACTIVE') r
       WHERE r.unit_price IS NOT NULL) AS rivals
    FROM supplier_items si
    JOIN items i ON i.id = si.item_id
    JOIN suppliers s ON s.id = si.supplier_id
    WHERE si.id = :key
""")


@read
def offer(connection: Connection, key: UUID | str) -> Offer:
    """One line of the price list, in one statement."""
    found = connection.execute(_OFFER, {"key": UUID(str(key))}).mappings().one_or_none()
    row = dict(one_or_gone(found, "line of the price list"))
    rivals = tuple(
        Rival(UUID(key), supplier, pack, Decimal(unit_price), currency)
        for key, supplier, pack, unit_price, currency in row["rivals"]
    )
    return Offer(**{**row, "prices": _dated(row["prices"]), "contracts": _dated(row["contracts"]), "rivals": rivals})


def _dated(rows: Sequence[Sequence[Any]]) -> tuple[DatedPrice, ...]:
    return tuple(
        DatedPrice(date.fromisoformat(since), Decimal(price), date.fromisoformat(*until) if until else None)
        for since, price, *until in rows
    )

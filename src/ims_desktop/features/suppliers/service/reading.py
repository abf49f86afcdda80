"""The suppliers and their price lists."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, text

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.database.tenant_key import Opened, own_fingerprint
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.work import read
from ims_desktop.features.suppliers.service.contact import opened_fields, with_equal_value
from ims_desktop.features.suppliers.tables import SUPPLIER_ITEMS, SUPPLIERS

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def weekdays(days: tuple[int, ...]) -> str:
    """Order days in words, such as "Mon, Thu"; nothing where none is agreed."""
    return "Every day" if len(set(days)) == 7 else ", ".join(WEEKDAYS[day - 1] for day in sorted(set(days)))


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """A supplier in the list; `order_days` are ISO weekdays, 1 = Monday."""

    id: UUID
    code: str
    name: str
    status: str
    order_days: tuple[int, ...]
    order_cutoff: time | None
    minimum_order: Decimal | None
    payment_days: int | None
    currency: str
    items: int
    rating: Decimal | None

    @property
    def order_days_text(self) -> str:
        """The order days in words."""
        return weekdays(self.order_days)


@dataclass(frozen=True, slots=True)
class DatedPrice:
    """What a pack costs from a day on."""

    valid_from: date
    price: Decimal


@dataclass(frozen=True, slots=True)
class Pack:
    """How the supplier sells an item. Of prices in the same currency the lowest per base unit is the cheapest."""

    id: UUID
    item_id: UUID
    item: str
    supplier_code: str
    pack: str
    pack_quantity: Decimal
    base_unit: str
    is_preferred: bool
    prices: tuple[DatedPrice, ...]
    price: Decimal | None
    others: int
    best_elsewhere: Decimal | None

    @property
    def unit_price(self) -> Decimal | None:
        """What one base unit costs today."""
        return None if self.price is None else self.price / self.pack_quantity

    @property
    def is_cheapest(self) -> bool:
        """Whether others sell the item too, and none of them for less."""
        mine = self.unit_price
        return mine is not None and self.best_elsewhere is not None and mine <= self.best_elsewhere

    @property
    def saving(self) -> Decimal | None:
        """The part of the price that the cheapest other supplier would save; None where nobody is cheaper."""
        mine = self.unit_price
        if not mine or self.best_elsewhere is None or self.best_elsewhere >= mine:
            return None
        return (mine - self.best_elsewhere) / mine


@dataclass(frozen=True, slots=True)
class Supplier:
    """One supplier with the whole price list; without prices for those who may not see costs."""

    id: UUID
    code: str
    name: str
    status: str
    rating: Decimal | None
    contact: Opened
    email: Opened
    phone: Opened
    account_holder: Opened
    account: Opened
    bank_code: Opened
    bank_name: Opened
    payment_days: int | None
    order_days: tuple[int, ...]
    order_cutoff: time | None
    minimum_order: Decimal | None
    currency: str
    note: str
    packs: tuple[Pack, ...]
    shows_prices: bool = True
    asks_as: str = ""  # the fingerprint of this PC, where it lacks the key

    @property
    def items(self) -> int:
        """How many different items they sell."""
        return len({pack.item_id for pack in self.packs})


_ITEMS = (
    select(func.count(SUPPLIER_ITEMS.c.item_id.distinct()))
    .where(SUPPLIER_ITEMS.c.supplier_id == SUPPLIERS.c.id)
    .correlate(SUPPLIERS)
    .scalar_subquery()
)
SOURCE = ListSource(
    row=SupplierRow,
    shape=lambda row: SupplierRow(**{**_named(row), "order_days": tuple(row.order_days)}),
    select=select(
        SUPPLIERS.c.id,
        SUPPLIERS.c.code,
        SUPPLIERS.c.name,
        SUPPLIERS.c.status,
        SUPPLIERS.c.order_days,
        SUPPLIERS.c.order_cutoff,
        SUPPLIERS.c.minimum_order,
        SUPPLIERS.c.payment_days,
        SUPPLIERS.c.currency,
        _ITEMS.label("items"),
        SUPPLIERS.c.rating,
    ),
    key=SUPPLIERS.c.id,
    sorts={
        "name": SUPPLIERS.c.sort_name,
        "code": SUPPLIERS.c.code,
        "items": _ITEMS,
        "minimum_order": func.coalesce(SUPPLIERS.c.minimum_order, -1),
        "payment_days": func.coalesce(SUPPLIERS.c.payment_days, -1),
        "rating": func.coalesce(SUPPLIERS.c.rating, -1),
    },
    default=(Sort("name"),),
    filters={"status": SUPPLIERS.c.status, "currency": SUPPLIERS.c.currency},
    finds=(SUPPLIERS.c.sort_name, func.lower(SUPPLIERS.c.code)),
)


def _named(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if not name.startswith("_k")}


@read
def suppliers(connection: Connection, query: ListQuery) -> Page[SupplierRow]:
    """A page of suppliers."""
    source, query = _found(connection, query)
    return source.page(connection, query)


@read
def suppliers_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many suppliers the query selects."""
    source, query = _found(connection, query)
    return source.summary(connection, query)


def _found(connection: Connection, query: ListQuery) -> tuple[ListSource[SupplierRow], ListQuery]:
    """The list, or what is left of it when exactly somebody's e-mail address, phone or account number is searched."""
    equal = with_equal_value(connection, query.search)
    if not equal:
        return SOURCE, query
    return replace(SOURCE, select=SOURCE.select.where(SUPPLIERS.c.id.in_(equal))), replace(query, search="")


_COUNTS = text("SELECT status, count(*) AS suppliers FROM suppliers GROUP BY status")


@read
def supplier_counts(connection: Connection, _query: ListQuery) -> Mapping[str, int]:
    """How many suppliers there are of each status."""
    counts: dict[str, int] = {row.status: row.suppliers for row in connection.execute(_COUNTS)}
    return {
        "all": sum(counts.values()),
        "active": counts.get("ACTIVE", 0),
        "hold": counts.get("ON_HOLD", 0),
        "ended": counts.get("ENDED", 0),
    }


_SUPPLIER = text("""
    WITH today AS (
      SELECT si.id, si.item_id, si.supplier_id, p.price, p.price / si.pack_quantity AS unit_price, s.currency, s.status
      FROM supplier_items si
      JOIN suppliers s ON s.id = si.supplier_id
      CROSS JOIN LATERAL (SELECT x.price FROM supplier_prices x
        WHERE x.supplier_item_id = si.id AND x.valid_from <= current_date ORDER BY x.valid_from DESC LIMIT 1) p
      WHERE si.item_id IN (SELECT x.item_id FROM supplier_items x WHERE x.supplier_id = :key)
    )
    SELECT s.id, s.code, s.name, s.status, s.rating, s.contact, s.email, s.phone, b.account_holder, b.account,
      b.bank_code, b.bank_name, s.payment_days, s.order_days,
      s.order_cutoff, s.minimum_order, s.currency, s.note, (SELECT can('stock.cost')) AS shows_prices,
      (SELECT coalesce(json_agg(json_build_array(si.id, si.item_id, i.name, si.supplier_code, si.pack,
                si.pack_quantity::text, i.base_unit, si.is_preferred, h.prices, t.price::text,
                coalesce(e.others, 0), e.best::text)
                ORDER BY i.sort_name, si.pack_quantity), '[]')
       FROM supplier_items si
       JOIN items i ON i.id = si.item_id
       LEFT JOIN today t ON t.id = si.id
       LEFT JOIN LATERAL (SELECT json_agg(json_build_array(x.valid_from, x.price::text) ORDER BY x.valid_from) AS prices
         FROM supplier_prices x WHERE x.supplier_item_id = si.id) h ON true
       LEFT JOIN LATERAL (SELECT count(DISTINCT o.supplier_id) AS others, min(o.unit_price) AS best FROM today o
         WHERE o.item_id = si.item_id AND o.supplier_id <> s.id AND o.currency = s.currency
           AND o.status = 'ACTIVE') e ON true
       WHERE si.supplier_id = s.id) AS packs
    FROM suppliers s
    LEFT JOIN supplier_banks b ON b.supplier_id = s.id
    WHERE s.id = :key
""")


@read
def supplier(connection: Connection, key: UUID | str) -> Supplier:
    """One supplier with packs, dated prices and what others ask, in one statement."""
    found = connection.execute(_SUPPLIER, {"key": UUID(str(key))}).mappings().one_or_none()
    row = dict(one_or_gone(found, "supplier"))
    row["order_days"] = tuple(row["order_days"])
    fields = opened_fields(connection, row["id"], row)
    row |= fields
    row["asks_as"] = own_fingerprint(connection) if any(value.is_locked for value in fields.values()) else ""
    return Supplier(**{**row, "packs": tuple(map(_pack, row["packs"]))})


def _pack(values: list[Any]) -> Pack:
    key, item_id, item, code, pack, quantity, unit, preferred, prices, price, others, best = values
    dated = tuple(DatedPrice(date.fromisoformat(since), Decimal(amount)) for since, amount in prices or ())
    return Pack(
        UUID(key),
        UUID(item_id),
        item,
        code,
        pack,
        Decimal(quantity),
        unit,
        preferred,
        dated,
        price and Decimal(price),
        others,
        best and Decimal(best),
    )

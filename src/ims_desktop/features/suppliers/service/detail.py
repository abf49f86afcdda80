"""One supplier: terms, people, the whole price list, and what the deliveries tell."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from ims_desktop.database.listing import one_or_gone
from ims_desktop.database.tenant_key import Opened, opened, own_fingerprint
from ims_desktop.domain import sensitive
from ims_desktop.domain.work import read
from ims_desktop.features.suppliers.rules import NOTHING_DELIVERED, Delivered, masked
from ims_desktop.features.suppliers.service.contact import opened_fields
from ims_desktop.features.suppliers.service.pricing import agreed, listed, price_on


@dataclass(frozen=True, slots=True)
class DatedPrice:
    """What a pack costs from a day on; a contract says until when."""

    valid_from: date
    price: Decimal
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """How the supplier sells an item. Of prices in the same currency the lowest per base unit is the cheapest.

    `price` is what counts today: what a contract fixed, otherwise what is listed.
    """

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
    listed: Decimal | None = None
    contract: Decimal | None = None
    contract_until: date | None = None

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
    def is_outside(self) -> bool:
        """Whether the list asks something else than the contract says."""
        return self.contract is not None and self.listed is not None and self.listed != self.contract

    @property
    def saving(self) -> Decimal | None:
        """The part of the price that the cheapest other supplier would save; None where nobody is cheaper."""
        mine = self.unit_price
        if not mine or self.best_elsewhere is None or self.best_elsewhere >= mine:
            return None
        return (mine - self.best_elsewhere) / mine


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody else to reach there, as far as this PC can open it."""

    duty: str
    contact: Opened
    email: Opened
    phone: Opened


@dataclass(frozen=True, slots=True)
class Supplier:
    """One supplier with the whole price list; without prices for those who may not see costs.

    `account` shows only the ends of the number; in plain it is asked for by `bank_details`.
    """

    id: UUID
    code: str
    name: str
    status: str
    status_reason: str
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
    others: tuple[Reached, ...] = ()
    delivered: Delivered = NOTHING_DELIVERED
    shows_prices: bool = True
    asks_as: str = ""  # the fingerprint of this PC, where it lacks the key

    @property
    def items(self) -> int:
        """How many different items they sell."""
        return len({pack.item_id for pack in self.packs})


DAYS, TOLERANCE = 90, "0.005"
# Of the lines whose item had a price on the day, in the currency of the site: how many cost that, to half a percent.
_DELIVERED = f"""
    SELECT json_build_array(count(DISTINCT p.id), max(p.business_day), count(best.off),
             count(*) FILTER (WHERE best.off <= {TOLERANCE}))
    FROM postings p
    JOIN valued_movements m ON m.posting_id = p.id
    LEFT JOIN LATERAL (
      SELECT min(abs(m.worth / m.quantity * si.pack_quantity / known.price - 1)) AS off
      FROM supplier_items si
      JOIN sites t ON t.id = p.site_id AND t.currency = s.currency
      CROSS JOIN LATERAL (SELECT {price_on("si.id", "p.business_day")} AS price) known
      WHERE si.supplier_id = s.id AND si.item_id = m.item_id AND known.price > 0) best ON true
    WHERE p.supplier_id = s.id AND p.kind = 'DELIVERY' AND p.business_day > current_date - {DAYS}
      AND p.reverses_id IS NULL AND NOT EXISTS (SELECT FROM postings r WHERE r.reverses_id = p.id)
"""
_SUPPLIER = text(f"""
    WITH today AS (
      SELECT si.id, si.item_id, si.supplier_id, p.price, p.price / si.pack_quantity AS unit_price, s.currency, s.status
      FROM supplier_items si
      JOIN suppliers s ON s.id = si.supplier_id
      CROSS JOIN LATERAL (SELECT {price_on("si.id")} AS price) p
      WHERE si.is_active AND si.item_id IN (SELECT x.item_id FROM supplier_items x WHERE x.supplier_id = :key)
    )
    SELECT s.id, s.code, s.name, s.status, s.status_reason, s.rating, s.contact, s.email, s.phone,
      b.account_holder, b.account, b.bank_code, b.bank_name, s.payment_days, s.order_days,
      s.order_cutoff, s.minimum_order, s.currency, s.note, (SELECT can('stock.cost')) AS shows_prices,
      ({_DELIVERED}) AS delivered,
      (SELECT coalesce(json_agg(json_build_array(p.id, p.duty, encode(p.contact, 'hex'), encode(p.email, 'hex'),
                encode(p.phone, 'hex')) ORDER BY p.duty, p.id), '[]')
       FROM supplier_contacts p WHERE p.supplier_id = s.id) AS others,
      (SELECT coalesce(json_agg(json_build_array(si.id, si.item_id, i.name, si.supplier_code, si.pack,
                si.pack_quantity::text, i.base_unit, si.is_preferred, h.prices, t.price::text,
                coalesce(e.others, 0), e.best::text, {listed("si.id")}::text, {agreed("si.id")}::text, k.valid_until)
                ORDER BY i.sort_name, si.pack_quantity), '[]')
       FROM supplier_items si
       JOIN items i ON i.id = si.item_id
       LEFT JOIN today t ON t.id = si.id
       LEFT JOIN supplier_contracts k ON k.supplier_item_id = si.id
         AND current_date BETWEEN k.valid_from AND k.valid_until
       LEFT JOIN LATERAL (SELECT json_agg(json_build_array(x.valid_from, x.price::text) ORDER BY x.valid_from) AS prices
         FROM supplier_prices x WHERE x.supplier_item_id = si.id) h ON true
       LEFT JOIN LATERAL (SELECT count(DISTINCT o.supplier_id) AS others, min(o.unit_price) AS best FROM today o
         WHERE o.item_id = si.item_id AND o.supplier_id <> s.id AND o.currency = s.currency
           AND o.status = 'ACTIVE') e ON true
       WHERE si.supplier_id = s.id AND si.is_active) AS packs
    FROM suppliers s
    LEFT JOIN supplier_banks b ON b.supplier_id = s.id
    WHERE s.id = :key
""")


@read
def supplier(connection: Connection, key: UUID | str) -> Supplier:
    """One supplier with packs, dated prices, deliveries and what others ask, in one statement."""
    found = connection.execute(_SUPPLIER, {"key": UUID(str(key))}).mappings().one_or_none()
    row = dict(one_or_gone(found, "supplier"))
    row["order_days"] = tuple(row["order_days"])
    fields = opened_fields(connection, row["id"], row)
    row |= fields | {"account": _masked(fields["account"])}
    row["asks_as"] = own_fingerprint(connection) if any(value.is_locked for value in fields.values()) else ""
    row["others"] = tuple(_reached(connection, values) for values in row["others"])
    row["packs"] = tuple(map(_pack, row["packs"]))
    row["delivered"] = _delivered(row["delivered"], priced=row["shows_prices"])
    return Supplier(**row)


def _masked(account: Opened) -> Opened:
    return Opened(masked(account.text)) if account.text else account


def _reached(connection: Connection, values: list[Any]) -> Reached:
    key, duty, *sealed = values
    row = {
        name: bytes.fromhex(value) if value else None
        for name, value in zip(("contact", "email", "phone"), sealed, strict=True)
    }
    return Reached(duty, **opened(connection, sensitive.SUPPLIER_CONTACTS, UUID(key), row))


def _delivered(values: list[Any], *, priced: bool) -> Delivered:
    deliveries, last, known, exact = values
    day = date.fromisoformat(last) if last else None
    return Delivered(deliveries, day, known if priced else 0, exact if priced else 0, DAYS)


def _pack(values: list[Any]) -> Pack:
    key, item_id, item, code, pack, quantity, unit, preferred, prices, price, others, best, asked, fixed, until = values
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
        asked and Decimal(asked),
        fixed and Decimal(fixed),
        date.fromisoformat(until) if until else None,
    )

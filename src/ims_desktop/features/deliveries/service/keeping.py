"""What a desk knows of deliveries while the server is away: items, who sells them at which price, and the places."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, RowMapping, func, select, text

from ims_desktop.domain.finding import found_among, is_scanned
from ims_desktop.domain.option import Option
from ims_desktop.domain.work import read
from ims_desktop.features.deliveries.service.choosing import (
    MOST_FOUND,
    Deliverable,
    delivered_as,
    places_of,
    suppliers_of,
)
from ims_desktop.features.items.rules import Pack
from ims_desktop.features.items.service.choosing import packs_from, plain
from ims_desktop.features.suppliers.service import price_on

MOST_KNOWN, MOST_OFFERS = 20_000, 40_000


@dataclass(frozen=True, slots=True)
class KnownOffer:
    """An item as one supplier sells it; `listed` is what the pack cost on the day of the copy."""

    supplier_id: UUID
    code: str
    pack: str
    per: Decimal
    listed: Decimal | None


@dataclass(frozen=True, slots=True)
class KnownGoods:
    """An item that may come; the offer a supplier prefers stands first."""

    id: UUID
    name: str
    sku: str
    base: str
    packs: tuple[tuple[str, Decimal, str], ...]
    grams_per_millilitre: Decimal | None
    grams_per_each: Decimal | None
    barcodes: tuple[tuple[str, str | None], ...]
    home_id: UUID | None
    offers: tuple[KnownOffer, ...] = ()
    by_lots: bool = False

    def of(self, supplier: UUID | None) -> tuple[KnownOffer, ...]:
        """How a supplier sells it."""
        return tuple(offer for offer in self.offers if offer.supplier_id == supplier)

    def delivered(self, supplier: UUID | None, typed: str = "") -> tuple[Deliverable, ...]:
        """The item in each pack of the supplier, or as it is kept in stock where they do not sell it."""
        return tuple(self._delivered(offer, typed) for offer in self.of(supplier) or (None,))

    def _delivered(self, offer: KnownOffer | None, typed: str) -> Deliverable:
        return delivered_as(
            (self.id, self.name, self.sku, self.base, self.home_id),
            [Pack(*pack) for pack in self.packs],
            (self.grams_per_millilitre, self.grams_per_each),
            scanned=next((unit for code, unit in self.barcodes if is_scanned(code, typed)), None),
            offer=(offer.code, offer.pack, offer.per, offer.listed) if offer is not None else None,
            by_lots=self.by_lots,
        )


@dataclass(frozen=True, slots=True)
class KnownDeliveries:
    """What a desk remembers of a site to go on receiving: as it was at a moment."""

    at: datetime
    goods: tuple[KnownGoods, ...]
    suppliers: tuple[tuple[UUID, str, str], ...]
    places: tuple[tuple[UUID, str], ...]

    def find(self, supplier: UUID | None, typed: str) -> tuple[Deliverable, ...]:
        """Items by name, SKU, barcode or the supplier's own code, those that the supplier sells first."""
        code = typed.strip().casefold()
        found = found_among(
            self.goods,
            typed,
            lambda one: (one.name, one.sku),
            lambda one: (
                any(is_scanned(written, typed) for written, _unit in one.barcodes)
                or any(bool(code) and offer.code.casefold() == code for offer in one.of(supplier))
            ),
            len(self.goods),
        )
        in_order = sorted(found, key=lambda one: not one.of(supplier))
        return tuple(each for one in in_order[:MOST_FOUND] for each in one.delivered(supplier, typed))[:MOST_FOUND]

    def items(self, supplier: UUID | None, wanted: Iterable[UUID]) -> tuple[Deliverable, ...]:
        """The same by item."""
        keys = set(wanted)
        return tuple(each for one in self.goods if one.id in keys for each in one.delivered(supplier))

    def supplier_options(self) -> tuple[Option, ...]:
        """The suppliers to choose from."""
        return tuple(Option(*one) for one in self.suppliers)

    def place_options(self) -> tuple[Option, ...]:
        """The storage locations to choose from."""
        return tuple(Option(*one) for one in self.places)


_GOODS = text("""
    SELECT i.id, i.name, i.sku, i.base_unit, i.grams_per_millilitre, i.grams_per_each, i.tracks_lots <> 'NO' AS by_lots,
      coalesce(g.home_location_id, (SELECT l.location_id FROM stock_levels l
        WHERE l.item_id = i.id AND l.site_id = :site ORDER BY l.on_hand DESC LIMIT 1)) AS home_id,
      (SELECT json_agg(json_build_array(u.name, u.quantity::text, u.of_unit) ORDER BY u.name)
        FROM item_units u WHERE u.item_id = i.id) AS packs,
      (SELECT json_agg(json_build_array(b.gtin, b.unit)) FROM item_barcodes b WHERE b.item_id = i.id) AS barcodes
    FROM items i LEFT JOIN item_site_settings g ON g.item_id = i.id AND g.site_id = :site
    WHERE i.is_active ORDER BY i.sort_name LIMIT :most""")
_OFFERS = text(f"""
    SELECT o.item_id, o.supplier_id, coalesce(o.supplier_code, '') AS code, o.pack, o.pack_quantity,
      CASE WHEN v.currency = s.currency THEN {price_on("o.id")} END AS listed
    FROM supplier_items o JOIN suppliers v ON v.id = o.supplier_id AND v.status <> 'ENDED'
    LEFT JOIN sites s ON s.id = :site
    WHERE o.is_active ORDER BY o.item_id, o.is_preferred DESC, o.pack LIMIT :most""")


@read
def known_deliveries(connection: Connection, site: UUID) -> KnownDeliveries:
    """What a desk remembers of a site: what its person may see of items, suppliers and their prices now."""
    at = connection.execute(select(func.clock_timestamp())).scalar_one()
    offers: dict[UUID, list[KnownOffer]] = {}
    for row in connection.execute(_OFFERS, {"site": site, "most": MOST_OFFERS}).mappings():
        offers.setdefault(row["item_id"], []).append(_offer(row))
    goods = connection.execute(_GOODS, {"site": site, "most": MOST_KNOWN}).mappings()
    return KnownDeliveries(
        at,
        tuple(_known(row, tuple(offers.get(row["id"], ()))) for row in goods),
        tuple((one.value, one.text, one.detail) for one in suppliers_of(connection)),
        tuple((one.value, one.text) for one in places_of(connection, site)),
    )


def _offer(row: RowMapping) -> KnownOffer:
    pack = row["pack"] or ""
    return KnownOffer(row["supplier_id"], row["code"], pack, plain(row["pack_quantity"]), row["listed"])


def _known(row: RowMapping, offers: tuple[KnownOffer, ...]) -> KnownGoods:
    return KnownGoods(
        row["id"],
        row["name"],
        row["sku"],
        row["base_unit"],
        tuple((pack.name, pack.quantity, pack.of_unit) for pack in packs_from(row["packs"])),
        row["grams_per_millilitre"],
        row["grams_per_each"],
        tuple((code, unit) for code, unit in row["barcodes"] or ()),
        row["home_id"],
        offers,
        row["by_lots"],
    )

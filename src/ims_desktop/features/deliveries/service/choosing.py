"""What a line of a delivery chooses from: the supplier's own items first, in their packs and at their prices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, select, text

from ims_desktop.domain.gs1 import Goods
from ims_desktop.domain.option import Option
from ims_desktop.domain.units import ItemUnits
from ims_desktop.domain.work import read
from ims_desktop.features.items.rules import Pack, item_units
from ims_desktop.features.items.service.choosing import packs_from, plain
from ims_desktop.features.storage.tables import LOCATIONS
from ims_desktop.features.suppliers.service import price_on
from ims_desktop.features.suppliers.tables import SUPPLIERS

MOST_FOUND = 20
OWN_PACK = "pack"  # what a bare number means where the supplier has a pack: so many of theirs


@dataclass(frozen=True, slots=True)
class Deliverable:
    """An item as this supplier delivers it; `listed` is what `per` of it costs on the day by list or contract.

    Without an offer it is not on their list: it is entered in its stock unit, and nothing is listed.
    """

    id: UUID
    name: str
    sku: str
    supplier_code: str
    units: ItemUnits
    unit: str
    pack: str
    per: Decimal
    listed: Decimal | None
    is_listed: bool
    home_id: UUID | None
    by_lots: bool = False
    goods: Goods | None = None  # what a scanned code says of it besides

    @property
    def base(self) -> str:
        """The unit in which its stock is kept."""
        return self.units.base


_SELECT = f"""
    SELECT i.id, i.name, i.sku, i.base_unit, i.grams_per_millilitre, i.grams_per_each, b.unit AS scanned,
      i.tracks_lots <> 'NO' AS by_lots,
      o.id AS offer, coalesce(o.supplier_code, '') AS supplier_code, o.pack, o.pack_quantity,
      CASE WHEN v.currency = s.currency THEN {price_on("o.id", "CAST(:day AS date)")} END AS listed,
      coalesce(g.home_location_id, (SELECT l.location_id FROM stock_levels l
        WHERE l.item_id = i.id AND l.site_id = :site ORDER BY l.on_hand DESC LIMIT 1)) AS home_id,
      (SELECT json_agg(json_build_array(u.name, u.quantity::text, u.of_unit) ORDER BY u.name)
        FROM item_units u WHERE u.item_id = i.id) AS packs
    FROM items i
    LEFT JOIN supplier_items o ON o.item_id = i.id AND o.supplier_id = :supplier AND o.is_active
    LEFT JOIN suppliers v ON v.id = o.supplier_id
    LEFT JOIN sites s ON s.id = :site
    LEFT JOIN item_site_settings g ON g.item_id = i.id AND g.site_id = :site
    LEFT JOIN item_barcodes b ON b.item_id = i.id AND ltrim(b.gtin, '0') = nullif(ltrim(:text, '0'), '')"""
_FIND = text(f"""{_SELECT}
    WHERE i.is_active AND (b.gtin IS NOT NULL OR lower(o.supplier_code) = lower(:text) OR NOT EXISTS (
      SELECT FROM unnest(string_to_array(:text, ' ')) w WHERE strpos(i.sort_name, public.sort_key(w)) = 0
        AND strpos(i.sort_sku, public.sort_key(w)) = 0))
    ORDER BY b.gtin IS NULL, o.id IS NULL, NOT starts_with(i.sort_name, public.sort_key(:text)), i.sort_name,
      o.is_preferred DESC, o.pack LIMIT :most""")
_KNOWN = text(f"{_SELECT} WHERE i.id = ANY (:items) ORDER BY o.is_preferred DESC NULLS LAST, o.pack")


@read
def deliverables(
    connection: Connection, site: UUID, supplier: UUID | None, day: date, typed: str
) -> tuple[Deliverable, ...]:
    """Active items by name, SKU, barcode or the supplier's own code, those that the supplier sells first."""
    asked = {"site": site, "supplier": supplier, "day": day, "text": " ".join(typed.split()), "most": MOST_FOUND}
    return tuple(_deliverable(row) for row in connection.execute(_FIND, asked).mappings())


@read
def deliverables_of(
    connection: Connection, site: UUID, supplier: UUID | None, day: date, items: Sequence[UUID]
) -> tuple[Deliverable, ...]:
    """The same by item, for lines that are taken up again."""
    asked = {"site": site, "supplier": supplier, "day": day, "text": "", "items": list(items)}
    return tuple(_deliverable(row) for row in connection.execute(_KNOWN, asked).mappings())


@read
def suppliers_of(connection: Connection) -> tuple[Option, ...]:
    """Suppliers whose deliveries are received: all but those that were ended."""
    named = select(SUPPLIERS.c.id, SUPPLIERS.c.name, SUPPLIERS.c.code).where(SUPPLIERS.c.status != "ENDED")
    rows = connection.execute(named.order_by(SUPPLIERS.c.sort_name))
    return tuple(Option(row.id, row.name, row.code) for row in rows)


@read
def places_of(connection: Connection, site: UUID) -> tuple[Option, ...]:
    """The open storage locations of a site in walk order."""
    named = select(LOCATIONS.c.id, LOCATIONS.c.name).where(LOCATIONS.c.site_id == site, LOCATIONS.c.is_active)
    rows = connection.execute(named.order_by(LOCATIONS.c.walk_order, LOCATIONS.c.name))
    return tuple(Option(row.id, row.name) for row in rows)


def delivered_as(
    item: tuple[UUID, str, str, str, UUID | None],
    packs: list[Pack],
    grams: tuple[Decimal | None, Decimal | None],
    *,
    scanned: str | None,
    offer: tuple[str, str, Decimal, Decimal | None] | None,
    by_lots: bool,
) -> Deliverable:
    """An item (id, name, SKU, stock unit, home) in the pack of an offer (code, pack, what is in it, its price)."""
    key, name, sku, base, home = item
    code, pack, per, listed = offer or ("", "", Decimal(1), None)
    if offer is not None and not _is_named(packs):
        packs = [*packs, Pack(OWN_PACK, plain(per), base)]
    return Deliverable(
        id=key,
        name=name,
        sku=sku,
        supplier_code=code,
        units=item_units(base, packs, *grams),
        unit=scanned or (OWN_PACK if offer is not None else base),
        pack=pack or base,
        per=per,
        listed=listed,
        is_listed=offer is not None,
        home_id=home,
        by_lots=by_lots,
    )


def _deliverable(row: RowMapping) -> Deliverable:
    offer = (row["supplier_code"], row["pack"], row["pack_quantity"], row["listed"])
    return delivered_as(
        (row["id"], row["name"], row["sku"], row["base_unit"], row["home_id"]),
        list(packs_from(row["packs"])),
        (row["grams_per_millilitre"], row["grams_per_each"]),
        scanned=row["scanned"],
        offer=offer if row["offer"] is not None else None,
        by_lots=row["by_lots"],
    )


def _is_named(packs: Iterable[Any]) -> bool:
    """Whether the item has a pack of that name itself."""
    return any(pack.name == OWN_PACK for pack in packs)

"""What a transfer is made of: items as they are at a site, places, reasons and sites."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, RowMapping, select, text

from ims_desktop.domain.work import read
from ims_desktop.features.items.service.choosing import ItemChoice, item_choices
from ims_desktop.features.sites.service import Option
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.transfers.rules import LotHere


@dataclass(frozen=True, slots=True)
class Sendable:
    """An item to be sent or moved: what there is of it at the site, and where it is kept."""

    item: ItemChoice
    on_hand: Decimal
    home_id: UUID | None
    tracks_lots: bool = False
    lots: tuple[LotHere, ...] = ()

    @property
    def id(self) -> UUID:
        """The item."""
        return self.item.id


_HELD = text("""
    SELECT i.id, coalesce(c.quantity, 0) AS on_hand, coalesce(g.home_location_id, (
      SELECT l.location_id FROM stock_levels l WHERE l.item_id = i.id AND l.site_id = :site ORDER BY l.on_hand DESC
      LIMIT 1)) AS home_id, i.tracks_lots <> 'NO' AS tracks_lots,
      CASE WHEN i.tracks_lots <> 'NO' THEN (
        SELECT json_agg(json_build_array(t.code, t.expires_on, z.location_id, z.on_hand::text)
          ORDER BY t.expires_on NULLS LAST, t.arrived_at, t.code)
        FROM stock_lots z JOIN lots t ON t.id = z.lot_id
        WHERE z.site_id = :site AND z.item_id = i.id AND z.on_hand > 0) END AS lots
    FROM items i LEFT JOIN stock_costs c ON c.item_id = i.id AND c.site_id = :site
    LEFT JOIN item_site_settings g ON g.item_id = i.id AND g.site_id = :site WHERE i.id = ANY(:items)""")


@read
def sendable(connection: Connection, site: UUID, typed: str) -> tuple[Sendable, ...]:
    """Active items by name, SKU or barcode, as they are at the site."""
    found = item_choices(connection, typed)
    rows = connection.execute(_HELD, {"site": site, "items": [item.id for item in found]}).mappings()
    held = {row["id"]: row for row in rows}
    return tuple(_sendable(item, held[item.id]) for item in found)


def _sendable(item: ItemChoice, row: RowMapping) -> Sendable:
    lots = tuple(
        LotHere(code, date.fromisoformat(day) if day else None, UUID(place), Decimal(held))
        for code, day, place, held in row["lots"] or ()
    )
    return Sendable(item, row["on_hand"], row["home_id"], row["tracks_lots"], lots)


@read
def places_of(connection: Connection, site: UUID) -> tuple[Option, ...]:
    """The open storage locations of a site in walk order."""
    rows = connection.execute(
        text("SELECT id, name FROM storage_locations WHERE site_id = :site AND is_active ORDER BY walk_order, name"),
        {"site": site},
    )
    return tuple(Option(key, name) for key, name in rows)


@read
def reasons(connection: Connection) -> tuple[Option, ...]:
    """Why something is missing or too much."""
    rows = connection.execute(
        text("SELECT id, name FROM reason_codes WHERE is_active AND 'ADJUSTMENT' = ANY (kinds) ORDER BY sort_order")
    )
    return tuple(Option(key, name) for key, name in rows)


@read
def receiving_sites(connection: Connection) -> tuple[Option, ...]:
    """The open sites something may be sent to."""
    rows = connection.execute(select(SITES.c.id, SITES.c.name).where(SITES.c.is_active).order_by(SITES.c.sort_name))
    return tuple(Option(key, name) for key, name in rows)

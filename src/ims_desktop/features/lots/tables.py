"""The tables of lots."""

from sqlalchemy import BigInteger, Column, Table

from ims_desktop.database.base import METADATA, TYPES, table

LOTS = table("lots", id="uuid", item_id="uuid", code="text", sort_code="text", expires_on="date", arrived_at="moment")
STOCK_LOTS = table("stock_lots", location_id="uuid", lot_id="uuid", item_id="uuid", site_id="uuid", on_hand="quantity")
MOVEMENT_LOTS = Table(
    "movement_lots",
    METADATA,
    Column("movement_id", BigInteger()),
    *(Column(key, TYPES[kind]) for key, kind in {"lot_id": "uuid", "site_id": "uuid", "quantity": "quantity"}.items()),
)

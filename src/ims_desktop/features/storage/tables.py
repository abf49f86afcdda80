"""The table of the storage locations, and what this feature reads of others."""

from sqlalchemy import Boolean, Uuid, column
from sqlalchemy import table as foreign

from ims_desktop.database.base import QUANTITY, table

LOCATIONS = table(
    "storage_locations",
    id="uuid",
    site_id="uuid",
    parent_id="uuid",
    name="text",
    sort_name="text",
    walk_order="int",
    is_active="bool",
    version="int",
)

# Owned by `stock` and `items`, which know storage locations and so cannot be imported here; only read.
LEVELS = foreign(
    "stock_levels",
    column("location_id", Uuid),
    column("item_id", Uuid),
    column("site_id", Uuid),
    column("on_hand", QUANTITY),
)
ITEMS = foreign(
    "items",
    column("id", Uuid),
    column("name"),
    column("sort_name"),
    column("base_unit"),
    column("is_active", Boolean),
)
SETTINGS = foreign(
    "item_site_settings", column("item_id", Uuid), column("site_id", Uuid), column("home_location_id", Uuid)
)

"""The tables of the items, and what this feature reads of others."""

from sqlalchemy import Boolean, Date, Integer, Text, Uuid, column
from sqlalchemy import table as foreign

from ims_desktop.database.base import MOMENT, QUANTITY, VALUE, table

ITEMS = table(
    "items",
    id="uuid",
    sku="text",
    sort_sku="text",
    name="text",
    sort_name="text",
    category_id="uuid",
    base_unit="text",
    cost_method="text",
    allergens="texts",
    shelf_life_days="int",
    tracks_lots="text",
    yield_percent="number",
    grams_per_millilitre="number",
    grams_per_each="number",
    note="text",
    is_active="bool",
    merged_into_id="uuid",
    version="int",
    created_at="moment",
    updated_at="moment",
)
UNITS = table("item_units", id="uuid", item_id="uuid", name="text", quantity="number", of_unit="text")
BARCODES = table("item_barcodes", gtin="text", item_id="uuid", unit="text")
SETTINGS = table(
    "item_site_settings",
    item_id="uuid",
    site_id="uuid",
    par="quantity",
    reorder_point="quantity",
    home_location_id="uuid",
    shelf_position="text",
    is_key="bool",
    version="int",
)
PHOTOS = table("item_photos", item_id="uuid", image="bytes")
CATEGORIES = table(
    "categories", id="uuid", parent_id="uuid", name="text", sort_name="text", is_active="bool", version="int"
)
GLOBAL_UNITS = table("units", code="text", name="text", dimension="text", numerator="number", denominator="number")

# The list of items shows stock and recipes that it does not own. Their features know items and so cannot be imported
# here; these few columns are read only.
COSTS = foreign(
    "valued_stock",
    column("site_id", Uuid),
    column("item_id", Uuid),
    column("quantity", QUANTITY),
    column("value", VALUE),
    column("average_cost", VALUE),
    column("last_movement_at", MOMENT),
    column("last_counted_at", MOMENT),
)
LEVELS = foreign(
    "stock_levels",
    column("location_id", Uuid),
    column("item_id", Uuid),
    column("site_id", Uuid),
    column("on_hand", QUANTITY),
)
RECIPES = foreign("recipes", column("id", Uuid), column("name"), column("sort_name"), column("is_active", Boolean))
RECIPE_VERSIONS = foreign("recipe_versions", column("id", Uuid), column("recipe_id", Uuid), column("valid_from", Date))
RECIPE_LINES = foreign(
    "recipe_lines",
    column("version_id", Uuid),
    column("line", Integer),
    column("item_id", Uuid),
    column("quantity", QUANTITY),
    column("unit", Text),
    column("base_quantity", QUANTITY),
)
MODIFIERS = foreign("modifiers", column("id", Uuid), column("name", Text))
MODIFIER_LINES = foreign(
    "modifier_lines",
    column("modifier_id", Uuid),
    column("line", Integer),
    column("item_id", Uuid),
    column("quantity", QUANTITY),
    column("unit", Text),
    column("base_quantity", QUANTITY),
)
SUPPLIER_ITEMS = foreign(
    "supplier_items",
    column("id", Uuid),
    column("supplier_id", Uuid),
    column("item_id", Uuid),
    column("pack", Text),
    column("pack_quantity", QUANTITY),
    column("is_preferred", Boolean),
    column("is_active", Boolean),
)

"""The tables of the menu."""

from ims_desktop.database.base import table

CATEGORIES = table("menu_categories", id="uuid", name="text", sort_name="text", sort_order="int")
MENU_ITEMS = table(
    "menu_items",
    id="uuid",
    code="text",
    sort_code="text",
    name="text",
    sort_name="text",
    size="text",
    category_id="uuid",
    recipe_id="uuid",
    portions="quantity",
    is_available="bool",
    version="int",
)
PRICES = table(
    "menu_prices",
    id="uuid",
    menu_item_id="uuid",
    site_id="uuid",
    valid_from="date",
    price="money",
    tax_percent="number",
)

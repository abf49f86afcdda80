"""The tables of the menu."""

from ims_desktop.database.base import table

CATEGORIES = table(
    "menu_categories",
    id="uuid",
    name="text",
    sort_name="text",
    sort_order="int",
    food_cost_target="number",
    is_active="bool",
    version="int",
)
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
    food_cost_target="number",
    is_available="bool",
    is_active="bool",
    version="int",
)
PAUSES = table("menu_pauses", menu_item_id="uuid", site_id="uuid", until="date")
GROUPS = table(
    "modifier_groups",
    id="uuid",
    name="text",
    sort_name="text",
    at_least="int",
    at_most="int",
    is_active="bool",
    version="int",
)
MODIFIERS = table(
    "modifiers",
    id="uuid",
    group_id="uuid",
    name="text",
    sort_name="text",
    price="money",
    sort_order="int",
    is_active="bool",
    version="int",
)
MODIFIER_LINES = table(
    "modifier_lines",
    modifier_id="uuid",
    line="int",
    item_id="uuid",
    sub_recipe_id="uuid",
    quantity="quantity",
    unit="text",
    base_quantity="quantity",
    yield_percent="number",
)
ASKED = table("menu_item_modifiers", menu_item_id="uuid", group_id="uuid", sort_order="int")
PRICES = table(
    "menu_prices",
    id="uuid",
    menu_item_id="uuid",
    site_id="uuid",
    valid_from="date",
    price="money",
    tax_percent="number",
)

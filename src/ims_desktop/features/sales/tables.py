"""The tables of customer orders, and what this feature reads of others."""

from sqlalchemy import Uuid, column
from sqlalchemy import table as foreign

from ims_desktop.database.base import table

ORDERS = table(
    "orders",
    id="uuid",
    site_id="uuid",
    number="text",
    kind="text",
    part_of_id="uuid",
    channel="text",
    placed_at="moment",
    business_day="date",
    state="text",
    covers="int",
    net_total="money",
    tax_total="money",
    import_id="uuid",
    posting_id="uuid",
    void_posting_id="uuid",
    void_reason="text",
    created_by="uuid",
    customer_id="uuid",
    note="text",
    refunded="money",
    version="int",
)
ORDER_ITEMS = table(
    "order_items",
    order_id="uuid",
    line="int",
    site_id="uuid",
    business_day="date",
    menu_item_id="uuid",
    quantity="number",
    unit_price="number",
    net_amount="money",
    tax_amount="money",
    note="text",
    refunds_line="int",
)
PLANNED_LINES = table(
    "planned_lines", order_id="uuid", line="int", menu_item_id="uuid", quantity="number", unit_price="number"
)
TILL_MAPPINGS = table(
    "till_mappings", site_id="uuid", fingerprint="text", choices="json", used_by="uuid", used_at="moment"
)
TILL_PRODUCTS = table(
    "till_products",
    id="uuid",
    site_id="uuid",
    kind="text",
    product="text",
    words="text",
    sort_words="text",
    menu_item_id="uuid",
    modifier_id="uuid",
    ignored="text",
    decided_by="uuid",
    decided_at="moment",
    created_at="moment",
    version="int",
)
UNMAPPED = table(
    "unmapped_sales",
    id="uuid",
    till_product_id="uuid",
    site_id="uuid",
    import_id="uuid",
    number="text",
    placed_at="moment",
    business_day="date",
    quantity="number",
    amount="money",
    state="text",
)
UNMAPPED_MODIFIERS = table(
    "unmapped_modifiers",
    id="uuid",
    till_product_id="uuid",
    site_id="uuid",
    business_day="date",
    quantity="number",
    amount="money",
    state="text",
)
IMPORTS = table("sales_imports", id="uuid", site_id="uuid", file_name="text", imported_by="uuid", imported_at="moment")

# Owned by a feature below; an order only shows the name.
SITES = foreign("sites", column("id", Uuid), column("name"))

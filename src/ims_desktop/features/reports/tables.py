"""The tables the reports read, as far as they read them."""

from sqlalchemy import Column, MetaData, Table

from ims_desktop.database.base import TYPES

_M = MetaData()


def _t(name: str, /, **columns: str) -> Table:
    return Table(name, _M, *(Column(c, TYPES[k]) for c, k in columns.items()))


MOVEMENTS = _t(
    "stock_movements",
    id="int",
    posting_id="uuid",
    kind="text",
    site_id="uuid",
    location_id="uuid",
    item_id="uuid",
    effective_at="moment",
    business_day="date",
    quantity="quantity",
    value="value",
    reason_id="uuid",
    note="text",
    order_id="uuid",
    reverses_id="int",
    posted_by="uuid",
    posted_at="moment",
)
CORRECTIONS = _t(
    "cost_corrections",
    id="int",
    movement_id="int",
    posting_id="uuid",
    site_id="uuid",
    item_id="uuid",
    cause="text",
    effective_at="moment",
    business_day="date",
    value="value",
    posted_at="moment",
)
COSTS = _t(
    "stock_costs",
    site_id="uuid",
    item_id="uuid",
    quantity="quantity",
    value="value",
    average_cost="number",
    last_movement_at="moment",
    last_counted_at="moment",
)
REASONS = _t("reason_codes", **{"id": "uuid", "code": "text", "name": "text", "class": "text", "sort_order": "int"})
POSTINGS = _t(
    "postings",
    id="uuid",
    number="int",
    kind="text",
    site_id="uuid",
    effective_at="moment",
    business_day="date",
    supplier_id="uuid",
    reference="text",
    note="text",
    reverses_id="uuid",
    line_count="int",
    value="value",
    posted_by="uuid",
    posted_at="moment",
)
ORDERS = _t(
    "orders",
    id="uuid",
    site_id="uuid",
    number="text",
    placed_at="moment",
    business_day="date",
    state="text",
    covers="int",
    net_total="money",
    tax_total="money",
)
ORDER_ITEMS = _t(
    "order_items",
    order_id="uuid",
    line="int",
    site_id="uuid",
    business_day="date",
    menu_item_id="uuid",
    quantity="number",
    net_amount="money",
)
MENU_ITEMS = _t("menu_items", id="uuid", code="text", name="text", sort_name="text", size="text", category_id="uuid")
MENU_CATEGORIES = _t("menu_categories", id="uuid", name="text", sort_order="int")

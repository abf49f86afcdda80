"""The tables of the ledger, and what this feature reads of others."""

from sqlalchemy import BigInteger, Column, Table, Uuid, column, func
from sqlalchemy import table as foreign

from ims_desktop.database.base import METADATA, QUANTITY, TYPES, table

COSTS = table(
    "valued_stock",
    site_id="uuid",
    item_id="uuid",
    quantity="quantity",
    value="value",
    average_cost="number",
    last_movement_at="moment",
    last_counted_at="moment",
)
RESERVED = func.reserved_stock().table_valued(
    column("site_id", Uuid), column("item_id", Uuid), column("quantity", QUANTITY)
)
"""What open orders will take out of stock."""
UNDER_WAY = table("under_way", site_id="uuid", to_site_id="uuid", item_id="uuid", quantity="quantity")
"""What left one site for another and is neither there nor back."""
REASONS = table("reason_codes", id="uuid", code="text", name="text", kinds="texts", sort_order="int", is_active="bool")
REASONS.append_column(Column("class", TYPES["text"], key="cost_class"))
POSTINGS = table(
    "valued_postings",
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
    worth="value",
    posted_by="uuid",
    posted_at="moment",
)


def _numbered(name: str, **columns: str) -> Table:
    """A table whose rows are numbered beyond what an int holds."""
    wide = [Column(key, BigInteger()) for key, kind in columns.items() if kind == "bigint"]
    rest = [Column(key, TYPES[kind]) for key, kind in columns.items() if kind != "bigint"]
    return Table(name, METADATA, *wide, *rest)


MOVEMENTS = _numbered(
    "valued_movements",
    id="bigint",
    reverses_id="bigint",
    posting_id="uuid",
    kind="text",
    site_id="uuid",
    location_id="uuid",
    item_id="uuid",
    effective_at="moment",
    business_day="date",
    quantity="quantity",
    value="value",
    worth="value",
    entered_quantity="quantity",
    entered_unit="text",
    reason_id="uuid",
    note="text",
    order_id="uuid",
    posted_by="uuid",
    posted_at="moment",
)
CORRECTIONS = _numbered(
    "cost_corrections",
    movement_id="bigint",
    site_id="uuid",
    item_id="uuid",
    effective_at="moment",
    business_day="date",
    value="value",
)
COST_LINES = _numbered(
    "cost_lines",
    movement_id="bigint",
    cause="text",
    posting_id="uuid",
    kind="text",
    site_id="uuid",
    item_id="uuid",
    effective_at="moment",
    business_day="date",
    quantity="quantity",
    value="value",
    reason_id="uuid",
)
"""Movements and the later corrections of their cost alike: what every sum of money is made of."""

# Owned by a feature that need not be there for stock to be shown.
MEMBERS = foreign("members", column("id", Uuid), column("display_name"), column("sort_name"))

"""The tables of counts."""

from ims_desktop.database.base import table

SHEETS = table(
    "count_sheets",
    id="uuid",
    number="int",
    site_id="uuid",
    name="text",
    sort_name="text",
    scope="text",
    is_blind="bool",
    tolerance_percent="number",
    tolerance_value="number",
    note="text",
    state="text",
    started_by="uuid",
    started_at="moment",
    counted_by="uuid",
    counted_at="moment",
    approved_by="uuid",
    approved_at="moment",
    blanks="text",
    posting_id="uuid",
    ended_by="uuid",
    ended_at="moment",
    reason="text",
    version="int",
)
LINES = table("count_lines", sheet_id="uuid", location_id="uuid", item_id="uuid", recount_after="int")

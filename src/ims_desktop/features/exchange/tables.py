"""The table of remembered mappings."""

from ims_desktop.database.base import table

MAPPINGS = table(
    "import_mappings",
    member_id="uuid",
    entity="text",
    fingerprint="text",
    columns="json",
    decimal_sign="text",
    date_order="text",
    used_at="moment",
)

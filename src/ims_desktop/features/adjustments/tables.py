"""The tables of templates and photos, and the view of entries that wait for approval."""

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from ims_desktop.database.base import table
from ims_desktop.features.stock.tables import MEMBERS

REQUESTS = table(
    "valued_requests",
    id="uuid",
    number="int",
    site_id="uuid",
    kind="text",
    effective_at="moment",
    note="text",
    amount="value",
    state="text",
    asked_by="uuid",
    asked_at="moment",
    decided_by="uuid",
    decided_at="moment",
    reason="text",
    version="int",
)
REQUESTS.append_column(Column("items", ARRAY(UUID)))
REQUESTS.append_column(Column("production", JSONB))
TEMPLATES = table(
    "entry_templates", id="uuid", site_id="uuid", kind="text", name="text", sort_name="text", version="int"
)
TEMPLATES.append_column(Column("lines", JSONB))
PHOTOS = table(
    "document_photos", id="uuid", document_id="uuid", site_id="uuid", row="int", caption="text", image="bytes"
)

__all__ = ["MEMBERS", "PHOTOS", "REQUESTS", "TEMPLATES"]

"""The audit log, and the names of what it speaks of."""

from sqlalchemy import BigInteger, Column, Uuid, column
from sqlalchemy import table as foreign

from ims_desktop.database.base import table

AUDIT = table(
    "audit_log",
    at="moment",
    member_id="uuid",
    role_name="text",
    ip_address="text",
    device="text",
    subject="text",
    record_id="text",
    part_of="text",
    action="text",
    site_id="uuid",
    old="json",
    new="json",
)
AUDIT.append_column(Column("id", BigInteger()))  # a log outgrows an int

# Every feature's records appear in the log, so it reads their names, and nothing else of them.
NAMED = {
    name: foreign(name, column("id", Uuid), column("name"))
    for name in (
        *(
            "categories",
            "customers",
            "items",
            "menu_categories",
            "menu_items",
            "reason_codes",
            "recipes",
            "roles",
            "sites",
        ),
        *("storage_locations", "suppliers"),
    )
}
MEMBERS = foreign("members", column("id", Uuid), column("display_name"), column("sort_name"))
SITES = NAMED["sites"]
# Parts that have parts: what a price or an ingredient belongs to is found through these.
ORDERS = foreign("orders", column("id", Uuid), column("posting_id", Uuid), column("void_posting_id", Uuid))
MOVEMENTS = foreign("stock_movements", column("id"), column("posting_id", Uuid))
POSTINGS = foreign("postings", column("id", Uuid), column("kind"), column("number"), column("posted_by", Uuid))
CORRECTIONS = foreign(
    "cost_corrections",
    *(column(name) for name in ("id", "movement_id", "cause", "value", "posted_at")),
    *(column(name, Uuid) for name in ("posting_id", "item_id")),
)
VERSIONS = foreign("recipe_versions", column("id", Uuid), column("recipe_id", Uuid))
OFFERS = foreign("supplier_items", column("id", Uuid), column("supplier_id", Uuid), column("pack"))

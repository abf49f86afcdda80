"""The views of what was sent and what became of it."""

from sqlalchemy import BigInteger, Column, Table

from ims_desktop.database.base import METADATA, TYPES, table

TRANSFERS = table(
    "transfers",
    id="uuid",
    number="int",
    site_id="uuid",
    to_site_id="uuid",
    effective_at="moment",
    reference="text",
    note="text",
    posted_by="uuid",
    posted_at="moment",
    lines="int",
    waiting="int",
    value="value",
    value_under_way="value",
    value_there="value",
    to_rate="number",
    is_cancelled="bool",
    missing="int",
    arrived="int",
    received_at="moment",
)
LINES = Table(
    "transfer_lines",
    METADATA,
    Column("id", BigInteger()),
    *(
        Column(key, TYPES[kind])
        for key, kind in {
            "transfer_id": "uuid",
            "site_id": "uuid",
            "to_site_id": "uuid",
            "item_id": "uuid",
            "quantity": "quantity",
            "arrived": "quantity",
            "back": "quantity",
            "missing": "quantity",
            "under_way": "quantity",
            "value": "value",
            "value_under_way": "value",
        }.items()
    ),
)

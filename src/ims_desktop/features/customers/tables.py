"""The table of customers."""

from ims_desktop.database.base import table

CUSTOMERS = table(
    "customers",
    id="uuid",
    code="text",
    sort_code="text",
    name="text",
    sort_name="text",
    kind="text",
    contact="bytes",
    email="bytes",
    email_hash="bytes",
    phone="bytes",
    phone_hash="bytes",
    tax_id="text",
    payment_days="int",
    note="text",
    is_active="bool",
    version="int",
    created_at="moment",
)

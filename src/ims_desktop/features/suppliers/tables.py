"""The tables of suppliers and their price lists."""

from ims_desktop.database.base import table

SUPPLIERS = table(
    "suppliers",
    id="uuid",
    code="text",
    name="text",
    sort_name="text",
    status="text",
    status_reason="text",
    rating="number",
    contact="bytes",
    email="bytes",
    email_hash="bytes",
    phone="bytes",
    phone_hash="bytes",
    payment_days="int",
    order_days="ints",
    order_cutoff="time",
    minimum_order="money",
    currency="text",
    note="text",
    version="int",
    created_at="moment",
)
SUPPLIER_BANKS = table(
    "supplier_banks",
    supplier_id="uuid",
    account_holder="bytes",
    account="bytes",
    account_hash="bytes",
    bank_code="bytes",
    bank_name="bytes",
    version="int",
)
SUPPLIER_ITEMS = table(
    "supplier_items",
    id="uuid",
    supplier_id="uuid",
    item_id="uuid",
    supplier_code="text",
    pack="text",
    pack_quantity="quantity",
    is_preferred="bool",
    is_active="bool",
    version="int",
)
SUPPLIER_PRICES = table("supplier_prices", supplier_item_id="uuid", valid_from="date", price="number")
SUPPLIER_CONTRACTS = table(
    "supplier_contracts", supplier_item_id="uuid", valid_from="date", valid_until="date", price="number"
)
SUPPLIER_CONTACTS = table(
    "supplier_contacts",
    id="uuid",
    supplier_id="uuid",
    duty="text",
    contact="bytes",
    email="bytes",
    email_hash="bytes",
    phone="bytes",
    phone_hash="bytes",
    version="int",
)

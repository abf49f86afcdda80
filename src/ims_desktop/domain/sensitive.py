"""What is kept encrypted: which columns, and in which form their values are compared."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass


def same_email(text: str) -> str:
    """An e-mail address in the form in which two are compared."""
    return text.strip().casefold()


def same_phone(text: str) -> str:
    """A phone number without the marks people put into it."""
    return re.sub(r"^00", "+", re.sub(r"[^0-9+]", "", text))


def same_account(text: str) -> str:
    """An account number without spaces and marks."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())


@dataclass(frozen=True)
class SensitiveTable:
    """A table with encrypted columns; those named in `searched` have a column `…_hash` to find a value by."""

    name: str
    key: str
    columns: tuple[str, ...]
    searched: Mapping[str, Callable[[str], str]]


SUPPLIERS = SensitiveTable("suppliers", "id", ("contact", "email", "phone"), {"email": same_email, "phone": same_phone})
SUPPLIER_BANKS = SensitiveTable(
    "supplier_banks",
    "supplier_id",
    ("account_holder", "account", "bank_code", "bank_name"),
    {"account": same_account},
)
SUPPLIER_CONTACTS = SensitiveTable(
    "supplier_contacts", "id", ("contact", "email", "phone"), {"email": same_email, "phone": same_phone}
)
CUSTOMERS = SensitiveTable("customers", "id", ("contact", "email", "phone"), {"email": same_email, "phone": same_phone})
SENSITIVE = (SUPPLIERS, SUPPLIER_BANKS, SUPPLIER_CONTACTS, CUSTOMERS)

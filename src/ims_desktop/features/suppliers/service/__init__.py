"""The suppliers: their price lists, and how they are reached and paid."""

from ims_desktop.database.tenant_key import Opened
from ims_desktop.features.suppliers.service.cells import LONGEST_NAME, LONGEST_TERM, save_cells
from ims_desktop.features.suppliers.service.contact import save_contact, supplier_contact
from ims_desktop.features.suppliers.service.reading import (
    WEEKDAYS,
    DatedPrice,
    Pack,
    Supplier,
    SupplierRow,
    supplier,
    supplier_counts,
    suppliers,
    suppliers_summary,
    weekdays,
)

__all__ = [
    "LONGEST_NAME",
    "LONGEST_TERM",
    "WEEKDAYS",
    "DatedPrice",
    "Opened",
    "Pack",
    "Supplier",
    "SupplierRow",
    "save_cells",
    "save_contact",
    "supplier",
    "supplier_contact",
    "supplier_counts",
    "suppliers",
    "suppliers_summary",
    "weekdays",
]

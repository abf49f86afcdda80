"""The suppliers: terms, people, price lists with contracts, and what their deliveries tell."""

from ims_desktop.database.tenant_key import Opened
from ims_desktop.features.suppliers.rules import LONGEST_TERM
from ims_desktop.features.suppliers.service.cells import LONGEST_NAME, save_cells
from ims_desktop.features.suppliers.service.contact import bank_details, save_contact, supplier_contact
from ims_desktop.features.suppliers.service.detail import DatedPrice, Pack, Reached, Supplier, supplier
from ims_desktop.features.suppliers.service.offers import (
    Offer,
    OfferRow,
    item_options,
    offer,
    offer_counts,
    offers,
    offers_summary,
    supplier_choices,
)
from ims_desktop.features.suppliers.service.pricing import price_on
from ims_desktop.features.suppliers.service.reading import (
    WEEKDAYS,
    SupplierRow,
    supplier_counts,
    suppliers,
    suppliers_summary,
    weekdays,
)
from ims_desktop.features.suppliers.service.saving import (
    SavedSupplier,
    save_supplier,
    set_status,
    supplier_terms,
)
from ims_desktop.features.suppliers.service.selling import (
    SavedOffer,
    remove_price,
    save_offer,
    save_offer_cells,
    save_price,
    set_offers_active,
)

__all__ = [
    "LONGEST_NAME",
    "LONGEST_TERM",
    "WEEKDAYS",
    "DatedPrice",
    "Offer",
    "OfferRow",
    "Opened",
    "Pack",
    "Reached",
    "SavedOffer",
    "SavedSupplier",
    "Supplier",
    "SupplierRow",
    "bank_details",
    "item_options",
    "offer",
    "offer_counts",
    "offers",
    "offers_summary",
    "price_on",
    "remove_price",
    "save_cells",
    "save_contact",
    "save_offer",
    "save_offer_cells",
    "save_price",
    "save_supplier",
    "set_offers_active",
    "set_status",
    "supplier",
    "supplier_choices",
    "supplier_contact",
    "supplier_counts",
    "supplier_terms",
    "suppliers",
    "suppliers_summary",
    "weekdays",
]

"""What the kinds of postings, and of the movements they make, are called."""

from collections.abc import Mapping

from ims_desktop.domain.wording import Words

KINDS: Mapping[str, Words] = {
    "DELIVERY": "Delivery",
    "SALE": "Sale",
    "WASTE": "Waste",
    "ADJUSTMENT": "Adjustment",
    "COUNT": "Count",
    "SUPPLIER_RETURN": "Supplier return",
    "CUSTOMER_RETURN": "Customer return",
    "TRANSFER_OUT": "Transfer out",
    "TRANSFER_IN": "Transfer in",
    "PRODUCTION": "Production",
    "REVALUATION": "Revaluation",
    "MOVE": "Move",
    "PRICE": "Late invoice",
    "LANDED": "Landed cost",
    "METHOD": "Cost method",
}
DOCUMENTS: Mapping[str, Words] = {**KINDS, "SALE": "Sales"}
"""A document of sales has many of them."""

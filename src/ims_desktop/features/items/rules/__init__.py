"""What makes an item right: its words, its units, its barcodes, and how a file says all this."""

from ims_desktop.features.items.rules.barcodes import check_digit, is_gtin
from ims_desktop.features.items.rules.drafts import (
    ALLERGENS,
    LOT_KEEPING,
    METHODS,
    Barcode,
    ItemDraft,
    SiteLevel,
    checked,
    examined,
)
from ims_desktop.features.items.rules.packs import Pack, equations, item_units, pack_line, places
from ims_desktop.features.items.rules.sheet import ITEM_FIELDS, at_row

__all__ = [
    "ALLERGENS",
    "ITEM_FIELDS",
    "LOT_KEEPING",
    "METHODS",
    "Barcode",
    "ItemDraft",
    "Pack",
    "SiteLevel",
    "at_row",
    "check_digit",
    "checked",
    "equations",
    "examined",
    "is_gtin",
    "item_units",
    "pack_line",
    "places",
]

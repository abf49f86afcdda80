"""What makes an item right: its words, its units, its barcodes, and how a file says all this."""

from ims_desktop.features.items.rules.barcodes import check_digit, is_gtin
from ims_desktop.features.items.rules.drafts import ALLERGENS, Barcode, ItemDraft, SiteLevel, checked
from ims_desktop.features.items.rules.packs import Pack, equations, item_units, pack_line, places
from ims_desktop.features.items.rules.sheet import SHEET, SheetRow, read_sheet, template

__all__ = [
    "ALLERGENS",
    "SHEET",
    "Barcode",
    "ItemDraft",
    "Pack",
    "SheetRow",
    "SiteLevel",
    "check_digit",
    "checked",
    "equations",
    "is_gtin",
    "item_units",
    "pack_line",
    "places",
    "read_sheet",
    "template",
]

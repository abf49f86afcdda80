"""What people do with items: find, look at, save, archive and import them."""

from ims_desktop.features.items.rules import ALLERGENS, LOT_KEEPING, METHODS, Barcode, ItemDraft, Pack, SiteLevel
from ims_desktop.features.items.service.choosing import (
    ItemChoice,
    category_choices,
    global_unit_choices,
    item_choices,
    location_choices,
    site_choices,
    units_of,
)
from ims_desktop.features.items.service.importing import ITEMS_IMPORT
from ims_desktop.features.items.service.listing import ItemRow, items, items_summary, items_tab_counts
from ims_desktop.features.items.service.merging import MergeDraft, MergePreview, merge_items, merge_preview
from ims_desktop.features.items.service.pointing import UsedIn, look_alikes
from ims_desktop.features.items.service.reading import Item, ItemLevel, ItemPack, StockAt, item
from ims_desktop.features.items.service.saving import SavedItem, archive, restore, save_item

__all__ = [
    "ALLERGENS",
    "ITEMS_IMPORT",
    "LOT_KEEPING",
    "METHODS",
    "Barcode",
    "Item",
    "ItemChoice",
    "ItemDraft",
    "ItemLevel",
    "ItemPack",
    "ItemRow",
    "MergeDraft",
    "MergePreview",
    "Pack",
    "SavedItem",
    "SiteLevel",
    "StockAt",
    "UsedIn",
    "archive",
    "category_choices",
    "global_unit_choices",
    "item",
    "item_choices",
    "items",
    "items_summary",
    "items_tab_counts",
    "location_choices",
    "look_alikes",
    "merge_items",
    "merge_preview",
    "restore",
    "save_item",
    "site_choices",
    "units_of",
]

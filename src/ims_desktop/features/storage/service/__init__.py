"""The storage locations: what lies where, and in which order people walk past them."""

from ims_desktop.features.sites.service import site_choices
from ims_desktop.features.storage.rules import LocationDraft
from ims_desktop.features.storage.service.arranging import (
    LAST_PLACE,
    SavedLocation,
    close,
    move,
    renumber,
    reopen,
    save_cells,
    save_location,
)
from ims_desktop.features.storage.service.reading import (
    LocationRow,
    StorageLocation,
    StoredItem,
    location,
    locations,
    locations_summary,
    locations_tab_counts,
    parent_choices,
)

__all__ = [
    "LAST_PLACE",
    "LocationDraft",
    "LocationRow",
    "SavedLocation",
    "StorageLocation",
    "StoredItem",
    "close",
    "location",
    "locations",
    "locations_summary",
    "locations_tab_counts",
    "move",
    "parent_choices",
    "renumber",
    "reopen",
    "save_cells",
    "save_location",
    "site_choices",
]

"""What people do in production: make preps, repack items, look both up, and undo them."""

from ims_desktop.features.adjustments.service import Asked, EntryItem, Request, entry_items, find_items, locations_of
from ims_desktop.features.production.service.choosing import loss_reasons, prep, prep_again, prep_with_items, preps
from ims_desktop.features.production.service.keeping import KnownKitchen, known_kitchen
from ims_desktop.features.production.service.making import (
    RECORD,
    ask,
    document_of,
    foretell,
    produce,
    production_of,
    rehearse,
    take_back,
)
from ims_desktop.features.production.service.reading import (
    SUBJECTS,
    Produced,
    ProducedPart,
    ProductionRow,
    production,
    productions,
    productions_summary,
    productions_tab_counts,
)

__all__ = [
    "RECORD",
    "SUBJECTS",
    "Asked",
    "EntryItem",
    "KnownKitchen",
    "Produced",
    "ProducedPart",
    "ProductionRow",
    "Request",
    "ask",
    "document_of",
    "entry_items",
    "find_items",
    "foretell",
    "known_kitchen",
    "locations_of",
    "loss_reasons",
    "prep",
    "prep_again",
    "prep_with_items",
    "preps",
    "produce",
    "production",
    "production_of",
    "productions",
    "productions_summary",
    "productions_tab_counts",
    "rehearse",
    "take_back",
]

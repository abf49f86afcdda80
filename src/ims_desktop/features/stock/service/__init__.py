"""What can be done with stock and asked about it."""

from ims_desktop.features.stock.service.card import CardRow, card, card_summary
from ims_desktop.features.stock.service.documents import (
    SUBJECTS,
    Document,
    DocumentLine,
    Kind,
    Posted,
    outcome,
    post,
    reverse,
    reverse_document,
)
from ims_desktop.features.stock.service.levels import (
    LevelAt,
    LevelRow,
    levels,
    levels_at,
    levels_summary,
    levels_tab_counts,
)
from ims_desktop.features.stock.service.looking import ItemStock, PostedDocument, document_of, item_stock
from ims_desktop.features.stock.service.movements import (
    MovementRow,
    movements,
    movements_summary,
    person_choices,
    place_choices,
    reason_choices,
    waste_log,
    waste_log_summary,
)

__all__ = [
    "SUBJECTS",
    "CardRow",
    "Document",
    "DocumentLine",
    "ItemStock",
    "Kind",
    "LevelAt",
    "LevelRow",
    "MovementRow",
    "Posted",
    "PostedDocument",
    "card",
    "card_summary",
    "document_of",
    "item_stock",
    "levels",
    "levels_at",
    "levels_summary",
    "levels_tab_counts",
    "movements",
    "movements_summary",
    "outcome",
    "person_choices",
    "place_choices",
    "post",
    "reason_choices",
    "reverse",
    "reverse_document",
    "waste_log",
    "waste_log_summary",
]

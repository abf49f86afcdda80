"""What people do with lots: see what expires, follow one both ways, and correct a day that was read wrong."""

from ims_desktop.features.lots.service.listing import (
    SUBJECTS,
    ItemLots,
    Lot,
    LotPlace,
    LotRow,
    correct_expiry,
    counted,
    item_lots,
    lot,
    lots,
    lots_of,
    lots_summary,
    lots_tab_counts,
)
from ims_desktop.features.lots.service.tracing import TraceRow, lot_name, trace, trace_summary

__all__ = [
    "SUBJECTS",
    "ItemLots",
    "Lot",
    "LotPlace",
    "LotRow",
    "TraceRow",
    "correct_expiry",
    "counted",
    "item_lots",
    "lot",
    "lot_name",
    "lots",
    "lots_of",
    "lots_summary",
    "lots_tab_counts",
    "trace",
    "trace_summary",
]

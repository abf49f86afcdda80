"""What people do with transfers: send, follow, receive, cancel and take back; and move stock inside a site."""

from ims_desktop.features.transfers.service.choosing import (
    Sendable,
    places_of,
    reasons,
    receiving_sites,
    sendable,
)
from ims_desktop.features.transfers.service.posting import (
    SUBJECTS,
    TakingBack,
    cancel,
    move,
    receive,
    send,
    undo_receipt,
)
from ims_desktop.features.transfers.service.reading import (
    Arriving,
    SentLot,
    Transfer,
    TransferLine,
    TransferReceipt,
    TransferRow,
    arriving,
    transfer,
    transfers,
    transfers_summary,
    transfers_tab_counts,
)

__all__ = [
    "SUBJECTS",
    "Arriving",
    "Sendable",
    "SentLot",
    "TakingBack",
    "Transfer",
    "TransferLine",
    "TransferReceipt",
    "TransferRow",
    "arriving",
    "cancel",
    "move",
    "places_of",
    "reasons",
    "receive",
    "receiving_sites",
    "send",
    "sendable",
    "transfer",
    "transfers",
    "transfers_summary",
    "transfers_tab_counts",
    "undo_receipt",
]

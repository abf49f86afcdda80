"""What people do with deliveries: receive them, look them up, and undo them."""

from ims_desktop.features.deliveries.service.choosing import (
    Deliverable,
    deliverables,
    deliverables_of,
    places_of,
    suppliers_of,
)
from ims_desktop.features.deliveries.service.keeping import KnownDeliveries, known_deliveries
from ims_desktop.features.deliveries.service.reading import (
    DeliveryRow,
    ReceivedDelivery,
    deliveries,
    deliveries_summary,
    deliveries_tab_counts,
    delivery,
)
from ims_desktop.features.deliveries.service.receiving import (
    FREIGHT,
    RECEIVE,
    SUBJECTS,
    document_of,
    foretell,
    receive,
    rehearse,
    take_back,
)

__all__ = [
    "FREIGHT",
    "RECEIVE",
    "SUBJECTS",
    "Deliverable",
    "DeliveryRow",
    "KnownDeliveries",
    "ReceivedDelivery",
    "deliverables",
    "deliverables_of",
    "deliveries",
    "deliveries_summary",
    "deliveries_tab_counts",
    "delivery",
    "document_of",
    "foretell",
    "known_deliveries",
    "places_of",
    "receive",
    "rehearse",
    "suppliers_of",
    "take_back",
]

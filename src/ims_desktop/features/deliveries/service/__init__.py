"""What people do with deliveries: receive them, look them up, and undo them."""

from ims_desktop.features.deliveries.service.choosing import (
    Deliverable,
    deliverables,
    deliverables_of,
    places_of,
    suppliers_of,
)
from ims_desktop.features.deliveries.service.reading import (
    DeliveryRow,
    ReceivedDelivery,
    deliveries,
    deliveries_summary,
    deliveries_tab_counts,
    delivery,
)
from ims_desktop.features.deliveries.service.receiving import (
    RECEIVE,
    SUBJECTS,
    document_of,
    foretell,
    receive,
    take_back,
)

__all__ = [
    "RECEIVE",
    "SUBJECTS",
    "Deliverable",
    "DeliveryRow",
    "ReceivedDelivery",
    "deliverables",
    "deliverables_of",
    "deliveries",
    "deliveries_summary",
    "deliveries_tab_counts",
    "delivery",
    "document_of",
    "foretell",
    "places_of",
    "receive",
    "suppliers_of",
    "take_back",
]

"""What a desk remembers of a site, so that deliveries are entered while the server does not answer."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from ims_desktop.domain.option import Option
from ims_desktop.features.deliveries import service
from ims_desktop.features.deliveries.service import Deliverable, KnownDeliveries
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.local_copy import Copy, LocalCopy, remembered

COPY = Copy("deliveries", KnownDeliveries, service.known_deliveries, service.RECEIVE)


class Memory(LocalCopy):
    """The reads of the page, each answered from here while nobody else does; prices are those of the copy's day."""

    def __init__(self, desk: Desk, site: UUID) -> None:
        super().__init__(desk, COPY, site)
        self.deliverables_of = remembered(service.deliverables_of, self._items)
        self.suppliers = remembered(_choices_of(service.suppliers_of), lambda: _choices(self.here().supplier_options()))
        self.places = remembered(
            lambda connection: _choices(service.places_of(connection, site)),
            lambda: _choices(self.here().place_options()),
        )

    def here(self) -> KnownDeliveries:
        """The site as it was."""
        known: KnownDeliveries = super().here()
        return known

    def _items(self, _site: UUID, supplier: UUID | None, _day: date, wanted: Sequence[UUID]) -> tuple[Deliverable, ...]:
        return self.here().items(supplier, wanted)


def _choices_of(use_case: Any) -> Any:
    return lambda connection: _choices(use_case(connection))


def _choices(options: tuple[Option, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(one.value, one.text, one.detail) for one in options)

"""What a desk remembers of a site, so that entering goes on while the server does not answer."""

from uuid import UUID

from ims_desktop.domain.option import Option
from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.rules import EntryItem, KnownHere
from ims_desktop.features.stock.service import Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.local_copy import Copy, LocalCopy

COPY = Copy("site", KnownHere, service.known_here, ("waste.record", "adjustments.record", "production.record"))


class Memory(LocalCopy):
    """Answers for the reads of an entry table."""

    def __init__(self, desk: Desk, site: UUID) -> None:
        super().__init__(desk, COPY, site)

    def here(self) -> KnownHere:
        """The site as it was."""
        known: KnownHere = super().here()
        return known

    def find_items(self, typed: str) -> tuple[EntryItem, ...]:
        """Items by what was typed."""
        return self.here().find(typed, service.MOST_FOUND)

    def find_dishes(self, typed: str) -> tuple[EntryItem, ...]:
        """Dishes by what was typed."""
        return self.here().find_dishes(typed, service.MOST_FOUND)

    def items(self, wanted: tuple[UUID, ...]) -> tuple[EntryItem, ...]:
        """Items and dishes by key."""
        here = self.here()
        items = tuple(item.entry_item() for item in here.items if item.id in wanted)
        return items + tuple(dish.entry_item() for dish in here.dishes if dish.id in wanted)

    def reasons(self, kind: Kind) -> tuple[Option, ...]:
        """The reasons for a kind of document."""
        return tuple(Option(one.id, one.name, one.cost_class) for one in self.here().reasons if kind in one.kinds)

    def locations(self) -> tuple[Option, ...]:
        """The storage locations."""
        return tuple(Option(key, name) for key, name in self.here().locations)

"""What a desk remembers of a site, so that preps are made and items repacked while the server does not answer."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from ims_desktop.domain.errors import Offline
from ims_desktop.domain.option import Option
from ims_desktop.features.adjustments.screen import SiteMemory
from ims_desktop.features.adjustments.service import CLASSES
from ims_desktop.features.production import service
from ims_desktop.features.production.rules import Prep
from ims_desktop.features.production.service import EntryItem, KnownKitchen
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.local_copy import Copy, LocalCopy, remembered

COPY = Copy("kitchen", KnownKitchen, service.known_kitchen, service.RECORD)
UNKNOWN = "The server cannot be reached, and this PC does not know how this was made on that day."


class Memory(LocalCopy):
    """The reads of the page, each answered from here while nobody else does; items are those of the site's own copy."""

    def __init__(self, desk: Desk, site: UUID) -> None:
        super().__init__(desk, COPY, site)
        self.of_site = SiteMemory(desk, site)
        self.of_site.setParent(self)
        self.of_site.filled.connect(self.filled)
        self.preps = remembered(
            lambda connection, typed: _choices(service.preps(connection, typed)),
            lambda typed: _choices(self.here().find(typed)),
        )
        self.prep_with_items = remembered(service.prep_with_items, self._prep)
        self.prep_again = remembered(service.prep_again, self._prep_again)
        self.entry_items = remembered(service.entry_items, lambda _site, wanted: self.of_site.items(wanted))
        self.find_items = remembered(
            lambda connection, typed: _items(service.find_items(connection, site, typed)),
            lambda typed: _items(self.of_site.find_items(typed)),
        )
        self.places = remembered(
            lambda connection: _choices(service.locations_of(connection, site)),
            lambda: _choices(self.of_site.locations()),
        )
        self.reasons = remembered(lambda connection: _choices(service.loss_reasons(connection)), self._reasons)

    def here(self) -> KnownKitchen:
        """The kitchen as it was."""
        known: KnownKitchen = super().here()
        return known

    def _prep(self, _site: UUID, recipe: UUID, at: datetime | None) -> tuple[Prep, Mapping[UUID, EntryItem]]:
        return self._with_items(self.here().prep(recipe, self._day(at)))

    def _prep_again(
        self, _site: UUID, version: UUID, at: datetime | None, used: tuple[UUID, ...]
    ) -> tuple[Prep, Mapping[UUID, EntryItem]]:
        return self._with_items(self.here().prep_by(version, self._day(at)), used)

    def _with_items(self, found: Prep | None, used: tuple[UUID, ...] = ()) -> tuple[Prep, Mapping[UUID, EntryItem]]:
        if found is None:
            raise Offline(UNKNOWN)
        wanted = (*(one.item_id for one in found.takes), *used)
        return found, {item.id: item for item in self.of_site.items(wanted)}

    def _day(self, at: datetime | None) -> date:
        formats, journal = self._desk.formats, self._desk.journal
        moment = at if at is not None or journal is None else journal.now()
        return formats.local(moment).date() if moment is not None else formats.today()

    def _reasons(self) -> tuple[Choice, ...]:
        return tuple(
            Choice(one.id, one.name) for one in self.of_site.here().reasons if one.cost_class == CLASSES["WASTE"]
        )


def _choices(options: tuple[Option, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(one.value, one.text, one.detail) for one in options)


def _items(found: tuple[EntryItem, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(item, item.name, item.sku) for item in found)

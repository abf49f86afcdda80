"""What a desk knows of production while the server is away: how every prep is made, as of a moment."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, func, select

from ims_desktop.domain.finding import found_among
from ims_desktop.domain.option import Option
from ims_desktop.domain.work import read
from ims_desktop.features.production.rules import Prep
from ims_desktop.features.production.service.choosing import MOST_FOUND, every_prep, offered_as


@dataclass(frozen=True, slots=True)
class KnownKitchen:
    """What a desk remembers of a site to go on producing; its items are in what it remembers of the site itself."""

    at: datetime
    preps: tuple[Prep, ...]

    def find(self, typed: str) -> tuple[Option, ...]:
        """Preps by their name, or by name or SKU of what they become."""
        found = found_among(
            self.preps, typed, lambda one: (one.name, one.item, one.sku), lambda _one: False, MOST_FOUND
        )
        return tuple(offered_as(one.recipe_id, one.name, one.item, one.sku) for one in found)

    def prep(self, recipe: UUID, day: date) -> Prep | None:
        """A prep as it is made on a day; None where it is not known, or was made otherwise on that day."""
        return self._first(lambda one: one.recipe_id == recipe, day)

    def prep_by(self, version: UUID, day: date) -> Prep | None:
        """The same by a version of its recipe."""
        return self._first(lambda one: one.version_id == version, day)

    def _first(self, is_meant: Callable[[Prep], bool], day: date) -> Prep | None:
        found = next((one for one in self.preps if is_meant(one)), None)
        if found is None or (found.valid_from is not None and found.valid_from > day):
            return None
        return replace(found, day=day)


@read
def known_kitchen(connection: Connection, site: UUID) -> KnownKitchen:
    """What a desk remembers of the preps of a site; two statements."""
    at = connection.execute(select(func.clock_timestamp())).scalar_one()
    return KnownKitchen(at, every_prep(connection, site))

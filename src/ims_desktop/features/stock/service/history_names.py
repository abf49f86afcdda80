"""What the names in a history from another system mean in this group, and which of them mean nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from ims_desktop.domain.catalogue_file import PACKS as PACK_CODES
from ims_desktop.domain.catalogue_file import UNITS as CODES
from ims_desktop.domain.errors import Problem
from ims_desktop.domain.units import Equation, ItemUnits
from ims_desktop.domain.wording import say
from ims_desktop.features.stock.rules import Event, Happening
from ims_desktop.features.stock.service.documents import Kind

UNSAID = {Kind.ADJUSTMENT: "CORRECTION", Kind.WASTE: "SPOILAGE"}
"""The reason of what says none, where it may be chosen."""

KINDS = {
    Event.RECEIPT: Kind.DELIVERY, Event.ISSUE: Kind.ADJUSTMENT, Event.WASTE: Kind.WASTE,
    Event.ADJUSTMENT: Kind.ADJUSTMENT,
    Event.COUNT: Kind.COUNT, Event.REVALUATION: Kind.REVALUATION,
    Event.SUPPLIER_RETURN: Kind.SUPPLIER_RETURN, Event.CUSTOMER_RETURN: Kind.CUSTOMER_RETURN,
    Event.TRANSFER_OUT: Kind.TRANSFER_OUT, Event.TRANSFER_IN: Kind.TRANSFER_IN,
    Event.PRODUCTION_INPUT: Kind.PRODUCTION, Event.PRODUCTION_OUTPUT: Kind.PRODUCTION,
}  # fmt: skip
"""What becomes of a row that moves something."""


def unit_of(units: ItemUnits, written: str) -> str | None:
    """The unit that is meant by its name, or by its code of the UN/ECE."""
    return units.find(written) or units.find({**PACK_CODES, **CODES}.get(written.strip().upper(), ""))


class Item(NamedTuple):
    """An item, and its units."""

    id: UUID
    units: ItemUnits


class Site(NamedTuple):
    """A site, and when its days begin."""

    id: UUID
    name: str
    currency: str
    zone: str
    cutover: int

    def day(self, at: datetime) -> date:
        """The business day of a moment."""
        return (at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None) - timedelta(hours=self.cutover)).date()


_ITEMS = text("""
    SELECT i.id, i.sku, i.name, i.base_unit, i.grams_per_millilitre, i.grams_per_each,
      (SELECT array_agg(ARRAY[u.name, u.quantity::text, u.of_unit]) FROM item_units u WHERE u.item_id = i.id) AS packs
    FROM items i WHERE i.sku = ANY (:words) OR i.name = ANY (:words) ORDER BY i.sku = ANY (:words)""")
_SITES = text("SELECT id, name, currency, time_zone, day_cutover_hour FROM sites")
_PLACES = text("SELECT id, site_id, name FROM storage_locations WHERE is_active ORDER BY walk_order, id")
_RATES = text("SELECT base, quote, valid_from, rate FROM exchange_rates ORDER BY valid_from DESC")
_REASONS = text("SELECT id, code, name, kinds FROM reason_codes WHERE is_active ORDER BY sort_order")


@dataclass(slots=True)
class Names:
    """Items by SKU or name, sites by name, storage locations, reasons by kind of document and code or name, rates."""

    items: dict[str, Item] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    places: dict[tuple[UUID, str], UUID] = field(default_factory=dict)
    reasons: dict[tuple[str, str], UUID] = field(default_factory=dict)
    rates: dict[tuple[str, str], list[tuple[date, Fraction]]] = field(default_factory=dict)  # the newest first

    def rate(self, row: Happening, site: Site) -> Fraction | None:
        """What one of the currency of a price is worth at a site on the business day of the row; None: nobody knows."""
        if not row.currency or row.currency == site.currency or (row.unit_cost is None and row.value is None):
            return Fraction(1)
        day = site.day(row.at)
        told = self.rates.get((row.currency, site.currency), [])
        return next((rate for since, rate in told if since <= day), None)

    def no_rate(self, row: Happening, site: Site) -> Problem:
        """Says that a rate is missing."""
        said = say(
            "{site} keeps its stock in {own}, and there is no rate for {currency} on {day}.",
            site=site.name, own=site.currency, currency=row.currency, day=site.day(row.at).isoformat(),
        )  # fmt: skip
        return Problem(said, "currency", row.row)

    def amount(self, row: Happening, quantity: Decimal | None = None) -> Decimal:
        """A quantity of a row, its own unless given, in the unit in which the item is kept."""
        written = row.quantity if quantity is None else quantity
        units = self.items[row.item].units
        return units.convert(written, unit_of(units, row.unit) or row.unit).quantity if row.unit else written

    def wrong(self, row: Happening) -> Iterable[Problem]:
        """Every name in a row that means nothing."""
        item, site = self.items.get(row.item), self.sites.get(row.site)
        if row.item and item is None:
            yield Problem(say("There is no item {item}.", item=row.item), "item", row.row)
        for key, name in (("site", row.site), ("to_site", row.to_site)):
            if name and name not in self.sites:
                yield Problem(say("There is no site {site}.", site=name), key, row.row)
        if site and row.event in KINDS and (site.id, row.location) not in self.places:
            said = (
                say("{site} has no storage location {location}.", site=row.site, location=row.location)
                if row.location
                else say("{site} has no storage location.", site=row.site)
            )
            yield Problem(said, "location", row.row)
        if site and row.event in KINDS and self.rate(row, site) is None:
            yield self.no_rate(row, site)
        kind = KINDS.get(row.event)
        if kind and row.reason and (kind, row.reason) not in self.reasons:
            said = say("There is no reason {reason} for rows of kind {kind}.", reason=row.reason, kind=row.event)
            yield Problem(said, "reason", row.row)
        if kind in UNSAID and not row.reason and (kind, "") not in self.reasons:
            yield Problem(say("Enter a reason: there is none for what says none."), "reason", row.row)
        if item and row.unit and unit_of(item.units, row.unit) is None:
            said = say(
                "{item} is not kept in {unit}. It has: {units}.",
                item=row.item,
                unit=row.unit,
                units=", ".join(item.units.codes),
            )
            yield Problem(said, "unit", row.row)


def look_up(connection: Connection, rows: Sequence[Happening]) -> Names:
    """Read the names that the rows use."""
    names = Names()
    words = sorted({row.item for row in rows if row.item})
    for found in connection.execute(_ITEMS, {"words": words}).mappings():
        packs = [Equation(name, Fraction(quantity), of) for name, quantity, of in found["packs"] or ()]
        if found["grams_per_millilitre"]:
            packs.append(Equation("ml", Fraction(found["grams_per_millilitre"]), "g"))
        if found["grams_per_each"]:
            packs.append(Equation("each", Fraction(found["grams_per_each"]), "g"))
        item = Item(found["id"], ItemUnits(found["base_unit"], packs))
        names.items |= {found["name"]: item, found["sku"]: item} if found["sku"] in words else {found["name"]: item}
    names.sites = {row.name: Site(*row) for row in connection.execute(_SITES)}
    for place in connection.execute(_PLACES):
        names.places.setdefault((place.site_id, ""), place.id)
        names.places[place.site_id, place.name] = place.id
    for told in connection.execute(_RATES) if any(row.currency for row in rows) else ():
        names.rates.setdefault((told.base, told.quote), []).append((told.valid_from, Fraction(told.rate)))
        names.rates.setdefault((told.quote, told.base), []).append((told.valid_from, 1 / Fraction(told.rate)))
    for reason in connection.execute(_REASONS):
        for kind in reason.kinds:
            names.reasons[kind, reason.code] = names.reasons[kind, reason.name] = reason.id
            if UNSAID.get(kind, reason.code) == reason.code:
                names.reasons.setdefault((kind, ""), reason.id)
    return names

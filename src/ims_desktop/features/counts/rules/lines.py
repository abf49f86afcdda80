"""The lines of a count and their entries: they add up, a correction stands for the one it names, blank is not zero."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from ims_desktop.domain.units import ItemUnits
from ims_desktop.features.counts.rules.lots import LotThere

NOTHING = Decimal(0)


class LineState(StrEnum):
    """What a line of a sheet waits for."""

    BLANK = "BLANK"
    COUNTED = "COUNTED"
    ZERO = "ZERO"
    RECOUNT = "RECOUNT"
    RECOUNTED = "RECOUNTED"
    OTHER_LOT = "OTHER_LOT"
    TOGETHER = "TOGETHER"
    HERE = "HERE"
    REFUSED = "REFUSED"


class Kept(StrEnum):
    """Where an entry is: on the server, on this PC until the server answers, or on this PC because it was not taken."""

    SERVER = "SERVER"
    HERE = "HERE"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class CountEntry:
    """What somebody counted at one moment; without a quantity it only takes another back."""

    id: int
    quantity: Decimal | None
    typed: str
    note: str
    counted_at: datetime
    takes_back: int | None
    by_id: UUID
    by: str
    device: str | None
    key: UUID | None = None
    kept: Kept = Kept.SERVER
    lot: str | None = None
    expires_on: date | None = None


def live(entries: Iterable[CountEntry], recount_after: int | None = None) -> tuple[CountEntry, ...]:
    """The entries that count: taken by the server or on their way, not taken back, and not from before a recount."""
    all_of_them = tuple(entry for entry in entries if entry.kept is not Kept.REFUSED)
    taken_back = {entry.takes_back for entry in all_of_them}
    return tuple(
        entry
        for entry in all_of_them
        if entry.quantity is not None and entry.id not in taken_back and entry.id > (recount_after or 0)
    )


def total(entries: Iterable[CountEntry], recount_after: int | None = None) -> Decimal | None:
    """What the entries of a line add up to; None: nobody counted it, which is not zero."""
    return _sum(live(entries, recount_after))


def _sum(counting: tuple[CountEntry, ...]) -> Decimal | None:
    return sum((entry.quantity or NOTHING for entry in counting), NOTHING) if counting else None


@dataclass(frozen=True, slots=True)
class CountLine:
    """An item in an area of a sheet, with its entries in their order; `system` is unknown to whoever counts blind.

    One that is kept by lots falls into `parts`: each lot, and what was counted without naming one (`lot` is "").
    """

    item_id: UUID
    location_id: UUID
    number: int
    name: str
    sku: str
    shelf: str
    units: ItemUnits
    is_found: bool
    recount_after: int | None
    entries: tuple[CountEntry, ...]
    system: Decimal | None
    by_lots: bool = False
    asks_day: bool = False  # a lot that is new has to say when it expires
    lots: tuple[LotThere, ...] = ()
    lot: str | None = None  # of a part: which lot it is
    expires_on: date | None = None

    @property
    def parts(self) -> tuple["CountLine", ...]:
        """Its lots, those of the books in their order and then those found, and what is of none; or itself."""
        return tuple(self._parts()) if self.by_lots and self.lot is None else (self,)

    def _parts(self) -> Iterator["CountLine"]:
        known = {lot.code: lot for lot in self.lots}
        for entry in self.whole:
            if entry.lot and entry.lot not in known:
                known[entry.lot] = LotThere(entry.lot, entry.expires_on, NOTHING)
        loose = None if self.system is None else self.system - sum((lot.held for lot in self.lots), NOTHING)
        for code, lot in known.items():
            yield replace(self, lot=code, expires_on=lot.expires_on, system=None if self.system is None else lot.held)
        yield replace(self, lot="", system=loose)

    @property
    def own(self) -> tuple[CountEntry, ...]:
        """The entries of this line, or of this part of it."""
        return self.entries if self.lot is None else tuple(one for one in self.entries if (one.lot or "") == self.lot)

    @property
    def counting(self) -> tuple[CountEntry, ...]:
        """The entries that count."""
        own = {entry.id for entry in self.own}
        return tuple(entry for entry in self.whole if entry.id in own)

    @property
    def whole(self) -> tuple[CountEntry, ...]:
        """The entries that count for all lots together."""
        return live(self.entries, self.recount_after)

    @property
    def before(self) -> Decimal | None:
        """What was counted before it was counted again."""
        earlier = live(entry for entry in self.entries if entry.id <= (self.recount_after or 0))
        own = {entry.id for entry in self.own}
        return _sum(tuple(entry for entry in earlier if entry.id in own))

    @property
    def counted(self) -> Decimal | None:
        """What they add up to."""
        return _sum(self.counting)

    @property
    def is_left(self) -> bool:
        """Whether it waits to be counted; what is of no lot does not, where lots were counted and no more is known.

        A lot does not either where something was counted without a lot: that stands for all that no entry names.
        """
        if self.counted is not None:
            return False
        if self.lot == "":
            return bool(self.system) or not (self.lots or self.whole)
        return self.lot is None or not self._has_loose

    @property
    def is_counted(self) -> bool:
        """Whether all of it is counted: what is kept by lots, when none of them waits. See line_is_counted."""
        return bool(self.whole) and not any(part.is_left for part in self.parts)

    @property
    def _has_loose(self) -> bool:
        return any(not entry.lot for entry in self.whole)

    @property
    def state(self) -> LineState:
        """What the line waits for."""
        if any(entry.kept is Kept.REFUSED for entry in self.own):
            return LineState.REFUSED
        if any(entry.kept is Kept.HERE for entry in self.counting):
            return LineState.HERE
        if self.counted is None and not self.is_left:
            return LineState.TOGETHER if self.lot else LineState.OTHER_LOT
        if self.recount_after is not None:
            return LineState.RECOUNT if self.counted is None else LineState.RECOUNTED
        if self.counted is None:
            return LineState.BLANK
        return LineState.ZERO if self.counted == 0 else LineState.COUNTED


@dataclass(frozen=True, slots=True)
class AreaProgress:
    """A storage location of a sheet: how much of it is counted, by whom, and whether somebody said that it is done."""

    location_id: UUID
    name: str
    lines: int
    counted: int
    recounts: int
    people: tuple[str, ...]
    last_at: datetime | None
    finished_by: str | None

    @property
    def share(self) -> Decimal:
        """How much of it is counted; an area with nothing in it is done."""
        return Decimal(self.counted) / self.lines if self.lines else Decimal(1)


@dataclass(frozen=True, slots=True)
class Finding:
    """A line in the review: what was counted, what the system had at that moment, and what that is worth.

    Where lots were named each is one of its own; without a lot it is all that was not named.
    """

    location_id: UUID
    item_id: UUID
    place: str
    item: str
    sku: str
    unit: str
    entries: int
    counted: Decimal | None
    counted_at: datetime
    expected: Decimal
    difference: Decimal | None
    unit_cost: Decimal | None
    is_over: bool
    is_recounted: bool
    has_moved: bool
    lot: str | None = None
    expires_on: date | None = None

    @property
    def id(self) -> tuple[UUID, UUID, str | None]:
        """The line, and its lot."""
        return self.location_id, self.item_id, self.lot

    @property
    def line(self) -> tuple[UUID, UUID]:
        """The line of the sheet, which is counted again as a whole."""
        return self.location_id, self.item_id

    @property
    def value(self) -> Decimal | None:
        """What the difference is worth; None where nobody counted, or costs are not to be seen."""
        return None if self.difference is None or self.unit_cost is None else self.difference * self.unit_cost

    @property
    def percent(self) -> Decimal | None:
        """The difference as a part of what was expected."""
        return None if self.difference is None or not self.expected else self.difference / abs(self.expected)

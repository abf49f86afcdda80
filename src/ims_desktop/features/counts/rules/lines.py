"""The lines of a count and their entries: they add up, a correction stands for the one it names, blank is not zero."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from ims_desktop.domain.units import ItemUnits

NOTHING = Decimal(0)


class LineState(StrEnum):
    """What a line of a sheet waits for."""

    BLANK = "BLANK"
    COUNTED = "COUNTED"
    ZERO = "ZERO"
    RECOUNT = "RECOUNT"
    RECOUNTED = "RECOUNTED"
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
    counting = live(entries, recount_after)
    return sum((entry.quantity or NOTHING for entry in counting), NOTHING) if counting else None


@dataclass(frozen=True, slots=True)
class CountLine:
    """An item in an area of a sheet, with its entries in their order; `system` is unknown to whoever counts blind."""

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

    @property
    def counting(self) -> tuple[CountEntry, ...]:
        """The entries that count."""
        return live(self.entries, self.recount_after)

    @property
    def before(self) -> Decimal | None:
        """What was counted before it was counted again."""
        earlier = tuple(entry for entry in self.entries if entry.id <= (self.recount_after or 0))
        return total(earlier)

    @property
    def counted(self) -> Decimal | None:
        """What they add up to."""
        return total(self.entries, self.recount_after)

    @property
    def state(self) -> LineState:
        """What the line waits for."""
        if any(entry.kept is Kept.REFUSED for entry in self.entries):
            return LineState.REFUSED
        if any(entry.kept is Kept.HERE for entry in self.counting):
            return LineState.HERE
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
    """A line in the review: what was counted, what the system had at that moment, and what that is worth."""

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

    @property
    def id(self) -> tuple[UUID, UUID]:
        """The line."""
        return self.location_id, self.item_id

    @property
    def value(self) -> Decimal | None:
        """What the difference is worth; None where nobody counted, or costs are not to be seen."""
        return None if self.difference is None or self.unit_cost is None else self.difference * self.unit_cost

    @property
    def percent(self) -> Decimal | None:
        """The difference as a part of what was expected."""
        return None if self.difference is None or not self.expected else self.difference / abs(self.expected)

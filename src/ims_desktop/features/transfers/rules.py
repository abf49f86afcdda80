"""What a transfer and its receipt must be, and how a transfer stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from ims_desktop.domain.errors import Problem

LONG_UNDER_WAY = 2  # days after which somebody should ask where it is


class Rest(StrEnum):
    """What became of what did not arrive."""

    STAYS = "STAYS"
    BACK = "BACK"
    MISSING = "MISSING"


@dataclass(frozen=True, slots=True)
class LotHere:
    """How much of a lot is in a storage location; lots stand in the order in which they expire."""

    code: str
    expires_on: date | None
    location_id: UUID
    on_hand: Decimal


@dataclass(frozen=True, slots=True)
class LotTaken:
    """So much of what leaves is of a lot; without a quantity all that is left of the line."""

    code: str
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LotArrived:
    """Which lot of a line it is, as the sender said (None: what is of no lot), and as which other one it arrived."""

    code: str | None
    arrived: str | None = None
    expires_on: date | None = None

    def sent(self) -> dict[str, str | None]:
        """As the database takes it."""
        day = self.expires_on.isoformat() if self.expires_on else None
        return {"lot": self.code, "arrived": self.arrived, "expires": day}


@dataclass(frozen=True, slots=True)
class SentLine:
    """Some of an item taken from a place, in base units, and how it was typed."""

    item_id: UUID
    location_id: UUID | None
    quantity: Decimal
    to_location_id: UUID | None = None  # of a move inside a site
    entered_quantity: Decimal | None = None
    entered_unit: str | None = None
    lots: tuple[LotTaken, ...] = ()


@dataclass(frozen=True, slots=True)
class Sending:
    """A transfer as it is sent, under the key its desk gave it; without a time it leaves now."""

    key: UUID
    site_id: UUID | None
    to_site_id: UUID | None
    lines: tuple[SentLine, ...]
    reference: str = ""
    note: str = ""
    effective_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of one line, or of one lot of it: so much arrived at a place, and what happened to the rest."""

    line_id: int
    quantity: Decimal | None
    location_id: UUID | None = None
    rest: Rest = Rest.STAYS
    reason_id: UUID | None = None
    lot: LotArrived | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a site says of a transfer at once; without a time it arrives now."""

    key: UUID
    transfer_id: UUID
    arrivals: tuple[Arrival, ...]
    note: str = ""
    effective_at: datetime | None = None


def problems_of(sending: Sending) -> list[Problem]:
    """Everything that is wrong before the server is asked."""
    problems = []
    if sending.site_id is None:
        problems.append(Problem("Choose the site it leaves.", "site_id"))
    if sending.to_site_id is None:
        problems.append(Problem("Choose the site it goes to.", "to_site_id"))
    if not sending.lines:
        problems.append(Problem("Enter what is sent.", "lines"))
    return problems


def taken(
    named: Sequence[LotTaken], quantity: Decimal, here: Sequence[LotHere], place: UUID | None
) -> tuple[LotTaken, ...]:
    """Of each named lot as much as was said, or as there is; what that leaves open is taken from what expires first."""
    held = {lot.code: lot.on_hand for lot in here if lot.location_id == place}
    left, made = quantity, list[LotTaken]()
    for lot in named:
        part = min(held.get(lot.code, left), left) if lot.quantity is None else lot.quantity
        if part > 0:
            made.append(LotTaken(lot.code, part))
            left -= part
    return tuple(made)


def days_under_way(sent_at: datetime, now: datetime) -> int:
    """Whole days since it left."""
    return max((now - sent_at).days, 0)


def missing_places(lines: Sequence[SentLine]) -> list[Problem]:
    """Lines of a move that go nowhere else."""
    return [
        Problem("Choose another place.", "lines.to", row)
        for row, line in enumerate(lines, 1)
        if line.to_location_id is None or line.to_location_id == line.location_id
    ]

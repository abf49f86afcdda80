"""Lots: what came or was made at once of an item, and which of them leaves first.

`first_expired` proposes; `LotBook` is the reference for what the ledger keeps of one item in one place, whatever order
its movements are entered in. Lots are a part of the quantity alone: what they cost is the business of
`domain.valuation`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot by its name, when it expires (None: never, or nobody knows), and when it was first there."""

    code: str
    expires_on: date | None
    arrived_at: datetime


def expiry(day: date, shelf_life_days: int | None) -> date | None:
    """When what came or was made on a business day expires."""
    return None if shelf_life_days is None else day + timedelta(shelf_life_days)


def days_left(expires_on: date | None, today: date) -> int | None:
    """How many days a lot is still good: 0 on its last day, below zero afterwards."""
    return None if expires_on is None else (expires_on - today).days


def turn(lot: Lot, at: datetime) -> tuple[bool, date, datetime, str]:
    """By what lots are ordered for an issue: what was there then, what expires first, what came first."""
    return lot.arrived_at > at, lot.expires_on or date.max, lot.arrived_at, lot.code


def first_expired(held: Mapping[Lot, Decimal], quantity: Decimal, at: datetime) -> tuple[tuple[Lot, Decimal], ...]:
    """Which lots so much is taken from; it may be less in all, where not everything is of a lot."""
    taken = []
    for lot in sorted(held, key=lambda each: turn(each, at)):
        part = min(held[lot], quantity)
        if part > 0:
            taken.append((lot, part))
            quantity -= part
    return tuple(taken)


@dataclass(slots=True)
class _Moved:
    at: datetime
    quantity: Decimal
    parts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, code: str, quantity: Decimal) -> None:
        self.parts[code] = self.parts.get(code, NOTHING) + quantity

    @property
    def loose(self) -> Decimal:
        """What of it is of no lot, signed as the movement."""
        return self.quantity - sum(self.parts.values(), NOTHING)


@dataclass(slots=True)
class LotBook:
    """One item in one place. There are never more lots than stock, and none where it is short."""

    on_hand: Decimal = NOTHING
    held: dict[str, Decimal] = field(default_factory=dict)
    lots: dict[str, Lot] = field(default_factory=dict)
    _moves: dict[int, _Moved] = field(default_factory=dict)
    _undone: set[int] = field(default_factory=set)

    def receive(self, movement: int, quantity: Decimal, at: datetime, lot: Lot | None) -> None:
        """So much comes in, as a lot or of none."""
        self._moves[movement] = _Moved(at, quantity)
        self.on_hand += quantity
        if lot is not None:
            known = self.lots.get(lot.code, lot)
            self.lots[lot.code] = Lot(lot.code, known.expires_on, min(known.arrived_at, lot.arrived_at))
            self._move(movement, lot.code, quantity)
        self._cover(at)

    def issue(self, movement: int, quantity: Decimal, at: datetime, named: Sequence[tuple[str, Decimal]] = ()) -> None:
        """So much leaves, of lots that were named and then of those that expire first."""
        self._moves[movement] = _Moved(at, -quantity)
        self.on_hand -= quantity
        for code, part in named:
            self._move(movement, code, -part)
            quantity -= part
        for lot, part in first_expired(self._there(), quantity, at):
            self._move(movement, lot.code, -part)
        self._cover(at)

    def reverse(self, movement: int, by: int) -> None:
        """A movement has never been; `by` names the one that undoes it."""
        undone = self._moves[movement]
        self._moves[by] = _Moved(undone.at, -undone.quantity)
        self._undone |= {movement, by}
        self.on_hand -= undone.quantity
        for code, part in list(undone.parts.items()):
            if part:
                self._move(by, code, -part)
        self._cover(undone.at)

    def parts(self, movement: int) -> Mapping[str, Decimal]:
        """Which lots a movement is of, signed as the movement."""
        return {code: part for code, part in self._moves[movement].parts.items() if part}

    def _there(self) -> dict[Lot, Decimal]:
        return {self.lots[code]: held for code, held in self.held.items() if held > 0}

    def _move(self, movement: int, code: str, quantity: Decimal) -> None:
        """More is taken back of a lot than is left: its newest uses are of no lot again."""
        missing = -quantity - self.held.get(code, NOTHING)
        for key in self._newest(key for key in self._moves if key != movement):
            used = -self._moves[key].parts.get(code, NOTHING)
            if quantity < 0 and missing > 0 and used > 0:
                back = min(used, missing)
                self._say(key, code, back)
                missing -= back
        self._say(movement, code, quantity)

    def _say(self, movement: int, code: str, quantity: Decimal) -> None:
        self._moves[movement].add(code, quantity)
        self.held[code] = self.held.get(code, NOTHING) + quantity

    def _cover(self, at: datetime) -> None:
        """What was used before it came, the newest first, was of these lots."""
        over = sum(self.held.values(), NOTHING) - max(self.on_hand, NOTHING)
        for key in self._newest(self._moves):
            while over > 0 and self._moves[key].loose < 0:
                lot, held = min(self._there().items(), key=lambda each: turn(each[0], at))
                part = min(over, held, -self._moves[key].loose)
                self._say(key, lot.code, -part)
                over -= part

    def _newest(self, keys: Iterable[int]) -> list[int]:
        """Issues that were not undone, the newest first."""
        issues = [key for key in keys if key not in self._undone and self._moves[key].quantity < 0]
        return sorted(issues, key=lambda key: (self._moves[key].at, key), reverse=True)

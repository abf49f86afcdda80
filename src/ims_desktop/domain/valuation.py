"""What stock is worth: the reference that the ledger in the database agrees with.

One `Stock` is kept per site and item: a fold over its movements in the order of effective time, then of entry. So a
movement entered late re-costs what came after it, and a movement that was cancelled has never been. Notation: Q and V
are quantity and value on hand, A the current cost, q a quantity moved, w its worth, round6 half away from zero.

    receipt              w = round6(q × price)
    found stock          w = round6(q × A);  FIFO: round6(q × V / Q) while Q > 0
    return of an issue   w = its worth × q / its quantity; the last return takes what is left
    issue, average       out of Q: round6(q × V / Q), all of V when q = Q;  beyond Q it is short: round6((q − Q) × A)
    issue, FIFO          out of the oldest layers, of a part round6(q × its value / its quantity);  beyond as above
    receipt when short   covers the oldest short issues first, each by its share of w; the difference to what the
                         issue left with is a true-up of that issue
    A after a receipt    average: (V + w) / (Q + q) if Q was ≥ 0, otherwise w / q;  FIFO: w / q
    revaluation          V changes and Q does not; A = V / Q; FIFO: each layer by its part of V
    what only passes     w = that of the issue it is of, and leaves again with it; nothing else changes

`Books` keeps several places together: what leaves one place and enters another carries its worth along, also when that
is corrected later. Between places of two currencies all of that worth is turned into the other one, by the rate of the
day it left, and handed over from there: round6(worth × rate), so that nothing is lost by rounding however often it is
split.

Sources: rules 3 to 9 and 17 of docs/domain.md. Blending only while Q ≥ 0 keeps a late receipt from producing an absurd
or negative average. Zero means zero: with Q = 0 the value is exactly 0, whatever was rounded on the way.
"""

from collections import ChainMap, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import count
from typing import NamedTuple

from ims_desktop.domain.circles import Step, circles
from ims_desktop.domain.numbers import EXACT, QUANTITY_PLACES

COST_PLACES = 12
"""Costs of one unit are NUMERIC(30,12)."""

_SIXTH = Decimal(1).scaleb(-QUANTITY_PLACES)
_TWELFTH = Decimal(1).scaleb(-COST_PLACES)
ZERO = Decimal(0).quantize(_SIXTH)
NO_COST = Decimal(0).quantize(_TWELFTH)
MOST_ROUNDS = 100


class Method(StrEnum):
    """How issues are costed."""

    AVERAGE = "AVERAGE"
    FIFO = "FIFO"


class Cost(NamedTuple):
    """What is kept of an item at a site: what is on hand, what that is worth, and the current cost of one unit."""

    quantity: Decimal = ZERO
    value: Decimal = ZERO
    average: Decimal = NO_COST

    def worth(self, quantity: Decimal, unit_cost: Decimal | None = None) -> Decimal:
        """What a movement would be worth by the moving average, signed."""
        given = None if unit_cost is None else EXACT.multiply(quantity, unit_cost)
        stock = Stock(quantity=self.quantity, value=self.value, cost=self.average)
        return stock.walk([Move(1, quantity, given)]).worths[1]


class Move(NamedTuple):
    """A movement of an item at a site. What comes in has a `worth` of its own, or that of an issue it brings back
    (`of`), or the current cost; what leaves has the method's cost. With quantity 0, `worth` is added to the value."""

    id: int
    quantity: Decimal
    worth: Decimal | None = None
    of: int | None = None
    method: Method | None = None  # the method from this movement on, where it changes
    passes: bool = False  # it comes back, or leaves again, without touching what there is; `of` is what it leaves as


class Part(NamedTuple):
    """A layer of stock, or the part of an issue that was short; `id` is the movement it came from."""

    id: int
    quantity: Decimal
    value: Decimal


@dataclass(slots=True)
class Stock:
    """One item at one site. `worths` are signed, by movement, with everything that came later."""

    method: Method = Method.AVERAGE
    quantity: Decimal = ZERO
    value: Decimal = ZERO
    cost: Decimal = NO_COST
    layers: deque[Part] = field(default_factory=deque)  # oldest first; kept by FIFO alone
    shorts: deque[Part] = field(default_factory=deque)  # issues of what was not there, oldest first
    worths: dict[int, Decimal] = field(default_factory=dict)
    out: dict[int, Part] = field(default_factory=dict)  # by issue: its quantity that is not back, and the worth that is

    def walk(self, moves: Iterable[Move]) -> "Stock":
        """Apply movements in their order."""
        for move in moves:
            self.apply(move)
        return self

    def apply(self, move: Move) -> None:
        """Apply one movement."""
        if move.method is not None and move.method is not self.method:
            self._switch(move.method)
        if move.passes:
            self.worths[move.id] = -self.worths[move.of or 0] if move.quantity < 0 else self._worth(move)
        elif move.quantity > 0:
            self._receive(move.id, move.quantity, self._worth(move))
        elif move.quantity < 0:
            self._issue(move.id, -move.quantity)
        else:
            self._revalue(move.id, move.worth or ZERO)

    def _worth(self, move: Move) -> Decimal:
        if move.worth is not None:
            return round6(move.worth)
        if move.of is not None:
            back, self.out[move.of] = bring_back(self.out[move.of], -self.worths[move.of], move.quantity)
            return back
        if self.method is Method.FIFO and self.quantity > 0:
            return portion(self.value, move.quantity, self.quantity)
        return round6(EXACT.multiply(move.quantity, self.cost))

    def _receive(self, key: int, quantity: Decimal, worth: Decimal) -> None:
        blends = self.quantity >= 0
        left, rest = self._cover(quantity, worth)
        self.quantity += quantity
        self.value = self.value + worth if blends else rest - sum((short.value for short in self.shorts), ZERO)
        self.worths[key] = worth
        if left > 0 and self.method is Method.FIFO:
            self.layers.append(Part(key, left, rest))
        averaged = blends and self.method is Method.AVERAGE
        self.cost = quotient(self.value, self.quantity) if averaged else quotient(worth, quantity)

    def _cover(self, quantity: Decimal, worth: Decimal) -> tuple[Decimal, Decimal]:
        """Cover short issues with what comes in; what is left of its quantity and worth."""
        left, rest = quantity, worth
        while left > 0 and self.shorts:
            short = self.shorts.popleft()
            covered = min(left, short.quantity)
            price = rest if covered == left else portion(worth, covered, quantity)
            was = short.value if covered == short.quantity else portion(short.value, covered, short.quantity)
            self.worths[short.id] += was - price
            if covered < short.quantity:
                self.shorts.appendleft(Part(short.id, short.quantity - covered, short.value - was))
            left, rest = left - covered, rest - price
        return left, rest

    def _issue(self, key: int, quantity: Decimal) -> None:
        there = min(quantity, max(self.quantity, ZERO))
        worth = self._take(there)
        short = quantity - there
        if short > 0:
            lent = round6(EXACT.multiply(short, self.cost))
            self.shorts.append(Part(key, short, lent))
            worth += lent
        self.quantity -= quantity
        self.value -= worth
        self.worths[key], self.out[key] = -worth, Part(key, quantity, ZERO)

    def _take(self, quantity: Decimal) -> Decimal:
        """The worth of stock that is there."""
        if self.method is Method.AVERAGE:
            return self.value if quantity == self.quantity else portion(self.value, quantity, self.quantity)
        worth = ZERO
        while quantity > 0:
            layer = self.layers.popleft()
            taken = min(quantity, layer.quantity)
            value = layer.value if taken == layer.quantity else portion(layer.value, taken, layer.quantity)
            if taken < layer.quantity:
                self.layers.appendleft(Part(layer.id, layer.quantity - taken, layer.value - value))
            worth, quantity = worth + value, quantity - taken
        return worth

    def _revalue(self, key: int, change: Decimal) -> None:
        """Stock that is there is worth more or less; where nothing is there, nothing changes."""
        change = max(round6(change), -self.value) if self.quantity > 0 else ZERO
        self.worths[key] = change
        if change == 0:
            return
        if self.method is Method.FIFO:
            self.layers = deque(spread(self.layers, self.value, change))
        self.value += change
        self.cost = quotient(self.value, self.quantity)

    def _switch(self, method: Method) -> None:
        """What is there becomes one layer, or loses its layers; what is short stays short."""
        self.method = method
        self.layers.clear()
        if self.quantity > 0:
            self.cost = quotient(self.value, self.quantity)
            if method is Method.FIFO:
                self.layers.append(Part(0, self.quantity, self.value))


class Entry(NamedTuple):
    """A movement among several places. A transfer that comes in names the issue it left by in `of`; what is produced
    names its inputs in `made_of`, its weight among the outputs, and as `worth` what is added to theirs (labour). An
    issue to a place of another currency says in `rate` what one of its own is worth there. What a transfer lost
    `passes` through the place it left: back `of` its issue, and away again `of` that."""

    id: int
    place: str
    at: datetime
    quantity: Decimal
    worth: Decimal | None = None
    of: int | None = None
    method: Method | None = None
    cancels: int | None = None
    made_of: tuple[int, ...] = ()
    weight: Decimal = Decimal(1)
    rate: Decimal = Decimal(1)
    passes: bool = False


@dataclass
class Books:
    """Several places together; `worths` as in Stock, of all of them."""

    method: Method = Method.AVERAGE
    stocks: dict[str, Stock] = field(default_factory=dict)
    worths: dict[int, Decimal] = field(default_factory=dict)
    settled: bool = True  # False: some circle never ended and kept what was known when it happened
    circles: int = 0

    def settle(self, entries: Sequence[Entry]) -> "Books":
        """Work everything out: in the order of time, and again until what was known late changes nothing any more.

        What goes in a circle, because what was short was covered by what was made of it, begins with what was known
        when it happened once all else that it depends on is settled, and keeps that where it never ends.
        """
        gone = {number for entry in entries if entry.cancels for number in (entry.id, entry.cancels)}
        counted = sorted((entry for entry in entries if entry.id not in gone), key=lambda entry: (entry.at, entry.id))
        found = circles(_steps(counted))
        late = {entry.id for entry, is_late in zip(counted, found.late, strict=True) if is_late}
        settled: dict[int, Decimal] = {}
        self.circles = (max(found.stages, default=0) + 1) // 2
        for stage in range(max(found.stages, default=0) + 1):
            mine = {entry.id for entry, its in zip(counted, found.stages, strict=True) if its == stage}
            known = self._known(counted, found.rests, stage)
            settled |= self._stage(counted, late, mine, settled, known, ends=stage % 2 == 0)
        self.worths |= dict.fromkeys(gone, ZERO)
        return self

    def _known(self, counted: Sequence[Entry], rests: Sequence[int], stage: int) -> dict[int, Decimal]:
        """What issues are worth that rest on stages before this one, as these were settled."""
        return {
            entry.id: self.worths[entry.id] for entry, its in zip(counted, rests, strict=True) if stage and its < stage
        }

    def _stage(
        self,
        counted: Sequence[Entry],
        late: set[int],
        mine: set[int],
        settled: dict[int, Decimal],
        known: dict[int, Decimal],
        *,
        ends: bool,
    ) -> dict[int, Decimal]:
        """What the movements of one stage carry; whatever does not go in a circle `ends`.

        What belongs to later stages is not asked again: another circle may grow out of all measure meanwhile.
        """
        asked = late & mine
        first = carried = self._walk(counted, settled, known, asked)
        for number in count(1):
            before, too_far = carried, number == MOST_ROUNDS and not ends
            try:
                carried = self._walk(counted, settled, self.worths, asked) if asked else before
                if all(before[one] == carried[one] for one in asked):
                    break
            except InvalidOperation:  # it grows out of all measure
                too_far = True
            if too_far:
                carried, self.settled = first, False
                self._walk(counted, settled | {one: first[one] for one in mine & first.keys()}, {}, late)
                break
        return {one: worth for one, worth in carried.items() if one in mine}

    def _walk(
        self, counted: Sequence[Entry], settled: dict[int, Decimal], was: dict[int, Decimal], late: set[int]
    ) -> dict[int, Decimal]:
        """Apply every movement; what is late goes by what things `was` worth, as far as that was known."""
        self.stocks, self.worths = {}, {}
        now, carried = _Carrier(counted), dict[int, Decimal]()
        for entry in counted:
            if now.carries(entry):
                worths = ChainMap(was, self.worths) if entry.id in late else self.worths
                carried[entry.id] = now.worth(entry, worths, settled.get(entry.id))
            self._stock(entry.place).apply(_move(entry, carried))
        return carried

    def _stock(self, place: str) -> Stock:
        """The stock of a place; all of them keep their worths together."""
        if place not in self.stocks:
            self.stocks[place] = Stock(self.method, worths=self.worths)
        return self.stocks[place]


class _Carrier:
    """What enters a place with the worth that it left others with, asked in the order of time."""

    def __init__(self, counted: Sequence[Entry]) -> None:
        self._entries = {entry.id: entry for entry in counted}
        self._left: dict[int, Part] = {}
        self._weights: dict[tuple[int, ...], Decimal] = {}
        self._made: dict[tuple[int, ...], tuple[Decimal, Decimal]] = {}  # weight and worth that were given out
        for entry in counted:
            if entry.made_of:
                self._weights[entry.made_of] = self._weights.get(entry.made_of, Decimal(0)) + entry.weight

    def carries(self, entry: Entry) -> bool:
        """Whether it comes from another place or from others' worth."""
        return bool(entry.made_of) or (entry.of is not None and self._entries[entry.of].place != entry.place)

    def worth(self, entry: Entry, worths: Mapping[int, Decimal], settled: Decimal | None) -> Decimal:
        """The worth it enters with, by what its sources are worth, or what was settled before."""
        if entry.made_of:
            return self._produced(entry, worths, settled)
        issue = self._entries[entry.of or 0]
        left = self._left.get(issue.id, Part(issue.id, -issue.quantity, ZERO))
        there = round6(EXACT.multiply(-worths[issue.id], issue.rate))
        worth, rest = bring_back(left, there, entry.quantity)
        worth = worth if settled is None else settled
        self._left[issue.id] = rest._replace(value=left.value + worth)
        return worth

    def _produced(self, entry: Entry, worths: Mapping[int, Decimal], settled: Decimal | None) -> Decimal:
        labour = round6(entry.worth or ZERO)
        used = -sum((worths.get(number, ZERO) for number in entry.made_of), ZERO)
        weight, worth = self._made.get(entry.made_of, (Decimal(0), ZERO))
        left = self._weights[entry.made_of] - weight
        given = used - worth if entry.weight == left else portion(used - worth, entry.weight, left)
        given = given if settled is None else settled - labour
        self._made[entry.made_of] = weight + entry.weight, worth + given
        return given + labour


def _steps(counted: Sequence[Entry]) -> list[Step]:
    """Where everything stands, moves to and comes from; what only passes covers nothing that was short."""
    number = {entry.id: place for place, entry in enumerate(counted)}
    return [
        Step(entry.place, ZERO if entry.passes else entry.quantity, _sources(entry, counted, number))
        for entry in counted
    ]


def _sources(entry: Entry, counted: Sequence[Entry], number: Mapping[int, int]) -> tuple[int, ...]:
    if entry.of is not None and counted[number[entry.of]].place != entry.place:
        return (number[entry.of],)
    return tuple(number[one] for one in entry.made_of)


def _move(entry: Entry, carried: dict[int, Decimal]) -> Move:
    worth = carried.get(entry.id, entry.worth)
    return Move(entry.id, entry.quantity, worth, None if entry.id in carried else entry.of, entry.method, entry.passes)


def bring_back(left: Part, worth: Decimal, quantity: Decimal) -> tuple[Decimal, Part]:
    """Of an issue worth `worth` in all, the worth of a quantity that comes back, and what may still come back."""
    rest = worth - left.value
    back = rest if quantity == left.quantity else portion(rest, quantity, left.quantity)
    return back, Part(left.id, left.quantity - quantity, left.value + back)


def spread(parts: Iterable[Part], value: Decimal, change: Decimal) -> Iterable[Part]:
    """The parts, worth `value` together, with a change of value spread over them by their worth."""
    left, rest = value, change
    for part in parts:
        mine = rest if part.value == left else portion(rest, part.value, left)
        left, rest = left - part.value, rest - mine
        yield Part(part.id, part.quantity, part.value + mine)


def portion(value: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """value × part / whole, to the ledger's six places."""
    return round6(EXACT.divide(EXACT.multiply(value, part), whole))


def quotient(value: Decimal, quantity: Decimal) -> Decimal:
    """The cost of one unit."""
    return EXACT.divide(value, quantity).quantize(_TWELFTH, context=EXACT)


def round6(value: Decimal) -> Decimal:
    """To the ledger's six places, half away from zero."""
    return value.quantize(_SIXTH, context=EXACT)

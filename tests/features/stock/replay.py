"""What the ledger must say, worked out from the posted documents by domain/costing.py alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from ims_desktop.domain.costing import Cost, issue, receive
from ims_desktop.domain.numbers import EXACT
from ims_desktop.features.stock.service import Document, Kind

ZERO = Decimal(0)


@dataclass
class Movement:
    """One expected movement and what corrections added to its value later."""

    item: UUID
    quantity: Decimal
    value: Decimal
    true_up: Decimal = ZERO  # caused by this movement, on issues before it
    reverses: int | None = None  # its place in `movements`


@dataclass
class Replay:
    """One site. `movements` are in the order of the ledger, documents name theirs by place."""

    costs: dict[UUID, Cost] = field(default_factory=dict)
    movements: list[Movement] = field(default_factory=list)

    def post(self, document: Document) -> list[int]:
        """Apply a document; gives the places of its movements."""
        before = len(self.movements)
        counted: dict[UUID, Decimal] = {}
        for line in document.lines:
            if document.kind is Kind.COUNT:
                counted[line.item_id] = counted.get(line.item_id, ZERO) + line.quantity
            else:
                self._move(line.item_id, line.quantity, line.unit_cost)
        for item, quantity in counted.items():
            difference = quantity - self.cost(item).quantity
            if difference:
                self._move(item, difference, None)
        return list(range(before, len(self.movements)))

    def undo(self, places: Sequence[int], worth: Sequence[Decimal]) -> list[int]:
        """Undo movements; `worth` is what each is worth now, with its corrections."""
        before = len(self.movements)
        for place, value in zip(places, worth, strict=True):
            undone = self.movements[place]
            self._give_back(undone.item, -undone.quantity, value)
            self.movements[-1].reverses = place
        return list(range(before, len(self.movements)))

    def cost(self, item: UUID) -> Cost:
        """The state of an item."""
        return self.costs.get(item, Cost())

    def _move(self, item: UUID, quantity: Decimal, unit_cost: Decimal | None) -> None:
        cost = self.cost(item)
        if quantity > 0:
            received = receive(cost, quantity, unit_cost)
            self.costs[item] = received.cost
            self.movements.append(Movement(item, quantity, received.worth, received.true_up))
        else:
            issued = issue(cost, -quantity)
            self.costs[item] = issued.cost
            self.movements.append(Movement(item, quantity, -issued.worth))

    def _give_back(self, item: UUID, quantity: Decimal, worth: Decimal) -> None:
        """A movement comes back or leaves again at what it is worth now, as far as stock and value are there."""
        cost = self.cost(item)
        after = cost.quantity + quantity
        if quantity > 0:
            value = max(-worth, ZERO)
            price = _twelve(EXACT.divide(value, quantity))
            shadow = receive(cost, quantity, price)  # agrees in all but the rounding of the value
            true_up = -(cost.value + value) if after == 0 and cost.quantity < 0 else shadow.true_up
            average = _twelve(EXACT.divide(cost.value + value, after)) if cost.quantity >= 0 else price
            self.costs[item] = Cost(after, cost.value + value + true_up, average)
            self.movements.append(Movement(item, quantity, value, true_up))
            return
        value = min(-worth, ZERO)
        if after <= 0 or cost.value + value < 0:
            issued = issue(cost, -quantity)
            value, kept = -issued.worth, issued.cost
        else:
            kept = Cost(after, cost.value + value, cost.average)
        if after > 0:
            kept = kept._replace(average=_twelve(EXACT.divide(kept.value, kept.quantity)))
        self.costs[item] = kept
        self.movements.append(Movement(item, quantity, value))


def _twelve(value: Decimal) -> Decimal:
    return value.quantize(Decimal("1E-12"), context=EXACT)

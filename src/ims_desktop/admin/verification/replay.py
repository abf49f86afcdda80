"""Plays the ledger again with the pure cost model and compares every movement's value, true-up and average with it."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from ims_desktop.admin.verification.findings import Finding
from ims_desktop.domain.costing import Cost, issue, receive

# A receipt keeps its value, not its price: after short stock the two differ in the last places.
ROUNDING = Decimal("0.0001")


class Moved(NamedTuple):
    """A movement in entry order: the item and site it belongs to, and what the ledger says of it."""

    subject: str
    average: Decimal
    id: int
    quantity: Decimal
    value: Decimal
    true_up: Decimal
    is_reversal: bool


LEDGER = """
SELECT i.sku || ' at ' || s.name, c.average_cost, m.id, m.quantity, m.value,
       CASE WHEN m.quantity > 0 THEN coalesce((SELECT sum(k.value) FROM cost_corrections k
         WHERE k.posting_id = m.posting_id AND k.item_id = m.item_id AND k.site_id = m.site_id), 0) ELSE 0 END,
       m.reverses_id IS NOT NULL
FROM stock_movements m JOIN items i ON i.id = m.item_id JOIN sites s ON s.id = m.site_id
JOIN stock_costs c ON c.site_id = m.site_id AND c.item_id = m.item_id
ORDER BY m.site_id, m.item_id, m.id
"""


def replay(movements: Iterable[Moved]) -> Iterator[Finding]:
    """Everything in which the ledger and the model differ; `movements` by item and site, then entry order."""
    for subject, of_one in groupby(movements, key=lambda moved: moved.subject):
        yield from _replay_one(subject, of_one)


def _replay_one(subject: str, movements: Iterable[Moved]) -> Iterator[Finding]:
    cost, kept = Cost(), Decimal(0)
    for moved in movements:
        kept = moved.average
        worth, true_up, after = _expected(cost, moved)
        near = ROUNDING if cost.quantity <= 0 or moved.quantity > 0 else Decimal(0)
        if not moved.is_reversal and abs(moved.value - worth) > near:
            yield Finding("cost of a movement", f"{subject}, movement {moved.id}", f"{worth}", f"{moved.value}")
        if abs(moved.true_up - true_up) > ROUNDING:
            yield Finding("true-up", f"{subject}, movement {moved.id}", f"{true_up}", f"{moved.true_up}")
        # Go on from what the ledger says, so that one fault is named once.
        value = cost.value + moved.value + moved.true_up
        cost = Cost(cost.quantity + moved.quantity, value, after)
    if cost.average and abs(kept - cost.average) > max(ROUNDING, abs(cost.average) * ROUNDING):
        yield Finding("average cost", subject, f"{cost.average:f}", f"{kept:f}")


def _expected(cost: Cost, moved: Moved) -> tuple[Decimal, Decimal, Decimal]:
    """What the movement and its true-up should be worth, and the average after it."""
    if moved.quantity < 0:
        return -issue(cost, -moved.quantity).worth, Decimal(0), cost.average
    received = receive(cost, moved.quantity, moved.value / moved.quantity)
    return moved.value, received.true_up, received.cost.average

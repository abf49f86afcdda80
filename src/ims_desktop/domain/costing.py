"""The moving average, as a small state machine: the reference that the database's posting function follows.

One `Cost` is kept per site and item. Notation: Q and V are quantity and value before a movement, A the stored average,
q the quantity moved, p its unit price, round6 and round12 half away from zero (PostgreSQL's round(numeric)).

    issue, Q ≤ 0             worth = round6(q × A)
    issue, 0 < q < Q         worth = round6(q × V / Q)
    issue, q = Q             worth = V                             zero means zero: the residue leaves with it
    issue, 0 < Q < q         worth = V + round6((q − Q) × A)       what is there leaves whole, the rest is short
    receipt                  worth = round6(q × p);  p = A where the movement has no price (count gain, found stock)
    receipt, Q < 0           true-up = −round6(c × p − c × V / Q),  c = min(q, −Q) is what it covers;
                             where the result is 0: true-up = −(V + worth), so that the value is 0 too
    average after a receipt  round12((V + worth) / (Q + q)) if Q ≥ 0, otherwise p;  an issue leaves it alone

Sources: rules 3, 5 and 6 of docs/domain.md (moving average, negative stock, zero). Blending only while the old quantity
is not negative keeps a late receipt from producing an absurd or negative average; the true-up re-costs what was issued
before it was received, and is a line of its own in cost_corrections, dated with the receipt.
"""

from decimal import Decimal
from typing import NamedTuple

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.numbers import EXACT, QUANTITY_PLACES

AVERAGE_PLACES = 12
"""Averages and unit prices are NUMERIC(30,12)."""

ZERO = Decimal(0).scaleb(-QUANTITY_PLACES)
_SIXTH = Decimal(1).scaleb(-QUANTITY_PLACES)
_TWELFTH = Decimal(1).scaleb(-AVERAGE_PLACES)


class Cost(NamedTuple):
    """What one item at one site has on hand, what that is worth, and the average at which short stock is issued."""

    quantity: Decimal = ZERO
    value: Decimal = ZERO
    average: Decimal = Decimal(0).scaleb(-AVERAGE_PLACES)


class Received(NamedTuple):
    """After a receipt: the new cost, the worth of the movement, and the correction of what was issued before (or 0)."""

    cost: Cost
    worth: Decimal
    true_up: Decimal


class Issued(NamedTuple):
    """After an issue: the new cost, and the worth that left (its ledger line carries −worth)."""

    cost: Cost
    worth: Decimal


def receive(cost: Cost, quantity: Decimal, unit_cost: Decimal | None = None) -> Received:
    """Take `quantity` in at `unit_cost`, or at the current average where the movement has no price of its own."""
    moved = _moved(quantity)
    price = cost.average if unit_cost is None else _round12(unit_cost)
    if price < 0:
        raise UserError(f"A unit cost cannot be negative ({price}).")
    worth = _round6(EXACT.multiply(moved, price))
    after = cost.quantity + moved
    if cost.quantity >= 0:
        value = cost.value + worth
        return Received(Cost(after, value, _round12(EXACT.divide(value, after))), worth, ZERO)
    true_up = -(cost.value + worth) if after == 0 else _true_up(cost, moved, price)
    return Received(Cost(after, cost.value + worth + true_up, price), worth, true_up)


def issue(cost: Cost, quantity: Decimal) -> Issued:
    """Let `quantity` leave; more than is on hand leaves at the average and makes the quantity negative."""
    moved = _moved(quantity)
    on_hand, value, average = cost
    if on_hand <= 0:
        worth = _round6(EXACT.multiply(moved, average))
    elif moved < on_hand:
        worth = _round6(EXACT.divide(EXACT.multiply(moved, value), on_hand))
    else:
        worth = value + _round6(EXACT.multiply(moved - on_hand, average))
    return Issued(Cost(on_hand - moved, value - worth, average), worth)


def _true_up(cost: Cost, moved: Decimal, price: Decimal) -> Decimal:
    covered = min(moved, -cost.quantity)
    expected = EXACT.divide(EXACT.multiply(covered, cost.value), cost.quantity)
    return -_round6(EXACT.subtract(EXACT.multiply(covered, price), expected))


def _moved(quantity: Decimal) -> Decimal:
    moved = _round6(quantity)
    if moved != quantity or moved <= 0:
        raise UserError(f"A movement needs a quantity above 0 with at most {QUANTITY_PLACES} decimals, not {quantity}.")
    return moved


def _round6(value: Decimal) -> Decimal:
    return value.quantize(_SIXTH, context=EXACT)


def _round12(value: Decimal) -> Decimal:
    return value.quantize(_TWELFTH, context=EXACT)

"""What a delivery is before it is received: lines at their price, a discount, freight, and what the paper says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from uuid import UUID

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.valuation import portion
from ims_desktop.domain.wording import say

NOTHING = Decimal(0)
LONGEST_REFERENCE, LONGEST_NOTE = 200, 1000
MOST = Decimal(1_000_000_000)
TOLERANCE = Decimal("0.005")  # of a price: what differs by less is rounding


@dataclass(frozen=True, slots=True)
class DeliveredLine:
    """An item that came: how much of it in its stock unit, and what all of it costs without tax.

    `entered_quantity` and `entered_unit` keep what was written on the paper, `lot` and `expires_on` what the case says.
    """

    item_id: UUID
    location_id: UUID | None
    quantity: Decimal
    net: Decimal
    entered_quantity: Decimal | None = None
    entered_unit: str | None = None
    lot: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery under the key its desk gave it; without a time it came when the server gets it.

    Whoever may not see suppliers receives without naming one. `discount` is taken off all lines by their value;
    `freight` is spread over them as what it cost to get them here.
    """

    key: UUID
    site_id: UUID
    supplier_id: UUID | None
    lines: tuple[DeliveredLine, ...]
    reference: str = ""
    effective_at: datetime | None = None
    discount: Decimal = NOTHING
    freight: Decimal = NOTHING
    note: str = ""

    @property
    def worth(self) -> Decimal:
        """What the lines come to, before discount and freight."""
        return sum((line.net for line in self.lines), NOTHING)


def problems_of(delivery: Delivery) -> list[Problem]:
    """Everything that is wrong with a delivery before the server is asked."""
    problems = []
    if not delivery.lines:
        problems.append(Problem("Enter at least one line.", "lines"))
    for text, field, most in (
        (delivery.reference, "reference", LONGEST_REFERENCE),
        (delivery.note, "note", LONGEST_NOTE),
    ):
        if len(text) > most:
            problems.append(Problem(say("This has at most {most} letters.", most=most), field))
    for number, line in enumerate(delivery.lines, 1):
        if line.net < 0:
            problems.append(Problem("A line cannot cost less than nothing.", "price", number))
    if not 0 <= delivery.discount <= max(delivery.worth, NOTHING):
        problems.append(Problem("A discount is between 0 and what the lines come to.", "discount"))
    if not 0 <= delivery.freight < MOST:
        problems.append(Problem("Freight is 0 or more, and not absurdly large.", "freight"))
    if delivery.freight > 0 and delivery.lines and delivery.worth - delivery.discount == 0:
        problems.append(Problem("Freight is spread by value, and these lines have none.", "freight"))
    return problems


def after_discount(delivery: Delivery) -> tuple[Decimal, ...]:
    """What each line costs after its part of the discount; together they come to all of it, to the last cent."""
    left, rest, values = delivery.worth, delivery.discount, []
    for line in delivery.lines:
        mine = rest if line.net == left else portion(rest, line.net, left)
        left, rest = left - line.net, rest - mine
        values.append(line.net - mine)
    return tuple(values)


def net_of(quantity: Decimal, per: Decimal, price: Decimal, off: Decimal, decimals: int) -> Decimal:
    """What so much costs at a price for `per` of it, less `off` of the whole (0.05 for 5 %), in whole cents."""
    exact = Fraction(quantity) / Fraction(per) * Fraction(price) * (1 - Fraction(off))
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def differs(price: Decimal, listed: Decimal | None) -> Decimal | None:
    """By which part a price is above or below the list; None where it is the same, or nothing is listed."""
    if not listed:
        return None
    share = price / listed - 1
    return share if abs(share) > TOLERANCE else None


def apart(delivery: Delivery, total: Decimal | None) -> Decimal:
    """How far the paper's total is from what was entered, with its discount and freight."""
    return NOTHING if total is None else total - (delivery.worth - delivery.discount + delivery.freight)


def as_read(lines: Sequence[DeliveredLine], refused: Sequence[Problem]) -> tuple[Problem, ...]:
    """What the server refused, at the cells of the page: its `value` is what was typed as a price."""
    known = {"value": "price", "unit_cost": "price"}
    return tuple(
        Problem(one.text, known.get(one.field or "", one.field), one.row)
        for one in refused
        if one.row is None or one.row <= len(lines)
    )

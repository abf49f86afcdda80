"""What an entered order comes to, line by line, as the books will have it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ims_desktop.domain.numbers import half_up

ZERO, CENTS = Decimal(0), 2


@dataclass(frozen=True, slots=True)
class Worth:
    """Net and tax."""

    net: Decimal = ZERO
    tax: Decimal = ZERO

    @property
    def whole(self) -> Decimal:
        """What is paid."""
        return self.net + self.tax

    def __add__(self, other: "Worth") -> "Worth":
        return Worth(self.net + other.net, self.tax + other.tax)


def worth_of(
    quantity: Decimal, unit_price: Decimal, discount: Decimal, tax_percent: Decimal, *, included: bool
) -> Worth:
    """A line; whether the tax is in the price or comes on top is the site's custom."""
    charged = half_up(quantity * unit_price - discount, CENTS)
    if included:
        net = half_up(Fraction(charged) / (1 + Fraction(tax_percent) / 100), CENTS)
        return Worth(net, charged - net)
    return Worth(charged, half_up(charged * tax_percent / 100, CENTS))


def added_up(lines: Iterable[Worth]) -> Worth:
    """All lines together."""
    return sum(lines, Worth())

"""What is left of a price: net price, margin and food cost."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Margin:
    """A price with what the plate costs, in the site's currency.

    `price` is as on the menu; `includes_tax` says whether its tax (percent) is in it. `target` is the food cost the
    site aims at, as a ratio. An unknown price or cost leaves everything that follows from it unknown.
    """

    price: Decimal | None
    tax_percent: Decimal | None
    includes_tax: bool
    cost: Decimal | None
    target: Decimal | None

    @property
    def net_price(self) -> Decimal | None:
        """The price without tax: price / (1 + tax)."""
        if self.price is None or not self.includes_tax:
            return self.price
        return self.price / (1 + (self.tax_percent or 0) / HUNDRED)

    @property
    def margin(self) -> Decimal | None:
        """Net price less what the plate costs."""
        net = self.net_price
        return None if net is None or self.cost is None else net - self.cost

    @property
    def food_cost(self) -> Decimal | None:
        """Cost as a part of the net price; unknown for what is given away."""
        net = self.net_price
        return self.cost / net if net and self.cost is not None else None

    @property
    def over_target(self) -> bool:
        """Whether the food cost is above what the site aims at."""
        share = self.food_cost
        return share is not None and self.target is not None and share > self.target

    def suggested(self, ending: "Ending") -> Decimal | None:
        """The lowest price with this ending at which the food cost reaches the target: cost / target, with its tax."""
        if self.cost is None or not self.target:
            return None
        net = self.cost / self.target
        price = net * (1 + (self.tax_percent or 0) / HUNDRED) if self.includes_tax else net
        return ending.up(price)


@dataclass(frozen=True, slots=True)
class Ending:
    """What a price ends with: every `step`, less `below` (steps of 1 less 0.10: 12.90)."""

    step: Decimal
    below: Decimal = Decimal(0)

    def up(self, price: Decimal) -> Decimal:
        """The lowest such price that is not below this one."""
        return self._steps(price, ROUND_CEILING)

    def nearest(self, price: Decimal) -> Decimal:
        """The nearest such price, but not below nothing."""
        return max(self._steps(price, ROUND_HALF_UP), Decimal(0))

    def _steps(self, price: Decimal, rounding: str) -> Decimal:
        steps = ((price + self.below) / self.step).quantize(Decimal(1), rounding)
        return (steps * self.step - self.below).quantize(CENT)


CENT = Decimal("0.01")
ENDINGS = {
    "0.01": Ending(CENT),
    "0.05": Ending(Decimal("0.05")),
    "0.10": Ending(Decimal("0.10")),
    "0.50": Ending(Decimal("0.50")),
    ".90": Ending(Decimal(1), Decimal("0.10")),
    "1.00": Ending(Decimal(1)),
}


def raised(price: Decimal, percent: Decimal, amount: Decimal, ending: Ending) -> Decimal:
    """A price changed by so many percent and then by an amount, with a chosen ending."""
    return ending.nearest(price * (1 + percent / HUNDRED) + amount)

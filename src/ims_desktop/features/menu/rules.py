"""What is left of a price: net price, margin and food cost."""

from dataclasses import dataclass
from decimal import Decimal

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

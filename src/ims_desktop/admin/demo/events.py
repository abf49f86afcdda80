"""What happens around the sales: deliveries, waste and counts, made up by a documented, seeded rule.

Each day goes like this, at every site (all times local):

* 07:30 deliveries. A supplier comes on its weekdays, and everybody comes on the first day. Ordered is what is missing
  to a forecast (mean use of the last two weeks, at least 80 % of the year's mean, times the days until the supplier
  comes again, plus one) and 60 % of the par, in whole packs; less than the supplier's minimum only when something would
  run out. The price is that of the day.
* The recipes of everything sold are used up.
* 23:30 waste, on five days of six: one to four of the items handled most, over the year worth about 1.2 % of sales,
  never more than a quarter of what is there, with a reason that fits the item.
* 23:45 on the last day of a month: a count of everything. One item in three is as expected; the others differ by 0.5 to
  3 %, six times in ten downwards. What is counted is rounded as people round.

The stock that is expected comes from the same costing rules as the ledger's (domain.valuation).
"""

import heapq
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from ims_desktop.admin.demo.design import Design, Item, Offer, Site, SoldOrder, Supplier
from ims_desktop.admin.demo.trade import mean_use, revenue_by_day, used_by_day
from ims_desktop.domain.business_calendar import Period, month_of
from ims_desktop.domain.numbers import half_up
from ims_desktop.domain.units import WholeNumber, whole_packs
from ims_desktop.domain.valuation import Move, Stock

DELIVERY, WASTE, COUNT = time(7, 30), time(23, 30), time(23, 45)
WASTE_SHARE = 0.0145
WASTE_CHANCE = 5 / 6
SHORT_CHANCE = 0.6
EXACT_CHANCE = 1 / 3
FORECAST_DAYS = 14
NOTHING = half_up(0)

FRESH = ("SPOILAGE", "EXPIRED", "TRIM")
REASONS: Mapping[str, Sequence[str]] = {
    "Produce": FRESH,
    "Ortofrutta": FRESH,
    "Pesce": FRESH,
    "Cheese": ("SPOILAGE", "EXPIRED", "OVERPRODUCTION"),
    "Formaggi": ("SPOILAGE", "EXPIRED", "OVERPRODUCTION"),
    "Packaging": ("DAMAGE", "BREAKAGE"),
    "Dough and baking": ("OVERPRODUCTION", "WRONG_ORDER", "DAMAGE"),
}
OTHER_REASONS = ("OVERPRODUCTION", "WRONG_ORDER", "SPOILAGE")


@dataclass(frozen=True, slots=True)
class DeliveredLine:
    """Packs that came, the same in the item's base unit, and the price of one base unit."""

    sku: str
    location: str
    packs: int
    pack: str
    quantity: Decimal
    unit_cost: Decimal


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery of one supplier."""

    site: str
    moment: datetime
    supplier: str
    reference: str
    lines: tuple[DeliveredLine, ...]


@dataclass(frozen=True, slots=True)
class WastedLine:
    """A quantity that was thrown away, in the item's base unit, and the code of the reason."""

    sku: str
    location: str
    quantity: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Waste:
    """What was thrown away on one day."""

    site: str
    moment: datetime
    lines: tuple[WastedLine, ...]


@dataclass(frozen=True, slots=True)
class CountedLine:
    """What was counted at a place, in the item's base unit."""

    sku: str
    location: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Count:
    """A count of a site."""

    site: str
    moment: datetime
    lines: tuple[CountedLine, ...]


Event = Delivery | Waste | Count


def events(design: Design, sales: Sequence[SoldOrder], seed: int = 1) -> Iterator[Event]:
    """Everything that happens beside the sales, in the order of time; the same seed always gives the same events."""
    last = max(order.moment.date() for order in sales)
    days = Period(design.opening, last)
    made = (_SiteYear(design, site, sales, seed).events(days) for site in design.sites)
    yield from heapq.merge(*made, key=lambda event: event.moment)


class _SiteYear:
    """One site from its first day on: what is on its shelves, and what happens because of that."""

    def __init__(self, design: Design, site: Site, sales: Sequence[SoldOrder], seed: int) -> None:
        self._design = design
        self._site = site
        self._random = Random(f"{seed}/{design.tenant}/{site.name}")  # noqa: S311  # sample data, not a secret
        self._homes = {item.sku: home for item in design.items if (home := item.home_in(site)) is not None}
        self._used = used_by_day(design, sales, site.name)
        self._revenue = revenue_by_day(design, sales, site.name)
        self._mean = mean_use(self._used)
        self._recent: deque[Mapping[str, Decimal]] = deque(maxlen=FORECAST_DAYS)
        self._stock = {sku: Stock() for sku in self._homes}
        self._moved = 0

    def events(self, days: Iterable[date]) -> Iterator[Event]:
        """All events of the site, day by day."""
        for day in days:
            yield from self._deliveries(day)
            used = self._used.get(day, {})
            for sku, quantity in used.items():
                self._move(sku, -quantity)
            self._recent.append(used)
            if used and self._random.random() < WASTE_CHANCE:
                yield from self._waste(day)
            if day == month_of(day).last:
                yield self._count(day)

    def _deliveries(self, day: date) -> Iterator[Delivery]:
        opening = day == self._design.opening
        for number, supplier in enumerate(self._design.suppliers):
            if opening or (self._used and day.isoweekday() in supplier.order_days):
                lines = tuple(self._ordered(supplier, day))
                worth = sum((line.quantity * line.unit_cost for line in lines), NOTHING)
                if lines and (worth >= supplier.minimum_order or self._urgent(lines)):
                    moment = datetime.combine(day, DELIVERY) + timedelta(minutes=20 * number)
                    yield self._received(Delivery(self._site.name, moment, supplier.code, self._reference(), lines))

    def _reference(self) -> str:
        return f"{self._random.randrange(10_000, 100_000)}"

    def _ordered(self, supplier: Supplier, day: date) -> Iterator[DeliveredLine]:
        for offer in self._design.preferred_offers():
            if offer.supplier == supplier.code and offer.sku in self._homes:
                item = self._design.item[offer.sku]
                wanted = self._forecast(offer.sku) * _days_to_next(supplier, day) + self._reserve(item)
                packs = whole_packs((wanted - self._stock[offer.sku].quantity) / offer.pack_quantity, WholeNumber.UP)
                if packs.number > 0:
                    yield self._line(offer, packs.number, day)

    def _line(self, offer: Offer, packs: int, day: date) -> DeliveredLine:
        cost = half_up(offer.unit_cost_on(day), 12)
        return DeliveredLine(
            offer.sku, self._homes[offer.sku], packs, offer.pack, half_up(packs * offer.pack_quantity), cost
        )

    def _forecast(self, sku: str) -> Decimal:
        mean = self._mean.get(sku, NOTHING)
        if not self._recent:
            return mean
        recent = sum((used.get(sku, NOTHING) for used in self._recent), NOTHING) / len(self._recent)
        return max(recent, mean * 8 / 10)

    def _reserve(self, item: Item) -> Decimal:
        """What should be left when the next delivery comes; a site that sells nothing keeps two pars."""
        return item.par * 6 / 10 if self._used else item.par * 2

    def _urgent(self, lines: Iterable[DeliveredLine]) -> bool:
        return any(self._stock[line.sku].quantity < 2 * self._forecast(line.sku) for line in lines)

    def _received(self, delivery: Delivery) -> Delivery:
        for line in delivery.lines:
            self._move(line.sku, line.quantity, line.quantity * line.unit_cost)
        return delivery

    def _move(self, sku: str, quantity: Decimal, worth: Decimal | None = None) -> None:
        self._moved += 1
        self._stock[sku].apply(Move(self._moved, quantity, worth))

    def _waste(self, day: date) -> Iterator[Waste]:
        random = self._random
        budget = float(self._revenue[day]) * WASTE_SHARE / WASTE_CHANCE * random.uniform(0.6, 1.4)
        skus = list(self._used[day])
        weights = [float(self._used[day][sku] * self._stock[sku].cost) for sku in skus]
        chosen = dict.fromkeys(random.choices(skus, weights, k=random.randint(1, 4)))
        lines = tuple(line for sku in chosen if (line := self._wasted(sku, budget / len(chosen))) is not None)
        if lines:
            yield Waste(self._site.name, datetime.combine(day, WASTE), lines)

    def _wasted(self, sku: str, worth: float) -> WastedLine | None:
        stock, item = self._stock[sku], self._design.item[sku]
        if stock.quantity <= 0 or stock.cost <= 0:
            return None
        quantity = min(Decimal(worth) / stock.cost, stock.quantity / 4)
        quantity = _as_weighed(quantity, item)
        if quantity <= 0:
            return None
        self._move(sku, -quantity)
        reason = self._random.choice(REASONS.get(item.category, OTHER_REASONS))
        return WastedLine(sku, self._homes[sku], quantity, reason)

    def _count(self, day: date) -> Count:
        lines = tuple(self._counted(sku) for sku in self._homes)
        return Count(self._site.name, datetime.combine(day, COUNT), lines)

    def _counted(self, sku: str) -> CountedLine:
        stock, item = self._stock[sku], self._design.item[sku]
        share = Decimal(f"{self._random.uniform(0.005, 0.03):.4f}")
        share = -share if self._random.random() < SHORT_CHANCE else share
        share = NOTHING if self._random.random() < EXACT_CHANCE else share
        counted = max(_as_weighed(stock.quantity * (1 + share), item), NOTHING)
        if counted != stock.quantity:
            self._move(sku, counted - stock.quantity)
        return CountedLine(sku, self._homes[sku], counted)


def _as_weighed(quantity: Decimal, item: Item) -> Decimal:
    """As a scale or a counting person gives it: whole pieces, or a twentieth of a pound, kilogram or litre."""
    return half_up(half_up(quantity, 0) if item.base_unit == "each" else half_up(quantity * 20, 0) / 20)


def _days_to_next(supplier: Supplier, day: date) -> int:
    """How many days the order must last: until the supplier's next day, and one more."""
    ahead = ((each - day.isoweekday() - 1) % 7 + 1 for each in supplier.order_days)
    return min(ahead) + 1

"""What sales use up, day by day, and how much a site should therefore keep."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from decimal import Decimal

from ims_desktop.admin.demo.design import Design, SoldOrder
from ims_desktop.domain.business_calendar import business_day_of_local
from ims_desktop.domain.numbers import half_up

PAR_DAYS = Decimal("4.5")
"""A par covers so many days of mean use: the time between deliveries, and the busiest weekend."""


def used_by_day(design: Design, orders: Iterable[SoldOrder], site: str) -> Mapping[date, Mapping[str, Decimal]]:
    """Business day → SKU → what the recipes of the dishes sold at a site take out of stock."""
    sold: dict[date, Counter[str]] = {}
    for day, order in _at_site(design, orders, site):
        dishes = sold.setdefault(day, Counter())
        for line in order.lines:
            dishes[line.code] += line.quantity
    return {day: _used(design, dishes) for day, dishes in sold.items()}


def revenue_by_day(design: Design, orders: Iterable[SoldOrder], site: str) -> Mapping[date, Decimal]:
    """Business day → what the till of a site took."""
    taken: dict[date, Decimal] = {}
    for day, order in _at_site(design, orders, site):
        taken[day] = taken.get(day, Decimal(0)) + sum(line.quantity * line.price for line in order.lines)
    return taken


def _at_site(design: Design, orders: Iterable[SoldOrder], site: str) -> Iterator[tuple[date, SoldOrder]]:
    cut_over = time(next(each.cut_over_hour for each in design.sites if each.name == site))
    for order in orders:
        if order.site == site:
            yield business_day_of_local(order.moment, cut_over), order


def _used(design: Design, dishes: Mapping[str, int]) -> Mapping[str, Decimal]:
    used: dict[str, Decimal] = {}
    for code, number in dishes.items():
        for sku, quantity in design.usage[code].items():
            used[sku] = used.get(sku, Decimal(0)) + number * quantity
    return {sku: half_up(quantity) for sku, quantity in used.items()}


def mean_use(days: Mapping[date, Mapping[str, Decimal]]) -> Mapping[str, Decimal]:
    """What is used on an average day of the calendar, closed days included."""
    if not days:
        return {}
    length = (max(days) - min(days)).days + 1
    total: dict[str, Decimal] = {}
    for used in days.values():
        for sku, quantity in used.items():
            total[sku] = total.get(sku, Decimal(0)) + quantity
    return {sku: quantity / length for sku, quantity in total.items()}


def with_pars(design: Design, orders: Sequence[SoldOrder]) -> Design:
    """The design with a par for each item: so many days of its mean use at the busiest site, in handy quantities."""
    sites = {order.site for order in orders}
    means = [mean_use(used_by_day(design, orders, site)) for site in sorted(sites)]
    most = {item.sku: max(mean.get(item.sku, Decimal(0)) for mean in means) for item in design.items}
    items = (replace(item, par=handy(most[item.sku] * PAR_DAYS, item.base_unit)) for item in design.items)
    return replace(design, items=tuple(items))


def handy(quantity: Decimal, unit: str) -> Decimal:
    """A quantity as somebody would say or write it: whole pieces, or quarters of a pound, kilogram or litre."""
    steps = 1 if unit == "each" else 4
    return max(half_up(quantity * steps, 0), Decimal(1)) / steps

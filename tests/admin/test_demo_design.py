"""The sample data: the published year to the cent, and a believable restaurant around it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import count
from uuid import NAMESPACE_DNS, uuid5
from zoneinfo import ZoneInfo

import pytest

from ims_desktop.admin.demo import events as happenings
from ims_desktop.admin.demo.design import Design, SoldOrder
from ims_desktop.admin.demo.events import Count, Delivery, Event, Waste, events
from ims_desktop.admin.demo.lanterna import lanterna, lanterna_orders
from ims_desktop.admin.demo.pizzaplace import FILE_NAME, SITE, sales_file, sold_orders
from ims_desktop.admin.demo.plato import plato
from ims_desktop.admin.demo.trade import mean_use, revenue_by_day, used_by_day
from ims_desktop.domain.business_calendar import Period, quarter_of, year_of
from ims_desktop.domain.reasons import REASONS
from ims_desktop.domain.valuation import Move, Stock, round6
from ims_desktop.features.items.rules.drafts import ALLERGENS
from ims_desktop.features.sales.rules import Known, MenuItem, SalesFile, Site, check, read_sales

YEAR = year_of(date(2015, 1, 1))
Build, Sell = Callable[[], Design], Callable[[], Sequence[SoldOrder]]
GROUPS = [(plato, sold_orders), (lanterna, lanterna_orders)]
BOTH = pytest.mark.parametrize(("group", "sales"), GROUPS, ids=["plato", "lanterna"])


@cache
def plato_events() -> tuple[Event, ...]:
    return tuple(events(plato(), sold_orders()))


def test_the_published_totals_are_reproduced_to_the_cent() -> None:
    orders = sold_orders()
    lines = [line for order in orders for line in order.lines]
    assert (len(orders), len(lines), sum(line.quantity for line in lines)) == (21_350, 48_620, 49_574)
    assert sum(line.quantity * line.price for line in lines) == Decimal("817860.05")
    assert len({order.moment.date() for order in orders}) == 358
    category = {dish.code: dish.category for dish in plato().menu}
    revenue: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        revenue[category[line.code]] += line.quantity * line.price
    assert revenue == {
        "Classic": Decimal("220053.10"),
        "Supreme": Decimal("208197.00"),
        "Chicken": Decimal("195919.50"),
        "Veggie": Decimal("193690.45"),
    }
    pieces = Counter[str]()
    for line in lines:
        pieces[line.code.rpartition("_")[0]] += line.quantity
    assert pieces.most_common(1) == [("classic_dlx", 2453)]


def test_the_packed_file_is_small_and_goes_through_the_sales_import() -> None:
    packed = files("ims_desktop.admin.demo") / f"{FILE_NAME}.xz"
    assert len(packed.read_bytes()) < 600_000
    group = plato()
    name = uuid5(NAMESPACE_DNS, "sample.example")
    menu = tuple(MenuItem(uuid5(name, dish.code), dish.code, dish.name, dish.price) for dish in group.menu)
    place = Site(name, SITE, ZoneInfo("America/New_York"), time(4), group.opening)
    known = Known(menu, (place,), datetime(2016, 1, 2, tzinfo=UTC), place)
    found = check(read_sales([SalesFile(FILE_NAME, sales_file())]), known)
    assert (found.totals.accepted, found.totals.revenue_accepted) == (48_620, Decimal("817860.05"))
    assert found.problems == ()


def test_plato_is_as_large_as_a_real_kitchen() -> None:
    group = plato()
    assert len(group.menu) == 91
    assert len({dish.code.rpartition("_")[0] for dish in group.menu}) == 32
    assert len(group.items) == 75
    assert 5 <= len(group.suppliers) <= 6
    dough = {line.recipe for recipe in group.recipes if recipe.is_dish for line in recipe.ingredients}
    assert "Pizza dough" in dough
    assert all(len(group.usage[dish.code]) >= 8 for dish in group.menu)


@BOTH
def test_a_design_is_sound(group: Build, sales: Sell) -> None:
    design = group()
    codes = {dish.code for dish in design.menu}
    assert {line.code for order in sales() for line in order.lines} <= codes
    assert len(codes) == len(design.menu)
    assert len(design.item) == len(design.items)
    assert [site.is_default for site in design.sites].count(True) == 1
    recipes = {recipe.name for recipe in design.recipes}
    assert {dish.recipe for dish in design.menu} <= recipes
    suppliers = {supplier.code for supplier in design.suppliers}
    assert {offer.sku for offer in design.preferred_offers()} == set(design.item)
    for offer in design.offers:
        assert offer.supplier in suppliers
        assert offer.pack_quantity == design.item[offer.sku].units.convert(1, offer.pack).quantity
        assert [start for start, _ in offer.prices] == sorted({start for start, _ in offer.prices})
        assert all(price > 0 for _, price in offer.prices)
    for item in design.items:
        assert set(item.allergens) <= ALLERGENS.keys()
        assert any(item.home_in(site) for site in design.sites)
        assert item.par > 0
    used = {sku for dish in design.menu for sku in design.usage[dish.code]}
    assert used == set(design.item)


@BOTH
def test_the_same_seed_gives_the_same_events_and_another_seed_others(group: Build, sales: Sell) -> None:
    design, orders = group(), sales()
    first = list(events(design, orders))
    assert first == list(events(design, orders))
    assert first != list(events(design, orders, seed=2))
    assert [event.moment for event in first] == sorted(event.moment for event in first)


@BOTH
def test_events_fit_the_design(group: Build, sales: Sell) -> None:
    design = group()
    waste = {reason.code for reason in REASONS if reason.kind_of_cost == "WASTE"}
    homes = {(site.name, item.sku): item.home_in(site) for site in design.sites for item in design.items}
    offers = {offer.sku: offer for offer in design.preferred_offers()}
    days = {supplier.code: supplier.order_days for supplier in design.suppliers}
    for event in events(design, sales()):
        assert event.lines
        for line in event.lines:
            assert homes[event.site, line.sku] == line.location
            assert line.quantity.as_tuple().exponent == -6
        if isinstance(event, Delivery):
            assert event.moment.date() == design.opening or event.moment.isoweekday() in days[event.supplier]
            for line in event.lines:
                offer = offers[line.sku]
                assert (offer.supplier, offer.pack) == (event.supplier, line.pack)
                assert line.quantity == line.packs * offer.pack_quantity
                assert abs(line.unit_cost - offer.unit_cost_on(event.moment.date())) < Decimal("1e-12")
        elif isinstance(event, Waste):
            assert {line.reason for line in event.lines} <= waste
            assert all(line.quantity > 0 for line in event.lines)
        else:
            assert all(line.quantity >= 0 for line in event.lines)


Figures = dict[str, Decimal]


def replayed() -> Iterator[tuple[date, Figures, Mapping[str, Stock]]]:
    """Each day of Plato's year with its money and its stock at the end, by the ledger's rules of cost."""
    group, orders = plato(), sold_orders()
    used, revenue = used_by_day(group, orders, SITE), revenue_by_day(group, orders, SITE)
    by_day: dict[date, list[Event]] = defaultdict(list)
    for event in plato_events():
        if event.site == SITE:
            by_day[event.moment.date()].append(event)
    stock: dict[str, Stock] = defaultdict(Stock)
    numbers = count(1)

    def move(sku: str, quantity: Decimal, price: Decimal | None = None) -> Decimal:
        before = stock[sku].value
        if quantity:
            stock[sku].apply(Move(next(numbers), quantity, None if price is None else quantity * price))
        return before - stock[sku].value + (0 if price is None else round6(quantity * price))

    for day in YEAR:
        money: Figures = defaultdict(Decimal, revenue=revenue.get(day, Decimal(0)))
        todays = by_day[day]
        for delivery in (event for event in todays if isinstance(event, Delivery)):
            money["food"] += sum(move(line.sku, line.quantity, line.unit_cost) for line in delivery.lines)
        money["food"] += sum(move(sku, -quantity) for sku, quantity in used.get(day, {}).items())
        for waste in (event for event in todays if isinstance(event, Waste)):
            money["waste"] += sum(move(line.sku, -line.quantity) for line in waste.lines)
        for counted in (event for event in todays if isinstance(event, Count)):
            differences = [(line.sku, line.quantity - stock[line.sku].quantity) for line in counted.lines]
            money["food"] += sum(move(sku, difference) for sku, difference in differences)
        yield day, money, dict(stock)


def test_food_cost_and_waste_are_believable_in_every_quarter_and_nothing_goes_absurdly_negative() -> None:
    group, orders = plato(), sold_orders()
    mean = mean_use(used_by_day(group, orders, SITE))
    quarters: dict[Period, Figures] = {}
    for day, money, stock in replayed():
        sums = quarters.setdefault(quarter_of(day), defaultdict(Decimal))
        for figure, amount in money.items():
            sums[figure] += amount
        for sku, cost in stock.items():
            assert cost.quantity > -mean[sku] - 1, (day, sku, cost)
        assert 2_000 < sum(cost.value for cost in stock.values()) < 20_000
    year: Figures = {figure: sum(sums[figure] for sums in quarters.values()) for figure in ("food", "waste", "revenue")}
    assert len(quarters) == 4
    for sums in (*quarters.values(), year):
        assert Decimal("28") < 100 * sums["food"] / sums["revenue"] < 32
        assert Decimal("28") < 100 * (sums["food"] + sums["waste"]) / sums["revenue"] < 32
        assert Decimal("1") < 100 * sums["waste"] / sums["revenue"] < 2
    assert year["revenue"] == Decimal("817860.05")


def test_counts_come_monthly_and_differ_by_little() -> None:
    counts = [event for event in plato_events() if isinstance(event, Count) and event.site == SITE]
    assert [count.moment.month for count in counts] == list(range(1, 13))
    assert all(len(count.lines) == len(plato().items) for count in counts)
    assert all(count.moment.time() == happenings.COUNT for count in counts)


def test_prices_drift_and_stay_near_where_they_began() -> None:
    changed = [offer for offer in plato().offers if len(offer.prices) > 1]
    assert len(changed) > len(plato().offers) / 2
    for offer in changed:
        start = offer.prices[0][1]
        assert all(start * Decimal("0.69") < price < start * Decimal("1.31") for _, price in offer.prices)
        assert offer.price_on(date(2014, 1, 1)) == start
        assert offer.price_on(date(2016, 1, 1)) == offer.prices[-1][1]


def test_lanterna_is_another_country() -> None:
    group = lanterna()
    assert {(site.country, site.currency, site.locale) for site in group.sites} == {("IT", "EUR", "it_IT")}
    assert len(group.sites) == 2
    assert all(site.prices_include_tax for site in group.sites)
    assert {order.site for order in lanterna_orders()} == {site.name for site in group.sites}
    assert len(lanterna_orders()) > 1_000
    assert all(order.moment.weekday() != 0 for order in lanterna_orders())

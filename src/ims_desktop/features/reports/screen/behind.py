"""Where the figures and rows of every report lead: to the list of what they count, narrowed to it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.listing import Filter, Match
from ims_desktop.features.reports.service import BOUGHT, MOVED, SOLD, WITH_REASON, Part, Report, Row
from ims_desktop.ui.desk import Place

Leads = Callable[[Report, Part, Row], Place | None]
Figure = Callable[[Report, Part], Place | None]

WASTE, FOOD, NEITHER = ("WASTE",), ("COST_OF_FOOD",), ("NEITHER",)
STOCK, UNMAPPED = Place("stock"), Place("unmapped_sales")
UNDER_WAY = Place("transfers", filters=(Filter("state", Match.IN, ("under_way", "partly")),))


def place_of_row(report: Report, part: Part, table: str, row: Row) -> Place | None:
    """The list behind a row of a table."""
    leads = ROWS.get((report.spec.name, table))
    return None if leads is None else leads(report, part, row)


def place_of_figure(report: Report, part: Part, key: str) -> Place | None:
    """The list behind a single figure."""
    leads = FIGURES.get(report.spec.name, {}).get(key)
    return None if leads is None else leads(report, part)


def _days(period: Period) -> Filter:
    return Filter("business_day", Match.BETWEEN, (period.first, period.last))


def _orders(period: Period, dishes: tuple[Any, ...] = ()) -> Place:
    sold = (Filter("dish", Match.IN, dishes),) if dishes else ()
    return Place("orders", filters=(_days(period), *sold))


def _moved(period: Period, **among: tuple[Any, ...]) -> Place:
    """Movements of the days; each name is a filter with the values to choose among."""
    filters = (Filter(key, Match.IN, values) for key, values in among.items())
    return Place("movements", filters=(_days(period), *filters))


def _dishes(row_class: str | None, _report: Report, part: Part) -> Place | None:
    found = tuple(row["menu_item_id"] for row in part.tables["dishes"] if row["class"] == row_class)
    return Place("menu", filters=(Filter("dish", Match.IN, found),)) if found else None


def _orders_of(report: Report, _part: Part) -> Place:
    return _orders(report.period)


def _moved_of(report: Report, _part: Part, **among: tuple[Any, ...]) -> Place:
    return _moved(report.period, **among)


def _to(place: Place, *_found: Any) -> Place:
    return place


def _category_orders(report: Report, part: Part, row: Row) -> Place:
    dishes = tuple(one["menu_item_id"] for one in part.tables["items"] if one["category"] == row["category"])
    return _orders(report.period, dishes)


def _week(report: Report, row: Row) -> Period:
    """The days of a row's week that lie in the period."""
    monday = row["week"]
    sunday = monday + timedelta(days=6)
    return Period(max(monday, report.period.first), min(sunday, report.period.last))


def _cost_of_week(report: Report, _part: Part, row: Row) -> Place:
    return _moved(_week(report, row), cost_class=FOOD)


def _with_reason(cost_class: tuple[str, ...], report: Report, _part: Part, row: Row) -> Place:
    return _moved(report.period, cost_class=cost_class, reason=(row["reason_id"],))


_WASTED: Mapping[str, Leads] = {
    "reasons": partial(_with_reason, WASTE),
    "items": lambda report, _part, row: _moved(report.period, cost_class=WASTE, item=(row["item_id"],)),
}
_FOOD_COST, _WASTE_COST = partial(_moved_of, cost_class=FOOD), partial(_moved_of, cost_class=WASTE)
_STOCK: Figure = partial(_to, STOCK)

ROWS: Mapping[tuple[str, str], Leads] = {
    ("sales", "categories"): _category_orders,
    ("sales", "items"): lambda report, _part, row: _orders(report.period, (row["menu_item_id"],)),
    ("sales", "weeks"): lambda report, _part, row: _orders(_week(report, row)),
    ("sales", "days"): lambda _report, _part, row: _orders(Period(row["day"], row["day"])),
    ("sales", "unmapped_products"): partial(_to, UNMAPPED),
    ("menu-engineering", "dishes"): lambda _report, _part, row: Place("menu", row["menu_item_id"]),
    ("menu-engineering", "classes"): lambda report, part, row: _dishes(row["class"], report, part),
    ("cost-and-waste", "weeks"): _cost_of_week,
    **{("cost-and-waste", key): leads for key, leads in _WASTED.items()},
    ("cost-and-waste", "differences_by_reason"): partial(_with_reason, FOOD),
    ("cost-and-waste", "reason_weeks"): lambda report, _part, row: _moved(
        _week(report, row), cost_class=WASTE, reason=(row["reason_id"],)
    ),
    **{("waste", key): leads for key, leads in _WASTED.items()},
    ("stock-value", "categories"): lambda _report, _part, row: Place(
        "stock", filters=(Filter("category", Match.IN, (row["category_id"],)),)
    ),
    ("stock-value", "items"): lambda _report, _part, row: Place(
        "stock", filters=(Filter("item", Match.IN, (row["item_id"],)),)
    ),
    ("stock-value", "transfers"): lambda _report, _part, row: Place("transfers", row["transfer_id"]),
    ("usage", "categories"): lambda report, _part, row: _moved(report.period, category=(row["category_id"],)),
}
_SALES: Mapping[str, Figure] = {
    **dict.fromkeys(("net_sales", "orders", "units", "per_order", "days_with_sales"), _orders_of),
    **dict.fromkeys(("coverage", "unmapped"), partial(_to, UNMAPPED)),
}
FIGURES: Mapping[str, Mapping[str, Figure]] = {
    "sales": _SALES,
    "menu-engineering": {
        **dict.fromkeys(("net_sales", "units", "contribution"), _orders_of),
        **{name: partial(_dishes, name) for name in ("Star", "Plowhorse", "Puzzle", "Dog")},
        "unknown": partial(_dishes, None),
    },
    "cost-and-waste": {
        "net_sales": _orders_of,
        "sold": partial(_moved_of, kind=SOLD),
        "differences": partial(_moved_of, kind=WITH_REASON, cost_class=FOOD),
        **dict.fromkeys(("cost", "cost_ratio"), _FOOD_COST),
        "target": partial(_to, Place("sites")),
        **dict.fromkeys(("waste", "waste_ratio"), _WASTE_COST),
        **dict.fromkeys(("with_waste", "with_waste_ratio"), partial(_moved_of, cost_class=(*FOOD, *WASTE))),
        "neither": partial(_moved_of, cost_class=NEITHER),
        **dict.fromkeys(("stock", "days_of_cover"), _STOCK),
    },
    "waste": {"net_sales": _orders_of, **dict.fromkeys(("waste", "waste_ratio", "change"), _WASTE_COST)},
    "stock-value": {
        **dict.fromkeys(("value", "together", "items_with_stock"), _STOCK),
        "on_the_way": partial(_to, UNDER_WAY),
        "below_zero": partial(_to, Place("stock", filters=(Filter("state", Match.IN, ("negative",)),))),
    },
    "usage": {
        **dict.fromkeys(("opening", "closing"), _STOCK),
        "received": partial(_moved_of, kind=BOUGHT),
        "other": partial(_moved_of, cost_class=NEITHER),
        "transferred": partial(_moved_of, kind=MOVED),
        "used": partial(_moved_of, cost_class=(*FOOD, *WASTE)),
        "sold": partial(_moved_of, kind=SOLD),
        "waste": _WASTE_COST,
        "differences": partial(_moved_of, kind=WITH_REASON, cost_class=FOOD),
    },
}

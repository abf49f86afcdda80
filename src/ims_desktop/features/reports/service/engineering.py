"""Menu engineering: which dishes of a category sell well, and which leave much."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Numeric, Select, and_, case, cast, func, select

from ims_desktop.domain.business_calendar import Period
from ims_desktop.features.menu.tables import CATEGORIES, MENU_ITEMS
from ims_desktop.features.recipes.service import cost_of_one
from ims_desktop.features.reports.rules import DishClass, DishSales, Question, average_contribution, dish_classes, share
from ims_desktop.features.reports.service.ledger import at_site, scope
from ims_desktop.features.reports.service.parts import by_currency, currencies, grouped, total
from ims_desktop.features.reports.service.together import together
from ims_desktop.features.reports.service.values import Column, Kind, Parameter, Part, ReportSpec, Row, Table
from ims_desktop.features.sales.tables import ORDER_ITEMS, ORDERS
from ims_desktop.features.sites.tables import SITES

CLASSES = tuple(one.value for one in DishClass)


@dataclass(frozen=True)
class Standing:
    """Where one dish stands in its category over a period; `kind` None: what its plate costs is not known."""

    period: Period
    currency: str
    category: str
    dishes: int
    kind: DishClass | None
    units: Decimal
    mix: Decimal | None
    of_one: Decimal | None
    average: Decimal | None


def read_engineering(connection: Connection, question: Question) -> tuple[Part, ...]:
    """Every dish that was sold with its class, in one statement."""
    found = together(connection, sites=scope(question), dishes=_dishes(question))
    dishes = by_currency(found["dishes"])
    return tuple(
        _part(currency, names, dishes[currency])
        for currency, names in currencies(found["sites"], found["dishes"]).items()
    )


def read_standing(connection: Connection, menu_item: UUID, question: Question) -> Standing | None:
    """Where a dish stands among those of its category, in the currency it sold most in; None: it was not sold."""
    same = select(MENU_ITEMS.c.category_id).where(MENU_ITEMS.c.id == menu_item).scalar_subquery()
    rows = together(connection, dishes=_dishes(question).where(MENU_ITEMS.c.category_id == same))["dishes"]
    mine = [row for row in rows if row["menu_item_id"] == menu_item]
    if not mine:
        return None
    currency = max(mine, key=lambda row: row["units"])["currency"]
    classed = _classed([row for row in rows if row["currency"] == currency])
    dish = next(row for row in classed if row["menu_item_id"] == menu_item)
    kind = None if dish["class"] is None else DishClass(dish["class"])
    figures = (dish["units"], dish["mix"], dish["of_one"], dish["average"])
    return Standing(question.period, currency, dish["category"], len(classed), kind, *figures)


def _dishes(question: Question) -> Select[Any]:
    """What was sold of every dish, for how much, and what its plates cost today where it was sold."""
    o, i, m, period = ORDERS.c, ORDER_ITEMS.c, MENU_ITEMS.c, question.period
    sold = (
        select(i.site_id, i.menu_item_id, func.sum(i.quantity).label("units"), func.sum(i.net_amount).label("net"))
        .join_from(ORDER_ITEMS, ORDERS, and_(o.id == i.order_id, o.state == "CLOSED"))
        .where(i.business_day.between(period.first, period.last), at_site(i.site_id, question))
        .group_by(i.site_id, i.menu_item_id)
        .subquery("sold")
    )
    plate = cast(m.portions * cost_of_one("menu_items.recipe_id", "sold.site_id"), Numeric())
    places = (
        select(sold, plate.label("plate"))
        .join_from(sold, MENU_ITEMS, m.id == sold.c.menu_item_id)
        .subquery("places")
    )  # fmt: skip
    cost = func.sum(places.c.units * places.c.plate)
    known = func.count() == func.count(places.c.plate)
    return (
        select(
            SITES.c.currency, m.id.label("menu_item_id"), m.code, m.name, m.size,
            m.category_id, CATEGORIES.c.name.label("category"), func.sum(places.c.units).label("units"),
            func.sum(places.c.net).label("net_sales"), case((known, cost)).label("cost"),
        )
        .join_from(places, SITES, SITES.c.id == places.c.site_id)
        .join(MENU_ITEMS, m.id == places.c.menu_item_id)
        .join(CATEGORIES, CATEGORIES.c.id == m.category_id)
        .group_by(
            SITES.c.currency, m.id, m.code, m.name, m.size, m.category_id, m.sort_name, CATEGORIES.c.name,
            CATEGORIES.c.sort_order,
        )
        .having(func.sum(places.c.units) > 0)
        .order_by(CATEGORIES.c.sort_order, CATEGORIES.c.name, m.sort_name, m.code)
    )  # fmt: skip


def _part(currency: str, names: Sequence[str], rows: Sequence[Row]) -> Part:
    dishes = tuple(dish for of in grouped(rows, "category_id").values() for dish in _classed(of))
    counts = {name: sum(1 for dish in dishes if dish["class"] == name) for name in CLASSES}
    figures = {
        "net_sales": total(dishes, "net_sales"), "units": total(dishes, "units"),
        "contribution": total(dishes, "contribution"), **counts,
        "unknown": sum(1 for dish in dishes if dish["class"] is None),
    }  # fmt: skip
    classes = tuple(
        {
            "class": name, "dishes": counts[name], "units": total(dishes, "units", **{"class": name}),
            "net_sales": total(dishes, "net_sales", **{"class": name}),
            "contribution": total(dishes, "contribution", **{"class": name}),
        }
        for name in CLASSES
    )  # fmt: skip
    return Part(currency, tuple(names), figures, tables={"dishes": dishes, "classes": classes})


def _classed(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The dishes of one category with their share of what it sold, what they leave, and their class."""
    sales = [DishSales(row["units"], None if row["cost"] is None else row["net_sales"] - row["cost"]) for row in rows]
    units, average = total(rows, "units"), average_contribution(sales)
    return tuple(
        {
            **row, "mix": share(row["units"], units), "contribution": dish.contribution, "of_one": dish.of_one,
            "average": average, "class": None if kind is None else kind.value,
        }
        for row, dish, kind in zip(rows, sales, dish_classes(sales), strict=True)
    )  # fmt: skip


_UNITS, _NET = Column("units", "Units sold", Kind.COUNT), Column("net_sales", "Net sales")
_LEFT, _CLASS = Column("contribution", "Contribution"), Column("class", "Class", Kind.TEXT)

ENGINEERING = ReportSpec(
    name="menu-engineering",
    title="Menu engineering",
    about="Which dishes of a category sell well, and which leave much.",
    parameters=(Parameter.PERIOD, Parameter.SITE),
    figures=(
        _NET, _UNITS, _LEFT, Column("Star", "Stars", Kind.COUNT), Column("Plowhorse", "Plowhorses", Kind.COUNT),
        Column("Puzzle", "Puzzles", Kind.COUNT), Column("Dog", "Dogs", Kind.COUNT),
        Column("unknown", "Cost not known", Kind.COUNT),
    ),
    tables=(
        Table(
            "dishes", "By menu item",
            (
                Column("name", "Menu item", Kind.TEXT), Column("size", "Size", Kind.TEXT),
                Column("category", "Category", Kind.TEXT), _CLASS, _UNITS,
                Column("mix", "Mix", Kind.RATIO), _NET, Column("of_one", "One of it leaves"),
                Column("average", "On average"), _LEFT,
            ),
            ("units", "net_sales", "contribution"),
        ),
        Table(
            "classes", "By class", (_CLASS, Column("dishes", "Dishes", Kind.COUNT), _UNITS, _NET, _LEFT),
            ("dishes", "units", "net_sales", "contribution"),
        ),
    ),
    formula=(
        "Contribution = net sales − units sold × plate cost of today, where it was sold; modifiers are left out.",
        "Mix = units sold / all units its category sold. Within a category of n dishes that were sold, popular is what"
        " sold more than 0.7 / n of its units, and high margin what leaves more for one than the category on average.",
        "Star: popular, high margin. Plowhorse: popular, low margin. Puzzle: not popular, high margin. Dog: neither.",
    ),
    permissions=("reports.view", "stock.cost", "sales.view"),
    read=read_engineering,
)  # fmt: skip

"""The sales report: what was sold, by category, by menu item, by day and by week."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from ims_desktop.features.menu.tables import CATEGORIES as MENU_CATEGORIES
from ims_desktop.features.menu.tables import MENU_ITEMS
from ims_desktop.features.reports.rules import Question, share, weeks_in
from ims_desktop.features.reports.service.ledger import at_site, scope
from ims_desktop.features.reports.service.parts import by_currency, currencies, total
from ims_desktop.features.reports.service.together import together
from ims_desktop.features.reports.service.values import Column, Kind, Parameter, Part, ReportSpec, Row, Table
from ims_desktop.features.sales.tables import ORDER_ITEMS, ORDERS
from ims_desktop.features.sites.tables import SITES


def read_sales(connection: Connection, question: Question) -> tuple[Part, ...]:
    """What was sold in the period, in one statement."""
    found = together(connection, sites=scope(question), days=sales_by_day(question), items=_items(question))
    days, items = by_currency(found["days"]), by_currency(found["items"])
    return tuple(
        _part(currency, sites, days[currency], items[currency], question)
        for currency, sites in currencies(found["sites"], found["days"]).items()
    )


def sales_by_day(question: Question) -> Select[Any]:
    """Net sales and orders of every business day of the period, by currency."""
    o, period = ORDERS.c, question.period
    days = (
        select(o.site_id, o.business_day, func.sum(o.net_total).label("net_sales"), func.count().label("orders"))
        .where(o.business_day.between(period.first, period.last), o.state == "CLOSED", at_site(o.site_id, question))
        .group_by(o.site_id, o.business_day)
        .subquery("days")
    )
    day = days.c.business_day.label("day")
    return (
        select(
            SITES.c.currency, day, func.sum(days.c.net_sales).label("net_sales"),
            func.sum(days.c.orders).label("orders"),
        )
        .join_from(days, SITES, SITES.c.id == days.c.site_id)
        .group_by(SITES.c.currency, days.c.business_day)
        .order_by(days.c.business_day)
    )  # fmt: skip


def _items(question: Question) -> Select[Any]:
    o, i, period = ORDERS.c, ORDER_ITEMS.c, question.period
    sold = (
        select(
            i.site_id, i.menu_item_id, func.sum(i.quantity).label("units"), func.sum(i.net_amount).label("net_sales")
        )
        .join_from(ORDER_ITEMS, ORDERS, and_(o.id == i.order_id, o.state == "CLOSED"))
        .where(i.business_day.between(period.first, period.last), at_site(i.site_id, question))
        .group_by(i.site_id, i.menu_item_id)
        .subquery("sold")
    )
    menu, category = MENU_ITEMS.c, MENU_CATEGORIES.c
    return (
        select(
            SITES.c.currency, menu.id.label("menu_item_id"), menu.code, menu.name, menu.size,
            category.name.label("category"), func.sum(sold.c.units).label("units"),
            func.sum(sold.c.net_sales).label("net_sales"),
        )
        .join_from(sold, SITES, SITES.c.id == sold.c.site_id)
        .join(MENU_ITEMS, menu.id == sold.c.menu_item_id)
        .join(MENU_CATEGORIES, category.id == menu.category_id)
        .group_by(SITES.c.currency, menu.id, menu.code, menu.name, menu.size, category.name, category.sort_order)
        .order_by(category.sort_order, category.name, menu.sort_name, menu.code)
    )  # fmt: skip


def _part(currency: str, sites: Sequence[str], days: Sequence[Row], items: Sequence[Row], question: Question) -> Part:
    net, units = total(days, "net_sales"), total(items, "units")
    orders = sum(day["orders"] for day in days)
    figures = {
        "net_sales": net, "orders": orders, "units": units,
        "per_order": share(net, Decimal(orders)), "days_with_sales": len(days),
    }  # fmt: skip
    tables = {
        "categories": _categories(items, net),
        "items": tuple({**item, "share": share(item["net_sales"], net)} for item in items),
        "days": tuple(days),
        "weeks": _weeks(days, question),
    }
    return Part(currency, tuple(sites), figures, tables=tables)


def _categories(items: Sequence[Row], net: Decimal) -> tuple[Row, ...]:
    names: defaultdict[str, list[Row]] = defaultdict(list)
    for item in items:
        names[item["category"]].append(item)
    return tuple(
        {
            "category": name, "net_sales": total(rows, "net_sales"), "units": total(rows, "units"),
            "share": share(total(rows, "net_sales"), net),
        }
        for name, rows in names.items()
    )  # fmt: skip


def _weeks(days: Sequence[Row], question: Question) -> tuple[Row, ...]:
    weeks = []
    for week in weeks_in(question.period):
        inside = [day for day in days if day["day"] in week.days]
        weeks.append({
            "week": week.monday, "days_with_sales": len(inside), "net_sales": total(inside, "net_sales"),
            "orders": sum(day["orders"] for day in inside),
        })  # fmt: skip
    return tuple(weeks)


_NET, _SHARE = Column("net_sales", "Net sales"), Column("share", "Share of sales", Kind.RATIO)
_CATEGORY, _WITH_SALES = (
    Column("category", "Category", Kind.TEXT),
    Column("days_with_sales", "Days with sales", Kind.COUNT),
)
_ORDERS, _UNITS = Column("orders", "Orders", Kind.COUNT), Column("units", "Units sold", Kind.COUNT)
_SUMS = ("orders", "net_sales")

SALES = ReportSpec(
    name="sales",
    title="Sales",
    about="What was sold, by category, menu item, day and week.",
    parameters=(Parameter.PERIOD, Parameter.SITE),
    figures=(
        _NET, _ORDERS, _UNITS, Column("per_order", "Net sales per order"), _WITH_SALES,
    ),
    tables=(
        Table("categories", "By category", (_CATEGORY, _NET, _UNITS, _SHARE), ("net_sales", "units"), names=True),
        Table(
            "items", "By menu item",
            (
                Column("code", "Code", Kind.TEXT), Column("name", "Menu item", Kind.TEXT),
                Column("size", "Size", Kind.TEXT), _CATEGORY, _UNITS, _NET, _SHARE,
            ),
            ("units", "net_sales"),
        ),
        Table(
            "weeks", "By week", (Column("week", "Week from", Kind.DAY), _WITH_SALES, _ORDERS, _NET),
            (_WITH_SALES.key, *_SUMS),
        ),
        Table("days", "By day", (Column("day", "Business day", Kind.DAY), _ORDERS, _NET), _SUMS),
    ),
    formula=(
        "Net sales = the net amounts of all orders of the business days that were not voided, without tax.",
        "Units sold = the quantities of their lines. Share = net sales of the line / net sales.",
    ),
    permissions=("reports.view", "sales.view"),
    read=read_sales,
)  # fmt: skip

"""The sales report: what was sold, by category, by menu item, by day and by week."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
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
from ims_desktop.features.sales.tables import ORDER_ITEMS, ORDERS, TILL_PRODUCTS, UNMAPPED
from ims_desktop.features.sites.tables import SITES

# What was refunded or became known later is a part of an order, not one more.
ORDERS_COUNTED = func.count().filter(ORDERS.c.part_of_id.is_(None)).label("orders")


def read_sales(connection: Connection, question: Question) -> tuple[Part, ...]:
    """What was sold in the period, in one statement."""
    found = together(
        connection,
        sites=scope(question),
        days=sales_by_day(question),
        items=_items(question),
        unmapped=_unmapped(question),
    )
    days, items, unmapped = (by_currency(found[name]) for name in ("days", "items", "unmapped"))
    return tuple(
        _part(currency, sites, Sold(days[currency], items[currency], unmapped[currency]), question)
        for currency, sites in currencies(found["sites"], found["days"], found["unmapped"]).items()
    )


@dataclass(frozen=True, slots=True)
class Sold:
    """What was found in one currency: days, menu items, and what waits because nobody knows what it is."""

    days: Sequence[Row]
    items: Sequence[Row]
    unmapped: Sequence[Row]


def sales_by_day(question: Question) -> Select[Any]:
    """Net sales and orders of every business day of the period, by currency."""
    o, period = ORDERS.c, question.period
    days = (
        select(o.site_id, o.business_day, func.sum(o.net_total).label("net_sales"), ORDERS_COUNTED)
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


def _unmapped(question: Question) -> Select[Any]:
    """Sold lines of the period that wait for a menu item, by what the till calls them."""
    u, t, period = UNMAPPED.c, TILL_PRODUCTS.c, question.period
    lines, amount = func.count().label("lines"), func.sum(u.amount).label("amount")
    waiting = (
        select(u.site_id, u.till_product_id, lines, amount)
        .where(
            u.state == "WAITING", u.business_day.between(period.first, period.last), at_site(u.site_id, question)
        )
        .group_by(u.site_id, u.till_product_id)
        .subquery("waiting_lines")
    )  # fmt: skip
    return (
        select(
            SITES.c.currency,
            t.words,
            func.sum(waiting.c.lines).label("lines"),
            func.sum(waiting.c.amount).label("amount"),
        )
        .join_from(waiting, SITES, SITES.c.id == waiting.c.site_id)
        .join(TILL_PRODUCTS, t.id == waiting.c.till_product_id)
        .group_by(SITES.c.currency, t.words)
        .order_by(func.sum(waiting.c.amount).desc(), t.words)
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


def _part(currency: str, sites: Sequence[str], sold: Sold, question: Question) -> Part:
    days, items = sold.days, sold.items
    net, units, waiting = total(days, "net_sales"), total(items, "units"), total(sold.unmapped, "amount")
    orders = sum(day["orders"] for day in days)
    figures = {
        "net_sales": net, "orders": orders, "units": units,
        "per_order": share(net, Decimal(orders)), "days_with_sales": len(days),
        "unmapped": waiting, "coverage": share(net, net + waiting),
    }  # fmt: skip
    tables = {
        "categories": _categories(items, net),
        "items": tuple({**item, "share": share(item["net_sales"], net)} for item in items),
        "days": tuple(days),
        "weeks": _weeks(days, question),
        "unmapped_products": tuple(sold.unmapped),
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
        Column("coverage", "Coverage", Kind.RATIO), Column("unmapped", "Not mapped"),
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
        Table(
            "unmapped_products", "Sold, but not mapped",
            (
                Column("words", "Called by the till", Kind.TEXT), Column("lines", "Lines", Kind.COUNT),
                Column("amount", "As charged"),
            ),
            ("lines", "amount"),
        ),
    ),
    formula=(
        "Net sales = the net amounts of all orders of the business days that were not voided, without tax.",
        "Units sold = the quantities of their lines. Share = net sales of the line / net sales. Refunds are taken off.",
        "Coverage = net sales / (net sales + sold lines that wait for a menu item, as the till charged them).",
    ),
    permissions=("reports.view", "sales.view"),
    read=read_sales,
)  # fmt: skip

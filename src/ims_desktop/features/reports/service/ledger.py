"""Which movements are what: the few selects all reports about stock are made of.

Everything is summed by site and day first, in the order of an index, and only then joined, named and put into weeks.
A correction counts on its own day and as what the movement it corrects is: `cost_lines` are both alike. A reversal
carries the day, kind and reason of what it reverses, so plain sums are right.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from ims_desktop.features.items.tables import CATEGORIES, ITEMS
from ims_desktop.features.reports.rules import Question
from ims_desktop.features.sales.tables import ORDERS
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.stock.tables import COST_LINES, COSTS, REASONS

WASTE, FOOD, NEITHER = "WASTE", "COST_OF_FOOD", "NEITHER"
NOW, BEFORE, BETWEEN, AFTER = "now", "before", "between", "after"
# Every kind of movement is one of these.
SOLD = ("SALE", "CUSTOMER_RETURN")
BOUGHT = ("DELIVERY", "SUPPLIER_RETURN")
MOVED = ("TRANSFER_OUT", "TRANSFER_IN", "PRODUCTION", "MOVE")
WITH_REASON = ("WASTE", "ADJUSTMENT", "COUNT", "REVALUATION")


line = COST_LINES.c


def scope(question: Question) -> Select[Any]:
    """The sites the question is about, with currency and target."""
    chosen = select(SITES.c.id.label("site_id"), SITES.c.name, SITES.c.currency, SITES.c.food_cost_target).order_by(
        SITES.c.sort_name
    )
    return chosen if question.site is None else chosen.where(SITES.c.id == question.site)


def at_site(column: ColumnElement[Any], question: Question) -> ColumnElement[bool]:
    """Rows of the site asked for; of every site the person may see when none is."""
    return literal(True) if question.site is None else column == question.site


def asked_days(day: ColumnElement[Any], question: Question) -> ColumnElement[bool]:
    """The days of the period or of the one it is compared with."""
    before, period = question.before, question.period
    return and_(day.between(before.first, period.last), or_(day <= before.last, day >= period.first))


def span(day: ColumnElement[Any], question: Question) -> ColumnElement[str]:
    """Where a day lies: now, before, between the two, or after."""
    return case(
        (day > question.period.last, AFTER), (day >= question.period.first, NOW), (day <= question.before.last, BEFORE),
        else_=BETWEEN,
    )  # fmt: skip


def monday(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """The Monday of a day's week, in whole numbers: the year 1 began on one."""
    return day - type_coerce(day - date(1, 1, 1), Integer) % 7


def net_sales(question: Question) -> Select[Any]:
    """Net sales and orders by currency, period and week; refunds and later lines are parts of orders, not orders."""
    o = ORDERS.c
    orders = func.count().filter(o.part_of_id.is_(None)).label("orders")
    days = (
        select(o.site_id, o.business_day, func.sum(o.net_total).label("net"), orders)
        .where(asked_days(o.business_day, question), at_site(o.site_id, question), o.state == "CLOSED")
        .group_by(o.site_id, o.business_day)
        .subquery("sales_days")
    )
    return _by_week(days, question, func.sum(days.c.net).label("net"), func.sum(days.c.orders).label("orders"))


def flows(question: Question) -> Select[Any]:
    """Everything that changed the value of stock since the period before began, until today, by currency and week.

    `value` is all of it, `sold` what left with sales.
    """
    days = (
        select(
            line.site_id, line.business_day, func.sum(line.value).label("value"),
            func.sum(line.value).filter(line.kind.in_(SOLD)).label("sold"),
        )
        .where(line.business_day >= question.before.first, at_site(line.site_id, question))
        .group_by(line.site_id, line.business_day)
        .subquery("flow_days")
    )  # fmt: skip
    return _by_week(days, question, func.sum(days.c.value).label("value"), func.sum(days.c.sold).label("sold"))


def with_reason(question: Question, mark: str = "") -> CTE:
    """Waste, adjustments, count differences and revaluations by site, period, week, reason and item.

    With the class of the reason. Where one statement asks two questions, a `mark` keeps them apart.
    """
    r = REASONS.c
    when, week = span(line.business_day, question), monday(line.business_day)
    same = (line.site_id, when, week, line.reason_id, line.item_id)
    weeks = (
        select(
            line.site_id, when.label("span"), week.label("monday"), line.reason_id, line.item_id,
            func.sum(line.quantity).label("quantity"), func.sum(line.value).label("value"),
        )
        .where(
            line.kind.in_(WITH_REASON), asked_days(line.business_day, question), at_site(line.site_id, question)
        )
        .group_by(*same)
        .subquery("reasoned_weeks")
    )  # fmt: skip
    # A count difference without a reason of its own is cost of food sold.
    return (
        select(
            weeks, SITES.c.currency, func.coalesce(r.cost_class, FOOD).label("class"),
            func.coalesce(r.name, "Differences without a reason").label("reason"),
        )
        .join_from(weeks, SITES, SITES.c.id == weeks.c.site_id)
        .join(REASONS, weeks.c.reason_id == r.id, isouter=True)
        .cte(f"{mark}reasons")
    )  # fmt: skip


def reasons_by_week(found: CTE) -> Select[Any]:
    """What left with a reason, by currency, period, week and reason; costs are positive."""
    same = [found.c[name] for name in ("currency", "span", "monday", "class", "reason_id", "reason")]
    return select(*same, (-func.sum(found.c.value)).label("value")).group_by(*same)


def wasted_items(found: CTE) -> Select[Any]:
    """Waste by currency, period, item and reason; quantities and costs are positive."""
    i = ITEMS.c
    same = [found.c[name] for name in ("currency", "span", "item_id", "reason_id", "reason")]
    sums = ((-func.sum(found.c[name])).label(name) for name in ("quantity", "value"))
    wasted = select(*same, *sums).where(found.c["class"] == WASTE).group_by(*same).subquery("wasted")
    return (
        select(wasted, i.name.label("item"), i.base_unit.label("unit"), category_name().label("category"))
        .join_from(wasted, ITEMS, i.id == wasted.c.item_id)
        .join(CATEGORIES, CATEGORIES.c.id == i.category_id)
    )


def stock_now(question: Question) -> Select[Any]:
    """The value of stock at this moment, by currency."""
    return (
        select(SITES.c.currency, func.sum(COSTS.c.value).label("value"))
        .join_from(COSTS, SITES, SITES.c.id == COSTS.c.site_id)
        .where(at_site(COSTS.c.site_id, question))
        .group_by(SITES.c.currency)
    )


def category_name() -> ColumnElement[str]:
    """A category by its name; below another one as "Food › Dairy"."""
    parent = CATEGORIES.alias("parent_category")
    above = select(parent.c.name).where(parent.c.id == CATEGORIES.c.parent_id).correlate(CATEGORIES).scalar_subquery()
    return cast(func.concat_ws(" › ", above, CATEGORIES.c.name), Text)


def _by_week(days: Any, question: Question, *figures: Any) -> Select[Any]:
    when, week = span(days.c.business_day, question), monday(days.c.business_day)
    return (
        select(SITES.c.currency, when.label("span"), week.label("monday"), *figures)
        .join_from(days, SITES, SITES.c.id == days.c.site_id)
        .group_by(SITES.c.currency, when, week)
    )

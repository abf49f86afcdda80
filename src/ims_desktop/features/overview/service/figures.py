"""Sales, cost, waste and stock of the last day and week, and what was posted last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select

from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.work import read
from ims_desktop.features.overview.rules import Looking, looking_back
from ims_desktop.features.reports.rules import Question, weeks_in
from ims_desktop.features.reports.service import (
    Part,
    Row,
    by_currency,
    cost_parts,
    cost_selects,
    newest_day,
    sales_by_day,
    scope,
    together,
    total,
)
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.stock.tables import MEMBERS, POSTINGS

LATEST, COURSE = 5, "course_"


@dataclass(frozen=True)
class Ask:
    """For whom: `today` at the site, and whether sales and costs may be shown."""

    today: date
    site: UUID | None = None
    sales: bool = True
    costs: bool = True


@dataclass(frozen=True)
class Activity:
    """A posted document; `value` is None to those who may not see it."""

    id: UUID
    number: int
    kind: str
    site: str
    at: datetime
    by: str
    lines: int
    value: Decimal | None
    currency: str
    undoes: bool


@dataclass(frozen=True)
class DaySales:
    """Net sales and orders of a day or a week; nothing was sold where both are 0."""

    days: Period
    net: Decimal
    orders: int


@dataclass(frozen=True)
class Figures:
    """Of the currency with the most sales; the others are named, never added."""

    looking: Looking
    newest: date | None
    currency: str
    other_currencies: tuple[str, ...]
    day: DaySales
    day_before: DaySales
    weeks: tuple[DaySales, ...]
    cost: Part | None
    course: tuple[Row, ...]  # cost, waste and stock of the same weeks
    latest: tuple[Activity, ...]


@read
def figures(connection: Connection, ask: Ask) -> Figures:
    """Everything the cards, the chart and the list of postings show: one statement after the last day is known."""
    newest = newest_day(connection, ask.site)
    looking = looking_back(ask.today, newest)
    week = Question(looking.week, looking.week_before, ask.site)
    weeks = Question(looking.weeks, looking.weeks.before(), ask.site)
    selects = {"sites": scope(week), "latest": _latest(ask)}
    if ask.costs:
        selects |= cost_selects(week) | cost_selects(weeks, COURSE)
    if ask.sales:
        selects["by_day"] = sales_by_day(weeks)
    found = together(connection, **selects)
    sold = by_currency(found.get("by_day", ()))
    known = sorted({row["currency"] for row in found["sites"]}, key=lambda one: (-total(sold[one], "net_sales"), one))
    currency = known[0] if known else ""
    cost = _of(currency, cost_parts(found, week)) if ask.costs else None
    course = _of(currency, cost_parts(found, weeks, COURSE)) if ask.costs else None
    days = sold[currency]
    return Figures(
        looking, newest, currency, tuple(known[1:]),
        _sales(days, Period(looking.day, looking.day)),
        _sales(days, Period(looking.same_day_before, looking.same_day_before)),
        tuple(_sales(days, one.days) for one in weeks_in(looking.weeks)),
        cost,
        course.tables["weeks"] if course else (),
        tuple(Activity(**row) for row in found["latest"]),
    )  # fmt: skip


def _of(currency: str, parts: Sequence[Part]) -> Part | None:
    return next((part for part in parts if part.currency == currency), None)


def _sales(days: Sequence[Row], period: Period) -> DaySales:
    inside = [day for day in days if day["day"] in period]
    return DaySales(period, total(inside, "net_sales"), sum(day["orders"] for day in inside))


def _latest(ask: Ask) -> Select[Any]:
    p = POSTINGS.c
    statement = (
        select(
            p.id, p.number, p.kind, SITES.c.name.label("site"), p.effective_at.label("at"),
            func.coalesce(MEMBERS.c.display_name, "").label("by"), p.line_count.label("lines"),
            p.worth.label("value"), SITES.c.currency,
            p.reverses_id.is_not(None).label("undoes"),
        )
        .join_from(POSTINGS, SITES, SITES.c.id == p.site_id)
        .join(MEMBERS, MEMBERS.c.id == p.posted_by, isouter=True)
        .order_by(p.effective_at.desc(), p.id.desc())
        .limit(LATEST)
    )  # fmt: skip
    return statement if ask.site is None else statement.where(p.site_id == ask.site)

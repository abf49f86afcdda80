"""Which reports there are, and how one is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, true

from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.wording import say
from ims_desktop.domain.work import read
from ims_desktop.features.reports.rules import Question, Span, ending, last_day
from ims_desktop.features.reports.service.cost_and_waste import COST_AND_WASTE
from ims_desktop.features.reports.service.engineering import ENGINEERING, Standing, read_standing
from ims_desktop.features.reports.service.sales import SALES
from ims_desktop.features.reports.service.stock_value import STOCK_VALUE
from ims_desktop.features.reports.service.usage import USAGE
from ims_desktop.features.reports.service.values import Report, ReportSpec
from ims_desktop.features.reports.service.waste import WASTE_REPORT
from ims_desktop.features.sales.tables import ORDERS
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.stock.tables import MOVEMENTS

REPORTS: Mapping[str, ReportSpec] = {
    spec.name: spec for spec in (SALES, ENGINEERING, COST_AND_WASTE, WASTE_REPORT, STOCK_VALUE, USAGE)
}


@dataclass(frozen=True)
class Choice:
    """What a page asks for: a span that ends by itself, or a period somebody chose; `today` at the site."""

    report: str
    over: Span | Period
    today: date
    site: UUID | None = None


def find_report(name: str) -> ReportSpec:
    """The report of a name; an unknown name is answered with those there are."""
    if name not in REPORTS:
        known = ", ".join(REPORTS)
        raise UserError(
            say("There is no report {name}. Choose one of {known}.", name=name, known=known),
            [Problem("Unknown report.", "name")],
        )
    return REPORTS[name]


@read
def read_report(connection: Connection, name: str, question: Question) -> Report:
    """A report, in one statement."""
    spec = find_report(name)
    return Report(spec, question, spec.read(connection, question))


@read
def read_choice(connection: Connection, choice: Choice) -> Report:
    """A report over a span that ends with the last business day that has data when nothing has happened lately."""
    question, spec = _question(connection, choice), find_report(choice.report)
    return Report(spec, question, spec.read(connection, question))


@read
def standing_of(connection: Connection, menu_item: UUID, choice: Choice) -> Standing | None:
    """Where a dish stands in menu engineering over the same days as the report; None: it was not sold in them."""
    return read_standing(connection, menu_item, _question(connection, choice))


def _question(connection: Connection, choice: Choice) -> Question:
    if isinstance(choice.over, Period):
        return Question.about(choice.over, choice.site)
    newest = newest_day(connection, choice.site)
    period, before = ending(choice.over, last_day(choice.over, choice.today, newest))
    return Question(period, before, choice.site)


@read
def newest_day(connection: Connection, site: UUID | None = None) -> date | None:
    """The last business day on which anything was sold or moved, found at the end of two indexes of each site.

    What is planned for a later day has not been sold yet.
    """
    days = [
        select(table.c.business_day)
        .where(table.c.site_id == SITES.c.id, happened)
        .order_by(table.c.business_day.desc())
        .limit(1)
        .correlate(SITES)
        .scalar_subquery()
        for table, happened in ((ORDERS, ORDERS.c.state == "CLOSED"), (MOVEMENTS, true()))
    ]
    newest: Any = select(func.max(func.greatest(*days)))
    if site is not None:
        newest = newest.where(SITES.c.id == site)
    found: date | None = connection.execute(newest.select_from(SITES)).scalar_one()
    return found

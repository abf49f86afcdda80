"""The two reports, over a month and over a year."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bench.case import Case
from bench.cases.lists import kitchen, reads, selects
from bench.world import World
from ims_desktop.domain.business_calendar import Period
from ims_desktop.features.reports import service as reports


def _question(days: int) -> reports.Question:
    """The last so many days, beside as many before."""
    last = datetime.now(UTC).date() - timedelta(days=1)
    return reports.Question.about(Period(last - timedelta(days=days - 1), last))


def _sent(days: int) -> dict[str, Any]:
    asked = _question(days)
    return {"first": asked.period.first, "last": asked.period.last, "before": asked.before.first}


def _case(name: str, what: str, report: str, floor: str, days: int) -> Case:
    def asked(_world: World) -> reports.Question:
        return _question(days)

    return Case(
        name,
        what,
        selects(kitchen, floor, lambda _world: _sent(days)),
        reads(kitchen, reports.read_report, lambda _world: report, asked),
        target=2,
        rounds=9,
    )


CASES = (
    _case("sales-month", "Sales report, a month", "sales", "report_sales", 30),
    _case("sales-year", "Sales report, a year", "sales", "report_sales", 365),
    _case("cost-month", "Cost and waste, a month", "cost-and-waste", "report_cost", 30),
    _case("cost-year", "Cost and waste, a year", "cost-and-waste", "report_cost", 365),
)

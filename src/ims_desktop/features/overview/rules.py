"""Which day the first page looks at, and what it compares."""

from dataclasses import dataclass
from datetime import date, timedelta

from ims_desktop.domain.business_calendar import Period, week_of

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
WEEKS_SHOWN = 8


@dataclass(frozen=True)
class Looking:
    """The last whole business day, its week so far and the weeks before it."""

    day: date

    @property
    def same_day_before(self) -> date:
        """The same weekday a week earlier."""
        return self.day - _WEEK

    @property
    def week(self) -> Period:
        """The week of the day, up to the day."""
        return Period(week_of(self.day).first, self.day)

    @property
    def week_before(self) -> Period:
        """The same weekdays of the week before."""
        return Period(self.week.first - _WEEK, self.day - _WEEK)

    @property
    def weeks(self) -> Period:
        """The weeks of the chart, the last one up to the day."""
        return Period(self.week.first - (WEEKS_SHOWN - 1) * _WEEK, self.day)


def looking_back(today: date, newest: date | None) -> Looking:
    """Yesterday, the last day that is over; earlier when nothing has been recorded since."""
    yesterday = today - _DAY
    return Looking(yesterday if newest is None else min(newest, yesterday))

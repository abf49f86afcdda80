"""Days that people ask for by a name, such as this week: a range that moves on with the calendar."""

from datetime import date, timedelta
from enum import StrEnum

from ims_desktop.domain.business_calendar import Period, week_of

_DAY = timedelta(days=1)


class MovingDays(StrEnum):
    """A range of days that is meant from today."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this week"
    LAST_7_DAYS = "last 7 days"
    LAST_30_DAYS = "last 30 days"
    THIS_MONTH = "this month"
    LAST_MONTH = "last month"

    def on(self, today: date) -> Period:
        """The days it means today."""
        month = today.replace(day=1)
        return {
            MovingDays.TODAY: Period(today, today),
            MovingDays.YESTERDAY: Period(today - _DAY, today - _DAY),
            MovingDays.THIS_WEEK: Period(week_of(today).first, today),
            MovingDays.LAST_7_DAYS: Period(today - 6 * _DAY, today),
            MovingDays.LAST_30_DAYS: Period(today - 29 * _DAY, today),
            MovingDays.THIS_MONTH: Period(month, today),
            MovingDays.LAST_MONTH: Period((month - _DAY).replace(day=1), month - _DAY),
        }[self]

"""Business days, weeks and periods: the days by which a restaurant is run.

A business day is the site's local date, except that the hours after midnight and before the cut-over still belong to
the evening before (domain: business day). Instants are kept in UTC; days are what people and reports talk about.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MIDNIGHT = time(0)
_DAY = timedelta(days=1)


def business_day(instant: datetime, zone: ZoneInfo, cut_over: time = MIDNIGHT) -> date:
    """The business day to which an instant (with a time zone) belongs at a site."""
    return business_day_of_local(instant.astimezone(zone).replace(tzinfo=None), cut_over)


def business_day_of_local(local: datetime, cut_over: time = MIDNIGHT) -> date:
    """The business day of a local time without a zone, as tills write it."""
    return local.date() - _DAY if local.time() < cut_over else local.date()


def instant_of(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local time: the earlier one where clocks go back, moved on where they go forward."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def opening_of(day: date, zone: ZoneInfo, cut_over: time = MIDNIGHT) -> datetime:
    """The UTC instant at which a business day begins; it ends where the next one begins."""
    return instant_of(datetime.combine(day, cut_over), zone)


@dataclass(frozen=True, slots=True)
class Period:
    """Business days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a period cannot end ({self.last}) before it begins ({self.first})")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[date]:
        return (self.first + number * _DAY for number in range(len(self)))

    @property
    def is_whole_months(self) -> bool:
        """Whether it begins with a month and ends with one."""
        return self.first.day == 1 and (self.last + _DAY).day == 1

    def before(self) -> "Period":
        """The period to compare with: as many months before whole months, otherwise as many days."""
        last = self.first - _DAY
        if not self.is_whole_months:
            return Period(self.first - len(self) * _DAY, last)
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        return Period(_months_later(last.replace(day=1), -months), last)

    def instants(self, zone: ZoneInfo, cut_over: time = MIDNIGHT) -> tuple[datetime, datetime]:
        """The UTC instants from which and before which movements belong to the period at a site."""
        return opening_of(self.first, zone, cut_over), opening_of(self.last + _DAY, zone, cut_over)


def week_of(day: date, first_weekday: int = 0) -> Period:
    """The week of a day; weeks begin on `first_weekday` (Monday is 0)."""
    first = day - (day.weekday() - first_weekday) % 7 * _DAY
    return Period(first, first + 6 * _DAY)


def month_of(day: date) -> Period:
    """The calendar month of a day."""
    return _months(day.replace(day=1), 1)


def quarter_of(day: date) -> Period:
    """The calendar quarter of a day."""
    return _months(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), 3)


def year_of(day: date) -> Period:
    """The calendar year of a day."""
    return _months(date(day.year, 1, 1), 12)


def _months(first: date, number: int) -> Period:
    return Period(first, _months_later(first, number) - _DAY)


def _months_later(first: date, months: int) -> date:
    """The first day of the month that comes `months` later."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)

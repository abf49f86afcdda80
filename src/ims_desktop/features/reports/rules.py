"""What a report is asked about, and the arithmetic all reports share."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID

from ims_desktop.domain.business_calendar import Period, week_of
from ims_desktop.domain.numbers import EXACT

_DAY = timedelta(days=1)
RATIO_PLACES = Decimal("0.000001")
POPULAR = Decimal("0.7")  # of what a dish would sell if all of its category sold alike


class Span(Enum):
    """The periods a page offers; weeks begin on Monday and the last one may still be running."""

    FOUR_WEEKS = "4 weeks"
    TWELVE_WEEKS = "12 weeks"
    SIX_MONTHS = "6 months"
    YEAR = "Year"


_WEEKS = {Span.FOUR_WEEKS: 4, Span.TWELVE_WEEKS: 12}
_MONTHS = {Span.SIX_MONTHS: 6, Span.YEAR: 12}


@dataclass(frozen=True)
class Question:
    """What to report on: a period, the period to compare with, and one site or all of them."""

    period: Period
    before: Period
    site: UUID | None = None

    @classmethod
    def about(cls, period: Period, site: UUID | None = None) -> "Question":
        """A period somebody chose freely, beside as much time before it."""
        return cls(period, period.before(), site)


@dataclass(frozen=True)
class Week:
    """A week as far as it lies inside a period."""

    monday: date
    days: Period

    @property
    def is_whole(self) -> bool:
        """Whether all seven days lie inside the period."""
        return len(self.days) == 7


def ending(span: Span, last: date) -> tuple[Period, Period]:
    """The period of a span that ends with a day, and the one to compare it with: the same weekdays or dates before."""
    if span in _WEEKS:
        weeks = _WEEKS[span]
        period = Period(week_of(last).first - (weeks - 1) * 7 * _DAY, last)
        shift = weeks * 7 * _DAY
        return period, Period(period.first - shift, period.last - shift)
    first = months_earlier(last + _DAY, _MONTHS[span])
    return Period(first, last), Period(months_earlier(first, _MONTHS[span]), first - _DAY)


def last_day(span: Span, today: date, newest: date | None) -> date:
    """Where a span ends: today, unless nothing has happened in it; then the last day on which something has."""
    if newest is None or newest >= ending(span, today)[0].first:
        return today
    return newest


def months_earlier(day: date, months: int) -> date:
    """The same day of an earlier month, or the last one that month has."""
    number = day.year * 12 + day.month - 1 - months
    first = date(number // 12, number % 12 + 1, 1)
    length = (date((number + 1) // 12, (number + 1) % 12 + 1, 1) - first).days
    return first.replace(day=min(day.day, length))


def weeks_in(period: Period) -> Iterator[Week]:
    """The weeks of a period, the first and the last as far as they lie inside it."""
    monday = week_of(period.first).first
    while monday <= period.last:
        sunday = monday + 6 * _DAY
        yield Week(monday, Period(max(monday, period.first), min(sunday, period.last)))
        monday += 7 * _DAY


def share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """A part of a whole as a ratio; unknown where there is no whole."""
    if part is None or not whole:
        return None
    return EXACT.divide(part, whole).quantize(RATIO_PLACES)


def change(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """The change against the period before as a ratio; unknown where there was nothing to compare with."""
    if now is None or not before:
        return None
    return EXACT.divide(now - before, abs(before)).quantize(RATIO_PLACES)


@dataclass(frozen=True)
class DishSales:
    """How many of a dish were sold, and what they left after what their plates cost; None: the cost is not known."""

    units: Decimal
    contribution: Decimal | None

    @property
    def of_one(self) -> Decimal | None:
        """What one of it leaves."""
        return share(self.contribution, self.units)


class DishClass(Enum):
    """What menu engineering calls a dish, by how well it sells and how much it leaves within its category."""

    STAR = "Star"  # sells well, leaves much
    PLOWHORSE = "Plowhorse"  # sells well, leaves little
    PUZZLE = "Puzzle"  # sells badly, leaves much
    DOG = "Dog"  # sells badly, leaves little


def dish_classes(category: Sequence[DishSales]) -> tuple[DishClass | None, ...]:
    """The class of every dish of one category; None where its cost is not known.

    Popular: more than 0.7 of an even share of what the category sold. High margin: one of it leaves more than one of
    the category does on average.
    """
    units = sum((dish.units for dish in category), Decimal(0))
    average = average_contribution(category)
    popular = POPULAR * units / len(category) if category else Decimal(0)
    return tuple(_class_of(dish, popular, average) for dish in category)


def average_contribution(category: Sequence[DishSales]) -> Decimal | None:
    """What one dish of the category leaves on average, among those whose cost is known."""
    known = [dish for dish in category if dish.contribution is not None]
    left = sum((dish.contribution or Decimal(0) for dish in known), Decimal(0))
    return share(left, sum((dish.units for dish in known), Decimal(0)))


def _class_of(dish: DishSales, popular: Decimal, average: Decimal | None) -> DishClass | None:
    if dish.of_one is None or average is None:
        return None
    if dish.of_one > average:
        return DishClass.STAR if dish.units > popular else DishClass.PUZZLE
    return DishClass.PLOWHORSE if dish.units > popular else DishClass.DOG

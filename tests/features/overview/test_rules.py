from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.business_calendar import Period
from ims_desktop.features.overview.rules import WEEKS_SHOWN, Looking, looking_back

DAYS = st.dates(date(2001, 1, 1), date(2090, 12, 31))


def test_it_looks_at_yesterday_because_today_is_not_over() -> None:
    today = date(2026, 11, 20)
    assert looking_back(today, today).day == date(2026, 11, 19)
    assert looking_back(today, None).day == date(2026, 11, 19)


def test_it_looks_at_the_last_day_with_anything_when_nothing_came_since() -> None:
    assert looking_back(date(2026, 11, 20), date(2015, 12, 31)).day == date(2015, 12, 31)


def test_the_week_so_far_is_compared_with_the_same_weekdays() -> None:
    looking = Looking(date(2015, 12, 31))
    assert looking.week == Period(date(2015, 12, 28), date(2015, 12, 31))
    assert looking.week_before == Period(date(2015, 12, 21), date(2015, 12, 24))
    assert looking.same_day_before == date(2015, 12, 24)


@given(DAYS)
def test_the_chart_shows_whole_weeks_and_the_one_under_way(day: date) -> None:
    weeks = Looking(day).weeks
    assert weeks.first.weekday() == 0
    assert weeks.last == day
    assert (WEEKS_SHOWN - 1) * 7 < len(weeks) <= WEEKS_SHOWN * 7
    assert weeks.first + timedelta(weeks=WEEKS_SHOWN - 1) == Looking(day).week.first

"""Business days, periods, and the periods before them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.business_calendar import (
    Period,
    business_day,
    business_day_of_local,
    instant_of,
    month_of,
    opening_of,
    quarter_of,
    week_of,
    year_of,
)

NEW_YORK, ROME = ZoneInfo("America/New_York"), ZoneInfo("Europe/Rome")
FOUR = time(4)

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def test_after_midnight_is_still_the_evening_before() -> None:
    assert business_day_of_local(datetime(2015, 6, 2, 0, 24), FOUR) == date(2015, 6, 1)
    assert business_day_of_local(datetime(2015, 6, 2, 4, 0), FOUR) == date(2015, 6, 2)
    assert business_day_of_local(datetime(2015, 6, 2, 0, 24)) == date(2015, 6, 2)


def test_the_same_instant_is_another_day_elsewhere() -> None:
    instant = datetime(2015, 6, 2, 5, 30, tzinfo=UTC)
    assert business_day(instant, NEW_YORK, FOUR) == date(2015, 6, 1)
    assert business_day(instant, ROME, FOUR) == date(2015, 6, 2)


def test_the_days_on_which_clocks_change() -> None:
    missing = datetime(2015, 3, 8, 2, 30)
    assert instant_of(missing, NEW_YORK) == datetime(2015, 3, 8, 7, 30, tzinfo=UTC)
    twice = datetime(2015, 11, 1, 1, 30)
    assert instant_of(twice, NEW_YORK) == datetime(2015, 11, 1, 5, 30, tzinfo=UTC)
    long_day = Period(date(2015, 11, 1), date(2015, 11, 1)).instants(NEW_YORK)
    assert long_day[1] - long_day[0] == timedelta(hours=25)


@given(days, st.sampled_from([NEW_YORK, ROME, ZoneInfo("Asia/Kolkata")]), st.sampled_from([time(0), FOUR, time(5, 30)]))
def test_a_day_runs_from_its_opening_to_the_next(day: date, zone: ZoneInfo, cut_over: time) -> None:
    start, end = Period(day, day).instants(zone, cut_over)
    assert start == opening_of(day, zone, cut_over)
    assert business_day(start, zone, cut_over) == day
    assert business_day(end - timedelta(seconds=1), zone, cut_over) == day
    assert business_day(end, zone, cut_over) == day + timedelta(days=1)


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (month_of(date(2015, 3, 17)), Period(date(2015, 2, 1), date(2015, 2, 28))),
        (month_of(date(2016, 1, 1)), month_of(date(2015, 12, 1))),
        (quarter_of(date(2015, 2, 2)), Period(date(2014, 10, 1), date(2014, 12, 31))),
        (year_of(date(2016, 5, 5)), year_of(date(2015, 1, 1))),
        (week_of(date(2015, 1, 1)), Period(date(2014, 12, 22), date(2014, 12, 28))),
        (Period(date(2015, 1, 10), date(2015, 1, 10)), Period(date(2015, 1, 9), date(2015, 1, 9))),
    ],
)
def test_the_period_before(period: Period, before: Period) -> None:
    assert period.before() == before


def test_weeks_begin_where_the_restaurant_says() -> None:
    assert week_of(date(2015, 1, 1)) == Period(date(2014, 12, 29), date(2015, 1, 4))
    assert week_of(date(2015, 1, 1), first_weekday=6) == Period(date(2014, 12, 28), date(2015, 1, 3))


@given(days)
def test_periods_hold_their_day_and_join_without_a_gap(day: date) -> None:
    for period in (week_of(day), month_of(day), quarter_of(day), year_of(day)):
        assert day in period
        assert len(list(period)) == len(period)
        assert period.before().last + timedelta(days=1) == period.first


def test_a_period_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        Period(date(2015, 1, 2), date(2015, 1, 1))

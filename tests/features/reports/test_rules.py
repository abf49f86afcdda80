from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.business_calendar import Period
from ims_desktop.features.reports.rules import (
    DishClass,
    DishSales,
    Question,
    Span,
    average_contribution,
    change,
    dish_classes,
    ending,
    last_day,
    months_earlier,
    share,
    weeks_in,
)

DAYS = st.dates(date(2000, 2, 1), date(2090, 12, 31))
A_WEEK = timedelta(days=7)


def test_four_weeks_are_the_running_week_and_three_whole_ones_beside_the_same_weekdays() -> None:
    period, before = ending(Span.FOUR_WEEKS, date(2015, 12, 31))  # a Thursday
    assert period == Period(date(2015, 12, 7), date(2015, 12, 31))
    assert before == Period(date(2015, 11, 9), date(2015, 12, 3))


def test_a_year_and_six_months_end_with_the_day_and_stand_beside_the_months_before() -> None:
    assert ending(Span.YEAR, date(2015, 12, 31)) == (
        Period(date(2015, 1, 1), date(2015, 12, 31)),
        Period(date(2014, 1, 1), date(2014, 12, 31)),
    )
    period, before = ending(Span.SIX_MONTHS, date(2026, 11, 20))
    assert period == Period(date(2026, 5, 21), date(2026, 11, 20))
    assert before == Period(date(2025, 11, 21), date(2026, 5, 20))


@given(st.sampled_from(Span), DAYS)
def test_the_period_before_ends_before_the_period_begins_and_is_about_as_long(span: Span, last: date) -> None:
    period, before = ending(span, last)
    assert period.last == last
    assert before.last < period.first
    assert abs(len(period) - len(before)) <= 4  # months differ by their days


@given(st.sampled_from([Span.FOUR_WEEKS, Span.TWELVE_WEEKS]), DAYS)
def test_weeks_are_compared_weekday_by_weekday(span: Span, last: date) -> None:
    period, before = ending(span, last)
    assert period.first.weekday() == before.first.weekday() == 0
    assert period.last.weekday() == before.last.weekday()
    assert len(period) == len(before)


@given(DAYS, DAYS)
def test_the_weeks_of_a_period_are_its_days_without_gap_or_overlap(one: date, other: date) -> None:
    period = Period(min(one, other), min(max(one, other), min(one, other) + 100 * A_WEEK))
    weeks = list(weeks_in(period))
    assert [day for week in weeks for day in week.days] == list(period)
    assert all(week.monday.weekday() == 0 and week.monday <= week.days.first for week in weeks)
    assert all(week.is_whole for week in weeks[1:-1])


def test_a_span_ends_today_while_something_happened_in_it_and_with_the_last_day_that_has_something_otherwise() -> None:
    today = date(2026, 11, 20)
    assert last_day(Span.TWELVE_WEEKS, today, date(2015, 12, 31)) == date(2015, 12, 31)
    assert last_day(Span.TWELVE_WEEKS, today, date(2026, 10, 1)) == today
    assert last_day(Span.YEAR, today, None) == today


def test_a_month_earlier_than_its_31st_is_its_last_day() -> None:
    assert months_earlier(date(2024, 3, 31), 1) == date(2024, 2, 29)
    assert months_earlier(date(2024, 1, 15), 1) == date(2023, 12, 15)


def test_what_cannot_be_compared_is_unknown_and_not_zero() -> None:
    assert share(Decimal(5), Decimal(0)) is None
    assert share(Decimal(1), Decimal(3)) == Decimal("0.333333")
    assert change(Decimal(5), Decimal(0)) is None
    assert change(Decimal(118), Decimal(100)) == Decimal("0.18")
    assert change(Decimal(-1), Decimal(-2)) == Decimal("0.5")


def test_a_chosen_period_is_compared_with_as_much_time_before_it() -> None:
    question = Question.about(Period(date(2015, 3, 1), date(2015, 3, 31)))
    assert question.before == Period(date(2015, 2, 1), date(2015, 2, 28))


def test_a_dish_is_popular_above_seven_tenths_of_an_even_share_and_dear_above_the_average_of_one() -> None:
    # 100 sold of 4 dishes: popular above 17.5. They left 300: 3 for one.
    sold = [("40", "160"), ("30", "60"), ("17.5", "78"), ("12.5", "2")]
    dishes = [DishSales(Decimal(units), Decimal(left)) for units, left in sold]
    assert average_contribution(dishes) == Decimal(3)
    assert dish_classes(dishes) == (DishClass.STAR, DishClass.PLOWHORSE, DishClass.PUZZLE, DishClass.DOG)


def test_a_dish_without_a_cost_has_no_class_but_counts_in_what_was_sold() -> None:
    known, unknown = DishSales(Decimal(1), Decimal(5)), DishSales(Decimal(99), None)
    assert dish_classes((known, unknown)) == (DishClass.DOG, None)
    assert dish_classes(()) == ()
    assert average_contribution((unknown,)) is None

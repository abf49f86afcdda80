"""Numbers and dates are written and read as the place does it."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from time import thread_time
from timeit import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.errors import UserError
from ims_desktop.ui.formats import Formats

BRITISH, GERMAN, INDIAN, FRENCH = Formats("en_GB"), Formats("de_DE"), Formats("en_IN"), Formats("fr_FR")


def test_minus_is_a_true_minus_and_unknown_a_dash():
    assert BRITISH.number(Decimal("-1234.5"), 2) == "−1,234.50"
    assert BRITISH.number(None) == "—"
    assert BRITISH.money(None) == BRITISH.quantity(None, "kg") == BRITISH.percent(None) == "—"


def test_what_rounds_to_nothing_is_not_negative():
    assert BRITISH.number(Decimal("-0.001"), 2) == "0.00"
    assert INDIAN.number(Decimal("-0.001"), 2) == "0.00"


def test_grouping_follows_the_place():
    assert GERMAN.number(Decimal("1234567.5"), 1) == "1.234.567,5"
    assert INDIAN.number(Decimal("-1234567.5"), 2) == "−12,34,567.50"


def test_percent_takes_a_ratio_and_plus_is_only_for_what_is_positive():
    assert BRITISH.percent(Decimal("0.298")) == "29.8%"
    assert BRITISH.percent(Decimal("0.05"), 1, True) == "+5.0%"
    assert BRITISH.number(0, 0, True) == "0"


def test_currency_decides_the_decimals():
    assert Formats("en_GB", "JPY").money(Decimal("1200"), currency=True) == "1,200 JPY"
    assert BRITISH.money(Decimal("18204.55"), currency=True) == "18,204.55 EUR"


def test_moments_are_told_on_the_clock_of_the_site():
    lisbon = Formats("en_GB", zone="America/New_York")
    now = datetime.now(UTC)
    assert lisbon.moment(now) == f"Today, {now.astimezone(lisbon.zone):%H:%M}"
    assert lisbon.moment(datetime(2019, 1, 1, 2, 30, tzinfo=UTC)) == "31 Dec 2018, 21:30"
    other = now.astimezone(lisbon.zone) - timedelta(days=1)
    if other.year == now.year:
        assert str(now.year) not in lisbon.moment(other)


@pytest.mark.parametrize(
    ("formats", "typed", "meant"),
    [
        (BRITISH, "1,234.5", "1234.5"), (BRITISH, " -3 ", "-3"), (BRITISH, "−3", "-3"), (GERMAN, "1.234,5", "1234.5"),
        (GERMAN, "0,5", "0.5"), (FRENCH, "1 234,5", "1234.5"), (Formats("pl_PL"), "1 234,5", "1234.5"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_typed(formats: Formats, typed: str, meant: str):
    assert formats.parse_number(typed) == Decimal(meant)


@pytest.mark.parametrize(
    ("formats", "typed"), [(GERMAN, "1.5"), (BRITISH, "one"), (BRITISH, "1,5"), (BRITISH, "NaN"), (BRITISH, "")]
)
def test_doubtful_numbers_are_refused_with_an_example(formats: Formats, typed: str):
    with pytest.raises(UserError, match="Write it like"):
        formats.parse_number(typed)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_every_number_written_is_read_back(value: Decimal):
    for formats in (BRITISH, GERMAN, INDIAN, FRENCH):
        assert formats.parse_number(formats.number(value, 3)) == value
        assert formats.parse_number(formats.typed_number(value)) == value


def test_dates_and_times_are_read_in_the_order_of_the_place():
    assert BRITISH.parse_date("3/4/2026") == date(2026, 4, 3)
    assert Formats("en_US").parse_date("3/4/2026") == date(2026, 3, 4)
    assert GERMAN.parse_date("2026-11-16") == date(2026, 11, 16)
    assert BRITISH.parse_time("730") == BRITISH.parse_time("7:30") == time(7, 30)
    for refused in ("31/31/2026", "soon"):
        with pytest.raises(UserError, match="is not a date"):
            BRITISH.parse_date(refused)
    with pytest.raises(UserError, match="time of day"):
        BRITISH.parse_time("25:00")


def test_a_cell_takes_less_than_10_microseconds():
    value = Decimal("1234.5")
    taken = repeat(lambda: BRITISH.number(value, 2), timer=thread_time, number=2_000)
    assert min(taken) / 2_000 < 10e-6, "of this thread's own time: others may have much to do"


def test_what_rounds_to_nothing_has_no_plus():
    formats = Formats()
    assert formats.percent(Decimal("0.0004"), 0, signed=True) == "0%"
    assert formats.number(Decimal("0.001"), 2, signed=True) == "0.00"
    assert formats.percent(Decimal("0.006"), 0, signed=True) == "+1%"

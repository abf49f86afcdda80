"""Numbers, amounts, dates and times as files write them."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.file_values import (
    DateOrder,
    decimal_sign_of,
    order_of_dates,
    read_money,
    read_signed,
    read_time,
    read_when,
)
from ims_desktop.domain.numbers import NotANumber


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$45.00", "45"),
        ("-$5.00", "-5"),
        ("$-5.00", "-5"),
        ("(5.00)", "-5"),
        ("($1,234.50)", "-1234.5"),
        ("5.00-", "-5"),
        ("−3.50 €", "-3.5"),
        ("12.50 USD", "12.5"),
        ("EUR 12.50", "12.5"),
        ("1 234.50", "1234.5"),
        ("0", "0"),
    ],
)
def test_money(text: str, amount: str) -> None:
    assert read_money(text, ".") == Decimal(amount)


@pytest.mark.parametrize("text", ["", "one", "2x", "$", "1.2.3", "12 34", "(5.00", "5.00)", "--5", "1e3", "nan"])
def test_no_money(text: str) -> None:
    with pytest.raises(NotANumber):
        read_money(text, ".")


def test_the_other_decimal_sign_is_told_apart_from_nonsense() -> None:
    with pytest.raises(NotANumber) as wrong:
        read_money("€ 12,50", ".")
    assert wrong.value.other_sign
    assert read_money("€ 1.212,50", ",") == Decimal("1212.5")


@given(st.decimals(-(10**6), 10**6, places=2), st.sampled_from(".,"), st.sampled_from(["{}", "€ {}", "{} EUR", "${}"]))
def test_amounts_read_back(amount: Decimal, sign: str, form: str) -> None:
    text = f"{amount:,}".translate({ord("."): sign, ord(","): "." if sign == "," else ","})
    assert read_money(form.format(text), sign) == amount
    assert read_signed(text, sign) == amount


@pytest.mark.parametrize(
    ("texts", "sign", "sure"),
    [
        (["1.50", "2.75", "3"], ".", True),
        (["1,50", "2,75", "3"], ",", True),
        (["1.234,50"], ",", True),
        (["1,234,567"], ".", True),
        (["1,234"], ".", False),
        (["1,234", "0,5"], ",", True),
        (["0.250"], ".", True),
        (["1", "2"], ".", True),
        (["$1.50", "€ 1,50", "€ 2,50"], ",", True),
        (["1.50", "1,50"], ".", False),
        ([], ".", True),
    ],
)
def test_the_decimal_sign_of_a_column(texts: list[str], sign: str, sure: bool) -> None:
    found = decimal_sign_of(texts)
    assert (found.value, found.sure) == (sign, sure)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2015-03-30", date(2015, 3, 30)),
        ("2015/3/30", date(2015, 3, 30)),
        ("20150330", date(2015, 3, 30)),
        ("30.03.2015", date(2015, 3, 30)),
        ("30. 3. 2015", date(2015, 3, 30)),
        ("3/30/15", date(2015, 3, 30)),
        ("Mar 30, 2015", date(2015, 3, 30)),
        ("30 marzo 2015", date(2015, 3, 30)),
        ("30-Mar-15", date(2015, 3, 30)),
        ("30. März 2015", date(2015, 3, 30)),
        ("Mon, Mar 30, 2015", date(2015, 3, 30)),
        ("March 30th, 2015", date(2015, 3, 30)),
        ("5/5/99", date(1999, 5, 5)),
    ],
)
def test_dates_that_say_themselves(text: str, day: date) -> None:
    when = read_when(text)
    assert when is not None
    assert not when.dates.ambiguous
    assert when.dates.under(None) == day


def test_a_date_that_could_be_two_days_is_neither_until_somebody_says() -> None:
    when = read_when("1/2/2015")
    assert when is not None
    assert when.dates.under(None) is None
    assert when.dates.under(DateOrder.DAY_FIRST) == date(2015, 2, 1)
    assert when.dates.under(DateOrder.MONTH_FIRST) == date(2015, 1, 2)


def test_a_date_does_not_bend_to_an_order_it_cannot_have() -> None:
    when = read_when("3/30/2015")
    assert when is not None
    assert when.dates.under(DateOrder.DAY_FIRST) is None


@pytest.mark.parametrize("text", ["", "abc", "12", "13/13/2015", "2015-02-30", "0/0/2015", "Foo 3, 2015", "99:99"])
def test_no_dates(text: str) -> None:
    assert read_when(text) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-05 10:15:00", datetime(2026, 10, 5, 10, 15)),
        ("10/28/26 5:18 PM", datetime(2026, 10, 28, 17, 18)),
        ("2026-08-24T05:24:22Z", datetime(2026, 8, 24, 5, 24, 22, tzinfo=UTC)),
        (
            "2026-08-24 05:24:22 +0530",
            datetime(2026, 8, 24, 5, 24, 22, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        ),
        ("24.08.2026, 05:24", datetime(2026, 8, 24, 5, 24)),
    ],
)
def test_date_and_time_in_one_cell(text: str, moment: datetime) -> None:
    when = read_when(text)
    assert when is not None
    day = when.dates.under(None)
    assert day is not None
    assert when.time is not None
    assert datetime.combine(day, when.time, when.offset) == moment


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("11:38:36", time(11, 38, 36)),
        ("9:05", time(9, 5)),
        ("12:00 AM", time(0)),
        ("12:30 p.m.", time(12, 30)),
        ("5 PM", time(17)),
        ("21.45", time(21, 45)),
        ("10:15:00.250", time(10, 15)),
        ("24:00", None),
        ("13:00 PM", None),
        ("12:60", None),
        ("17", None),
        ("noon", None),
    ],
)
def test_times(text: str, clock: time | None) -> None:
    assert read_time(text) == clock


@given(st.dates(date(1981, 1, 1), date(2078, 12, 31)), st.sampled_from("/-."), st.booleans(), st.booleans())
def test_any_date_in_any_order_is_read_in_that_order(day: date, separator: str, month_first: bool, short: bool) -> None:
    parts = [f"{day.month}", f"{day.day}"] if month_first else [f"{day.day}", f"{day.month}"]
    when = read_when(separator.join([*parts, f"{day:%y}" if short else f"{day.year}"]))
    assert when is not None
    order = DateOrder.MONTH_FIRST if month_first else DateOrder.DAY_FIRST
    assert when.dates.under(order) == day
    assert when.dates.under(None) in (day, None)
    assert when.dates.ambiguous == (day.day <= 12 and day.day != day.month)


def test_a_column_names_the_cells_that_speak_for_an_order() -> None:
    said = order_of_dates(["1/2/2015", "1/2/2015", "5/5/2015", "3/30/2015", "2/3/2015", "junk"])
    assert (said.ambiguous, said.example, said.day_first, said.month_first) == (3, "1/2/2015", None, 3)

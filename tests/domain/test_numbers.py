"""Exact rounding, showing and reading of numbers."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.numbers import NotANumber, fits, half_up, read_number, show


@pytest.mark.parametrize(
    ("exact", "shown"), [("1/3", "1/3"), ("-1/3", "−1/3"), ("5/2", "2.5"), ("1500", "1500"), ("-0.25", "−0.25")]
)
def test_shown(exact: str, shown: str) -> None:
    assert show(Fraction(exact)) == shown


@given(st.decimals(-(10**9), 10**9, places=8), st.integers(0, 6))
def test_half_up_is_half_away_from_zero(value: Decimal, places: int) -> None:
    assert half_up(value, places) == value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert half_up(Fraction(value), places) == half_up(value, places)


@given(st.fractions(), st.integers(0, 12))
def test_rounding_is_never_off_by_more_than_half(value: Fraction, places: int) -> None:
    assert abs(Fraction(half_up(value, places)) - value) <= Fraction(1, 2 * 10**places)


@pytest.mark.parametrize(
    ("text", "sign", "number"),
    [
        ("1,500", ".", "1500"),
        ("1.500", ",", "1500"),
        ("1’234’567.5", ".", "1234567.5"),
        ("12\u202f500,75", ",", "12500.75"),
        ("5.", ".", "5"),
        (",5", ",", "0.5"),
        ("007", ".", "7"),
    ],
)
def test_read(text: str, sign: str, number: str) -> None:
    assert read_number(text, sign) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", ".", "1,50", "1,5000", "12,34,567", "1 000", "1e5", "٣", "NaN", "-1", "1,000,00", "1'000,000"]
)
def test_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        read_number(text, ".")


def test_the_other_decimal_sign_is_recognised() -> None:
    with pytest.raises(NotANumber) as wrong:
        read_number("12,50", ".")
    assert wrong.value.other_sign
    with pytest.raises(NotANumber) as nonsense:
        read_number("one", ".")
    assert not nonsense.value.other_sign


@given(st.decimals(0, 10**12, places=4), st.sampled_from(".,"))
def test_what_is_shown_reads_back(number: Decimal, sign: str) -> None:
    assert read_number(show(number, sign), sign) == number
    grouped = f"{number:,}".translate({ord("."): sign, ord(","): "." if sign == "," else ","})
    assert read_number(grouped, sign) == number


@given(st.fractions(max_denominator=10**8), st.integers(0, 8))
def test_a_number_fits_where_rounding_leaves_it_as_it_is(value: Fraction, places: int) -> None:
    assert fits(value, places) == (Fraction(half_up(value, places)) == value)

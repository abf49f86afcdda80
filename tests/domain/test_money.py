"""Cents: half-up, by the currency's decimals, and never lost in a division."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.money import allocate, decimals_of, rounding_difference, to_cents

D = Decimal


@pytest.mark.parametrize(("currency", "decimals"), [("USD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3)])
def test_a_currency_has_its_decimals(currency: str, decimals: int) -> None:
    assert decimals_of(currency) == decimals


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(UserError, match="XQX is not a currency code"):
        decimals_of("XQX")


@pytest.mark.parametrize(
    ("amount", "currency", "cents"),
    [
        ("0.005", "USD", "0.01"),
        ("-0.005", "USD", "-0.01"),
        ("2.675", "EUR", "2.68"),
        ("0.5", "JPY", "1"),
        ("1.0004", "KWD", "1.000"),
    ],
)
def test_half_goes_up(amount: str, currency: str, cents: str) -> None:
    assert str(to_cents(D(amount), currency)) == cents


def test_the_rounding_of_lines_is_shown() -> None:
    assert rounding_difference([D("0.333"), D("0.333"), D("0.334")], "EUR") == D("-0.01")


def test_the_first_of_equal_parts_gets_the_cent() -> None:
    assert allocate(D("1.00"), [D(1), D(1), D(1)], "EUR") == (D("0.34"), D("0.33"), D("0.33"))
    assert allocate(D("0.05"), [D(0), D(0)], "EUR") == (D("0.03"), D("0.02"))
    assert allocate(D("-1.00"), [D(1), D(2)], "EUR") == (D("-0.33"), D("-0.67"))


@pytest.mark.parametrize(
    ("total", "weights", "sentence"),
    [("1", [], "over no lines"), ("1", [D(1), D(-1)], "negative weights"), ("0.001", [D(1)], "more decimals than EUR")],
)
def test_senseless_divisions_are_refused(total: str, weights: list[Decimal], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        allocate(D(total), weights, "EUR")


@given(
    st.decimals(-(10**6), 10**6, places=2),
    st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=20),
)
def test_the_parts_add_up_and_are_a_cent_from_fair_at_most(total: Decimal, weights: list[Decimal]) -> None:
    parts = allocate(total, weights, "USD")
    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        fair = total * weight / whole if whole else total / len(weights)
        assert abs(part - fair) < D("0.0100001")

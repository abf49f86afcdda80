"""Codes on cases: which goods, which lot, until when."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.gs1 import SEPARATOR, Goods, read_goods

GTIN = "04006381333931"
GOODS = Goods(GTIN, "L123", date(2026, 12, 3))


@pytest.mark.parametrize(
    "scanned",
    [
        f"(01){GTIN}(17)261203(10)L123",
        f"01{GTIN}1726120310L123",
        f"]C101{GTIN}10L123{SEPARATOR}17261203",
        f"]d2{SEPARATOR}01{GTIN}15261204{SEPARATOR}1726120310L123",
        f"01{GTIN}15261203" + "10L123",
    ],
)
def test_a_code_says_goods_lot_and_expiry(scanned: str) -> None:
    assert read_goods(scanned) == GOODS
    assert GOODS.barcode == "4006381333931"


def test_a_day_of_zero_is_the_last_of_its_month_and_weights_have_decimals() -> None:
    found = read_goods(f"01{GTIN}17260200310300125010B-7")
    assert found == Goods(GTIN, "B-7", date(2026, 2, 28), Decimal("1.250"))


@pytest.mark.parametrize(
    "scanned", ["", "Mozzarella", GTIN, "4006381333931", f"01{GTIN}", "0104006381333932" + "10A", f"01{GTIN}99X"]
)
def test_what_is_no_such_code_is_none(scanned: str) -> None:
    assert read_goods(scanned) is None


@given(st.text(max_size=60))
def test_nothing_that_is_typed_ends_it(typed: str) -> None:
    read_goods(typed)
    read_goods(f"01{GTIN}{typed}")
    read_goods(f"({typed})")

"""Finding without a server: as people type, as scanners write."""

import pytest

from ims_desktop.domain.finding import found_among, is_scanned, plain_letters

GOODS = ("Crème fraîche", "Ice cream", "Cream 35 %", "Straße 8 bread")


def found(typed: str, coded: str = "", most: int = 9) -> tuple[str, ...]:
    return found_among(GOODS, typed, lambda name: (name,), lambda name: name == coded, most)


def test_accents_and_letters_of_any_size_make_no_difference() -> None:
    assert found("creme") == ("Crème fraîche",)
    assert found("STRASSE") == ("Straße 8 bread",)
    assert plain_letters("ÉLAN") == "elan"


def test_what_begins_with_it_comes_first_and_what_was_scanned_before_that() -> None:
    assert found("cream") == ("Cream 35 %", "Ice cream")
    assert found("cream", coded="Straße 8 bread") == ("Straße 8 bread", "Cream 35 %", "Ice cream")
    assert found("cream ice") == ("Ice cream",)
    assert found("e", most=2) == ("Crème fraîche", "Ice cream")


@pytest.mark.parametrize(("code", "typed", "is_same"), [
    ("04006381333931", "4006381333931", True), ("4006381333931", " 04006381333931 ", True),
    ("4006381333931", "4006381333932", False), ("0", "0", False), ("12", "", False),
])  # fmt: skip
def test_leading_zeros_of_a_barcode_come_and_go(code: str, typed: str, is_same: bool) -> None:
    assert is_scanned(code, typed) is is_same

"""What may be typed into a cell, in the writing of a place."""

from datetime import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.errors import UserError
from ims_desktop.ui.cell_edit import CellEdit
from ims_desktop.ui.cell_reading import CellReader
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.formats import Formats
from tests.ui.larder import AREAS, COLUMNS, DAYS, Jar

JAR = Jar(1, "Salt", Decimal(2), Decimal("1.50"), 1, (1,), True)
BY_KEY = {column.key: column for column in COLUMNS} | {
    "share": Column("share", "Share", Kind.PERCENT, edit=CellEdit(high=Decimal(1))),
    "until": Column("until", "Until", Kind.TIME, edit=CellEdit()),
}


def reader(locale: str = "en_GB") -> CellReader:
    """A reader that knows the choices."""
    made = CellReader(Formats(locale, "EUR", "UTC"))
    made.options = {"area": AREAS.options, "days": DAYS.options}
    return made


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("par", "2 case + 4", 16), ("par", "=3*4", 12), ("par", "", None), ("par", "—", None), ("par", "1,200", 1200),
        ("price", "€ 12.50", Decimal("12.5")), ("price", "12.50 EUR", Decimal("12.5")),
        ("price", "=10/4", Decimal("2.5")),
        ("share", "25%", Decimal("0.25")), ("share", "25", Decimal("0.25")), ("until", "0730", time(7, 30)),
        ("area", "walk", 2), ("area", "WALK-IN", 2), ("days", "Mon; thu", (1, 4)), ("days", "", ()),
        ("is_open", "yes", True), ("is_open", "", False), ("name", "  Sea   salt ", "Sea salt"),
    ],
)  # fmt: skip
def test_what_is_understood(key: str, typed: str, value: Any) -> None:
    assert reader().read(BY_KEY[key], JAR, typed).value == value


@pytest.mark.parametrize(
    ("key", "typed", "says"),
    [
        ("par", "-1", "0 or more"), ("par", "2 crate", "“crate” is not a unit"), ("price", "ten", "not a number"),
        ("price", "", "cannot be empty"), ("price", "1.999", "more than 2 decimals"), ("share", "130", "100 or less"),
        ("area", "attic", "not one of the choices: Dry store"), ("is_open", "maybe", "neither yes nor no"),
        ("name", "x" * 21, "room for 20"), ("until", "25:00", "not a time"), ("par", "1 +", "missing"),
        ("par", "9" * 500, "or less"), ("price", "9" * 500, "or less"),
    ],
)  # fmt: skip
def test_what_is_refused_with_a_sentence(key: str, typed: str, says: str) -> None:
    with pytest.raises(UserError) as refused:
        reader().read(BY_KEY[key], JAR, typed)
    told = " ".join([refused.value.text, *(problem.text for problem in refused.value.problems)])
    assert says in told


def test_the_decimal_sign_is_that_of_the_place() -> None:
    assert reader("de_DE").read(BY_KEY["price"], JAR, "1.234,50").value == Decimal("1234.50")
    assert reader("de_DE").read(BY_KEY["price"], JAR, "1,5 * 2").value == 3
    with pytest.raises(UserError):
        reader("de_DE").read(BY_KEY["price"], JAR, "1.5")


@given(st.decimals(0, 10**6, places=2), st.sampled_from(("en_GB", "de_DE", "fr_FR", "it_IT", "es_ES")))
def test_what_the_editor_begins_with_is_read_back(value: Decimal, locale: str) -> None:
    one = reader(locale)
    assert one.read(BY_KEY["price"], JAR, one.typed(BY_KEY["price"], JAR, value)).value == value
    assert one.read(BY_KEY["price"], JAR, one.shown(BY_KEY["price"], JAR, value)).value == value


@given(st.text(max_size=40), st.sampled_from(sorted(BY_KEY)))
def test_nothing_that_is_typed_breaks_it(typed: str, key: str) -> None:
    if BY_KEY[key].edit is None:
        return
    try:
        reader().read(BY_KEY[key], JAR, typed)
    except UserError:
        return  # a sentence, and not anything else

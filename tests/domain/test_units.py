"""Units: exact factors, one path, contradictions refused with both paths shown."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.units import (
    GLOBAL_UNITS,
    Equation,
    ItemUnits,
    WholeNumber,
    whole_packs,
)

TOMATOES = ItemUnits(
    "kg",
    [
        Equation("case", Fraction(6), "tin"),
        Equation("tin", Fraction(400), "g"),
        Equation("l", Fraction("1.04"), "kg"),
    ],
)

factors = st.fractions(min_value=Fraction(1, 1000), max_value=1000)


def test_a_path_is_shown_as_people_write_it() -> None:
    assert TOMATOES.path("case").text("2") == "2 case × 6 tin × 400 g ÷ 1000 kg"
    assert TOMATOES.path("case", "lb").text() == "1 case × 6 tin × 400 g ÷ 453.59237 lb"
    assert TOMATOES.path("tin", "case").text() == "1 tin ÷ 6 case"
    assert TOMATOES.path("kg").text("3") == "3 kg"
    assert TOMATOES.path("tin").text("1,5", ",") == "1,5 tin × 400 g ÷ 1000 kg"


def test_the_legal_pound_does_not_drift_through_0_454() -> None:
    pounds = ItemUnits("kg").convert(Decimal("2138.484"), "lb")
    assert pounds.exact == Fraction("2138.484") * Fraction("0.45359237")
    assert pounds.quantity == Decimal("970.000026")
    assert pounds.rounded


def test_one_box_of_nine_pieces_leaves_exactly_nothing_after_nine_issues() -> None:
    box = ItemUnits("box", [Equation("box", Fraction(9), "each")])
    left = box.convert(1, "box").exact - sum(box.convert(1, "each").exact for _ in range(9))
    assert left == 0


def test_a_recipe_of_125_ml_takes_a_sixth_of_a_bottle() -> None:
    wine = ItemUnits("bottle", [Equation("bottle", Fraction("0.75"), "l")])
    assert wine.convert(125, "ml").exact == Fraction(1, 6)


def test_precision_survives_two_small_factors() -> None:
    chain = ItemUnits("C", [Equation("A", Fraction("0.311"), "B"), Equation("B", Fraction("0.0275"), "C")])
    assert chain.convert(1_000_000, "A").quantity == Decimal("8552.5")


def test_a_second_path_that_disagrees_is_refused_and_both_are_shown() -> None:
    with pytest.raises(UserError) as refused:
        ItemUnits(
            "kg",
            [
                Equation("case", Fraction(6), "tin"),
                Equation("tin", Fraction(400), "g"),
                Equation("case", Fraction("2.5"), "kg"),
            ],
        )
    (problem,) = refused.value.problems
    assert "1 case = 2.5 kg" in problem.text
    assert "1 case × 6 tin × 400 g ÷ 1000 kg = 2.4 kg" in problem.text


def test_a_second_path_that_agrees_is_welcome() -> None:
    agreed = ItemUnits("kg", [Equation("tin", Fraction(400), "g"), Equation("tin", Fraction("0.4"), "kg")])
    assert agreed.convert(5, "tin").quantity == 2


def test_two_global_units_cannot_be_redefined() -> None:
    with pytest.raises(UserError) as refused:
        ItemUnits("kg", [Equation("lb", Fraction("0.454"), "kg")])
    assert "0.45359237" in refused.value.problems[0].text


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(UserError) as refused:
        ItemUnits(
            "kg",
            [
                Equation("tray", Fraction(0), "kg"),
                Equation("rack", Fraction(4), "shelf"),
                Equation("g", Fraction(2), "kg"),
            ],
        )
    texts = [problem.text for problem in refused.value.problems]
    assert len(texts) == 4
    assert any("more than 0" in text for text in texts)
    assert any("rack does not lead to kg" in text for text in texts)
    assert any("shelf does not lead to kg" in text for text in texts)


def test_weight_and_volume_meet_only_where_the_item_has_a_density() -> None:
    assert TOMATOES.convert(1, "l").quantity == Decimal("1.04")
    with pytest.raises(UserError, match=r"ml cannot be converted to kg\. This item has: kg, mg"):
        ItemUnits("kg", units=[unit for unit in GLOBAL_UNITS if unit.code in ("kg", "mg", "ml")]).convert(1, "ml")


def test_an_item_may_be_kept_in_a_unit_of_its_own() -> None:
    assert ItemUnits("tray").codes == ("tray",)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Cases", "case"),
        ("TIN", "tin"),
        ("litres", "l"),
        ("lbs", "lb"),
        ("fl. oz", "fl oz"),
        ("kilogram", "kg"),
        ("barrel", None),
        ("each", None),
        ("", None),
    ],
)
def test_units_are_found_however_they_are_written(written: str, code: str | None) -> None:
    assert TOMATOES.find(written) == code


def test_an_items_own_word_beats_a_global_alias() -> None:
    assert ItemUnits("each", [Equation("pc", Fraction(4), "each")]).find("pc") == "pc"


@given(st.lists(factors, min_size=1, max_size=6), st.fractions(min_value=-(10**6), max_value=10**6))
def test_there_and_back_again_is_exact(chain: list[Fraction], amount: Fraction) -> None:
    units = ItemUnits("u0", [Equation(f"u{place + 1}", factor, f"u{place}") for place, factor in enumerate(chain)])
    for code in units.codes:
        there = units.path("u0", code).factor
        assert there * units.path(code, "u0").factor == 1
        assert units.convert(units.convert(amount, "u0", code).exact, code, "u0").exact == amount


@given(st.data())
def test_any_way_round_gives_the_same_factor(data: st.DataObject) -> None:
    one, two, three = (data.draw(st.sampled_from(TOMATOES.codes)) for _ in range(3))
    direct = TOMATOES.path(one, three).factor
    assert direct == TOMATOES.path(one, two).factor * TOMATOES.path(two, three).factor


@given(st.permutations(range(4)))
def test_the_order_of_the_equations_does_not_matter(order: list[int]) -> None:
    equations = [
        Equation("pallet", Fraction(40), "case"),
        Equation("case", Fraction(6), "tin"),
        Equation("tin", Fraction(400), "g"),
        Equation("case", Fraction("2.4"), "kg"),
    ]
    units = ItemUnits("kg", [equations[place] for place in order])
    assert units.convert(1, "pallet").exact == 96


@pytest.mark.parametrize(("on_hand", "order"), [("3.25", 3), ("3.75", 2)])
def test_ordering_to_a_par_of_six_by_the_50_percent_rule(on_hand: str, order: int) -> None:
    need = 6 - Fraction(on_hand)
    packs = whole_packs(need, WholeNumber.HALF)
    assert packs.number == order
    assert packs.difference == order - need


@given(st.fractions(min_value=-1000, max_value=1000))
def test_whole_packs_always_say_what_was_rounded(exact: Fraction) -> None:
    up, down, half = (whole_packs(exact, rule) for rule in (WholeNumber.UP, WholeNumber.DOWN, WholeNumber.HALF))
    assert down.number <= half.number <= up.number
    assert up.number - down.number == (exact.denominator != 1)
    assert all(packs.number - packs.difference == exact for packs in (up, down, half))

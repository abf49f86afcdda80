"""What people type into quantity cells, and every way in which it can be wrong."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.quantity import Limits, read_quantity
from ims_desktop.domain.units import Equation, ItemUnits
from ims_desktop.domain.wording import Sentence

UNITS = ItemUnits(
    "kg",
    [Equation("case", Fraction(6), "tin"), Equation("tin", Fraction(400), "g"), Equation("#10 can", Fraction(3), "kg")],
)
EGGS = ItemUnits("each", [Equation("tray", Fraction(30), "each")])


@pytest.mark.parametrize(
    ("typed", "quantity", "path"),
    [
        ("1.5 kg", "1.5", "1.5 kg"),
        ("7", "7", "7 kg"),
        ("0", "0", "0 kg"),
        (".5", "0.5", "0.5 kg"),
        ("1,500.25 g", "1.50025", "1500.25 g ÷ 1000 kg = 1.50025 kg"),
        ("2 case + 4", "8.8", "2 case × 6 tin × 400 g ÷ 1000 kg + 4 kg = 8.8 kg"),
        ("2 case-1 tin", "4.4", "2 case × 6 tin × 400 g ÷ 1000 kg − 1 tin × 400 g ÷ 1000 kg = 4.4 kg"),
        ("3*2+1 kg", "7", "3 × 2 kg + 1 kg = 7 kg"),
        ("(1 + 2) tins", "1.2", "(1 + 2) tin × 400 g ÷ 1000 kg = 1.2 kg"),
        ("6/3 tins", "0.8", "6 ÷ 3 tin × 400 g ÷ 1000 kg = 0.8 kg"),
        ("2 kg × 3", "6", "2 kg × 3 = 6 kg"),
        ("3x2 kg", "6", "3 × 2 kg = 6 kg"),
        ("½ kg", "0.5", "1 ÷ 2 kg = 0.5 kg"),
        ("1½ tin", "0.6", "1.5 tin × 400 g ÷ 1000 kg = 0.6 kg"),
        ("2 1/4 kg", "2.25", "2.25 kg"),
        ("1 lb 4 oz", "0.56699", "1 lb × 0.45359237 kg + 4 oz × 0.028349523125 kg ≈ 0.56699 kg"),
        ("2 #10 can", "6", "2 #10 can × 3 kg = 6 kg"),
        ("1/3", "0.333333", "1 ÷ 3 kg ≈ 0.333333 kg"),
        ("３ kg", "3", "3 kg"),
        ("  12\u00a0000 g ", "12", "12000 g ÷ 1000 kg = 12 kg"),
    ],
)
def test_read(typed: str, quantity: str, path: str) -> None:
    entered = read_quantity(typed, UNITS)
    assert (entered.quantity, entered.unit) == (Decimal(quantity), "kg")
    assert entered.path == path
    assert entered.rounded is ("≈" in path)
    assert entered.quantity.as_tuple().exponent == -6


def test_the_decimal_comma_and_the_unit_of_the_cell() -> None:
    entered = read_quantity("1.200,5", UNITS, cell_unit="tin", decimal_sign=",")
    assert entered.quantity == Decimal("480.2")
    assert entered.path == "1200,5 tin × 400 g ÷ 1000 kg = 480,2 kg"


def test_the_true_minus_and_the_hyphen_are_one_sign() -> None:
    limits = Limits(negative=True)
    for typed in ("-2 tin", "−2 tin", "–2 tin", "0 - 2 tin"):
        assert read_quantity(typed, UNITS, limits=limits).quantity == Decimal("-0.8")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Blank is not zero"),
        ("   ", "Blank is not zero"),
        ("2 barrel", "“barrel” is not a unit of this item. It has: kg, case, tin, #10 can,"),
        ("-2", "less than nothing"),
        ("99999999999", "absurdly large"),
        ("1.1234567", "more than 6 decimals; it would be rounded to 1.123457"),
        ("1,5", "the decimal sign here is the point. Write 1.5"),
        ("1,50 kg", "the decimal sign here is the point"),
        ("1.500.3", "is not a number"),
        ("5/0", "divided by 0"),
        ("1 1/0 kg", "divided by 0"),
        ("(2 + 1", "never closed"),
        ("2 + 1)", "was not expected"),
        ("2 +", "A number is missing at the end"),
        ("* 2", "A number is missing before “*”"),
        ("2 3", "was not expected"),
        ("2 case 4", "without a sign or a unit"),
        ("2 kg × 3 kg", "carries two units"),
        ("(2 kg) × (3 kg)", "only one factor may"),
        ("6 / (2 kg)", "cannot be divided by a quantity"),
        ("3 kg kg", "was not expected"),
        ("2 $ kg", "“$” has no meaning"),
        ("__import__('os')", "has no meaning"),
        ("1" * 500, "too long"),
        ("9**9**9", "A number is missing"),
    ],
)
def test_refused(typed: str, sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        read_quantity(typed, UNITS, field="counted")
    assert any(sentence in problem.text for problem in refused.value.problems), refused.value.problems
    assert {problem.field for problem in refused.value.problems} == {"counted"}


def test_the_name_of_the_decimal_sign_is_said_in_the_language_of_the_person() -> None:
    with pytest.raises(UserError) as refused:
        read_quantity("1,5", UNITS)
    (problem,) = refused.value.problems
    assert isinstance(problem.text, Sentence)
    assert isinstance(problem.text.values["name"], Sentence)


def test_every_unknown_unit_is_named_at_once() -> None:
    with pytest.raises(UserError) as refused:
        read_quantity("2 barrel + 3 keg - 1 tin", UNITS)
    assert len(refused.value.problems) == 2


def test_several_limits_are_broken_at_once() -> None:
    with pytest.raises(UserError) as refused:
        read_quantity("-2000000000.5", EGGS, limits=Limits(decimals=0))
    assert len(refused.value.problems) == 3


def test_a_whole_number_is_asked_for_and_the_rounding_is_said() -> None:
    whole = Limits(decimals=0)
    assert read_quantity("2.5 tray", EGGS, limits=whole).quantity == 75
    with pytest.raises(UserError, match="would be rounded to 3 each"):
        read_quantity("2.5", EGGS, limits=whole)


@given(st.text(alphabet="0123456789.,+-*/() kgtincase½−x", max_size=40))
def test_any_text_is_read_or_refused_with_a_sentence(typed: str) -> None:
    problems: Sequence[Problem] = ()
    try:
        entered = read_quantity(typed, UNITS, limits=Limits(negative=True))
    except UserError as refused:
        problems = refused.problems
        entered = None
    assert (entered is None) == bool(problems)
    assert all(problem.text for problem in problems)
    assert entered is None or abs(Fraction(entered.quantity) - entered.exact) <= Fraction(1, 2 * 10**6)


numbers = st.decimals(min_value=0, max_value=10**5, places=6)


@given(numbers, st.sampled_from(UNITS.codes), st.sampled_from(".,"))
def test_what_is_shown_reads_back_the_same(number: Decimal, unit: str, sign: str) -> None:
    typed = f"{number} {unit}".replace(".", sign)
    entered = read_quantity(typed, UNITS, decimal_sign=sign)
    assert entered.exact == UNITS.convert(number, unit).exact
    spoken = entered.path.split(" = ")[-1].split(" ≈ ")[-1]
    assert read_quantity(spoken, UNITS, decimal_sign=sign).quantity == entered.quantity


@given(st.lists(st.tuples(numbers, st.sampled_from("+-")), min_size=1, max_size=6))
def test_sums_agree_with_arithmetic(parts: list[tuple[Decimal, str]]) -> None:
    typed = "0" + "".join(f" {sign} {number}" for number, sign in parts)
    expected = sum((number if sign == "+" else -number for number, sign in parts), Decimal(0))
    assert read_quantity(typed, UNITS, limits=Limits(negative=True)).quantity == expected

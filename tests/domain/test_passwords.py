"""What a password and a PIN must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.passwords import is_guessed, password_problems, pin_problems
from ims_desktop.domain.weak_words import WEAK_WORDS

WORST = (
    *("password12", "Password123!", "P4$$w0rd2024", "qwertyuiop1", "1q2w3e4r5t", "welcome2024!", "1234567890"),
    *("aaaaaaaaaaaa", "letmeinletmein", "iloveyou123", "Trustno1!!", "abcdefghij", "dragonmonkey99", "asdf1234asdf"),
    *("Summer2026!!", "0987654321", "PizzaPizza1", "changeme2026", "Admin!Admin!", "passwordpassword"),
)
GOOD = (
    "correct-horse-battery",
    "violet-anchor-teaspoon",
    "zebra stapler",
    "7h3 f0x runs",
    "sample-data-only",
    "пароль-и-чайник",
)


@pytest.mark.parametrize("password", WORST)
def test_the_worst_are_refused_in_any_spelling(password: str) -> None:
    assert is_guessed(password)
    assert [problem.field for problem in password_problems(password, field="new")] == ["new"]


@pytest.mark.parametrize("password", GOOD)
def test_words_that_do_not_belong_together_are_taken(password: str) -> None:
    assert password_problems(password, ("anna@example.com", "Anna", None)) == []


def test_a_thousand_of_the_worst_are_refused_by_a_few_hundred_words() -> None:
    endings = ("2026", "123!", "1234567", "!!!!!!!")
    spelled = {f"{word.title()}{ending}".ljust(10, "1") for word in WEAK_WORDS for ending in endings}
    assert len(spelled) > 1000
    assert [password for password in spelled if not is_guessed(password)] == []


@pytest.mark.parametrize("password", ["giuseppina", "Giuseppina.99", "giuseppina@example.com", "anippesuig"])
def test_the_login_and_the_name_are_no_password(password: str) -> None:
    problems = password_problems(password, ("giuseppina@example.com", "Giuseppina", ""))
    assert [problem.text for problem in problems] == ["A password is not your login or your name."]


def test_everything_is_said_at_once_and_the_limits_are_where_they_are_said_to_be() -> None:
    assert len(password_problems("abc")) == 2
    assert password_problems("xkq-vw-jzh") == []
    assert password_problems("é" * 36 + "q") != []
    long = "vq" + "xkjz-wmbt-" * 7
    assert password_problems(long) == []
    assert "72 bytes" in password_problems(long + "x")[0].text


@given(st.text(max_size=100))
def test_any_text_gets_an_answer(password: str) -> None:
    for problem in password_problems(password, (password[:5],)):
        assert problem.text.endswith(".")


@pytest.mark.parametrize(
    "pin", ["", "123", "123456789", "12a4", "１２３４", "1234", "0000", "1122", "9012", "87654321"]
)
def test_a_bad_pin_is_refused(pin: str) -> None:
    assert len(pin_problems(pin)) == 1


@pytest.mark.parametrize("pin", ["4711", "20487", "90210355"])
def test_a_good_pin_is_taken(pin: str) -> None:
    assert pin_problems(pin) == []

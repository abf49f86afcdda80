"""What a new password must be. Checked on the desk: the server never sees a password, so it cannot check one."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.weak_words import WEAK_WORDS
from ims_desktop.domain.wording import say

SHORTEST, MOST_BYTES = 10, 72
UNGUESSED = 4  # letters that must be left when all that is guessed first is taken away
PIN_LENGTHS = range(4, 9)

_TOO_LONG = say("A password has at most 72 bytes: accented letters count for two or more.")
_SPELLINGS = (str.maketrans("0134578@$!|", "oieastbasii"), str.maketrans("0134578@$!|", "oleastbasll"))
_ROWS = (
    *("0123456789", "9876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm"),
    *("1q2w3e4r5t6y7u8i9o0p", "1q2w3e4r5t6z7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol", "qazwsxedcrfvtgb"),
)
_LONGEST_WORD = max(map(len, WEAK_WORDS))


def password_problems(password: str, own_words: Iterable[str | None] = (), field: str = "password") -> list[Problem]:
    """Everything wrong with a new password; `own_words` are the person's login and names, which others know."""
    problems = []
    if len(password) < SHORTEST:
        problems.append(say("A password has at least {count} characters.", count=SHORTEST))
    if len(password.encode(errors="replace")) > MOST_BYTES:
        problems.append(_TOO_LONG)
    if "\0" in password or not _is_text(password):
        problems.append(say("A password has no characters that cannot be typed."))
    elif _is_own(password, own_words):
        problems.append(say("A password is not your login or your name."))
    elif is_guessed(password):
        words = say("Others try this first. Put three or four words together that do not belong together.")
        problems.append(words)
    return [Problem(text, field) for text in problems]


def pin_problems(pin: str, field: str = "pin") -> list[Problem]:
    """What is wrong with a PIN."""
    if not (pin.isascii() and pin.isdigit()) or len(pin) not in PIN_LENGTHS:
        return [Problem("A PIN has four to eight digits.", field)]
    if len(set(pin)) < 3 or any(pin in row + row for row in _ROWS[:2]):
        return [Problem("Others try this PIN first. Choose one without a pattern.", field)]
    return []


def is_guessed(password: str) -> bool:
    """Whether hardly anything is left of a password without common words, rows of keys, repeats, digits and marks."""
    return any(len(set(left)) < UNGUESSED for left in _remains(password))


def _remains(password: str) -> Iterator[str]:
    plain = password.casefold()
    for spelled in {plain, *(plain.translate(spelling) for spelling in _SPELLINGS)}:
        letters = re.sub(r"[\W\d_]+", "", _without_rows(spelled))
        yield _shortest_rest(letters)


def _without_rows(text: str) -> str:
    """The text without four or more neighbours of the keyboard or the alphabet, and without repeats of a character."""
    text = re.sub(r"(.)\1{2,}", r"\1", text)
    kept, place = [], 0
    while place < len(text):
        run = max(_run_in(row, text, place) for row in _ROWS)
        if run < 4:
            kept.append(text[place])
        place += run if run >= 4 else 1
    return "".join(kept)


def _run_in(row: str, text: str, place: int) -> int:
    length = 1
    while place + length < len(text) and text[place : place + length + 1] in row:
        length += 1
    return length


def _shortest_rest(letters: str) -> str:
    """What is left of the letters when as many as possible are taken away as common words."""

    @cache
    def rest(place: int) -> str:
        if place >= len(letters):
            return ""
        found = [letters[place] + rest(place + 1)]
        for end in range(place + 3, min(place + _LONGEST_WORD, len(letters)) + 1):
            if letters[place:end] in WEAK_WORDS:
                found.append(rest(end))
        return min(found, key=len)

    return rest(0) if len(letters) <= MOST_BYTES else letters


def _is_own(password: str, own_words: Iterable[str | None]) -> bool:
    words = {_bare(part) for word in own_words if word for part in (word, word.partition("@")[0])}
    bare = _bare(password)
    return any(word and bare in (word, word[::-1], word * 2) for word in words)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+|\d+$", "", text.casefold())


def _is_text(password: str) -> bool:
    try:
        password.encode()
    except UnicodeEncodeError:
        return False
    return True

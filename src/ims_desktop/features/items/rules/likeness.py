"""Whether two names mean the same thing: words in another order, a plural, a slip of the hand."""

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from re import findall

NEAR = 0.88
SHORTEST = 3


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, lower case and without accents, plurals and order."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return tuple(
        sorted(word[:-1] if len(word) > SHORTEST and word.endswith("s") else word for word in findall(r"\w+", plain))
    )


def beginnings(name: str) -> tuple[str, ...]:
    """How the words begin that may lead to names like this one."""
    return tuple(dict.fromkeys(word[:SHORTEST] for word in words_of(name) if len(word) >= SHORTEST))


def is_alike(one: str, other: str) -> bool:
    """Whether the names are the same but for order, plurals and a letter or two; other numbers are other things."""
    first, second = words_of(one), words_of(other)
    if [word for word in first if word.isdigit()] != [word for word in second if word.isdigit()]:
        return False
    if first == second:
        return True
    return len(first) == len(second) and SequenceMatcher(None, " ".join(first), " ".join(second)).ratio() >= NEAR


def alike(name: str, others: Iterable[str]) -> list[str]:
    """Those of the other names that look like this one."""
    return [other for other in others if is_alike(name, other)]

"""Finds things by what was typed or scanned, among those a PC knows itself: as the server finds them."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

Thing = TypeVar("Thing")


def found_among(
    things: Iterable[Thing], typed: str, written: Callable[[Thing], Iterable[str]], has_code: Callable[[Thing], bool],
    most: int,
) -> tuple[Thing, ...]:  # fmt: skip
    """What has the code, or every typed word in one of its names; the scanned first, then what begins like it."""
    words, begins = plain_letters(typed).split(), plain_letters(typed).strip()
    ranked: list[tuple[bool, bool, Thing]] = []
    for thing in things:
        names = [plain_letters(name) for name in written(thing)]
        coded = has_code(thing)
        if coded or all(any(word in name for name in names) for word in words):
            ranked.append((not coded, not any(name.startswith(begins) for name in names[:1]), thing))
    ranked.sort(key=lambda one: one[:2])
    return tuple(thing for _uncoded, _inside, thing in ranked[:most])


def is_scanned(code: str, typed: str) -> bool:
    """Whether a barcode is the one that was typed; leading zeros come and go with scanners."""
    wanted = typed.strip().lstrip("0")
    return bool(wanted) and code.lstrip("0") == wanted


def plain_letters(text: str) -> str:
    """Small letters without accents, as names are compared."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()

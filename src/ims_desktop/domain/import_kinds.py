"""What a cell of an imported file may say: each kind reads its text, and writes its value back as a person would."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from ims_desktop.domain.file_values import DateOrder, read_money, read_time, read_when
from ims_desktop.domain.numbers import NotANumber
from ims_desktop.domain.seen import has_hidden
from ims_desktop.domain.table_file import fold_header
from ims_desktop.domain.wording import Words, commas, say, understood, word
from ims_desktop.domain.workbook_file import Plain

LONGEST_NUMBER = 40
# What an export puts before text that a spreadsheet would run; on the way back it is taken off again.
_DISARMED = re.compile(r"'(?=[=+\-@\t\r])")
_YES = frozenset({"yes", "y", "true", "x", "1", "✓", "si", "sì", "ja", "oui", "vero", "wahr", "vrai"})
_NO = frozenset({"no", "n", "false", "0", "nein", "non", "falso", "falsch", "faux"})


class Unclear(ValueError):
    """A cell that cannot be read, with the sentence that says why."""

    def __init__(self, words: Words) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Writing:
    """How a file writes its numbers and days."""

    decimal_sign: str = "."
    date_order: DateOrder | None = None


@dataclass(frozen=True, slots=True)
class ImportKind:
    """`read` makes a value of trimmed text that is not empty; `write` makes words of it for the preview.

    `same` says whether two values mean the same; what is `numeric` or `dated` helps to find out how the file writes it.
    """

    read: Callable[[str, Writing], Any]
    write: Callable[[Any], str] = str
    same: Callable[[Any, Any], bool] = lambda one, other: bool(one == other)
    numeric: bool = False
    dated: bool = False
    blank: Any = None  # what an empty cell says


def _words(text: str, _writing: Writing) -> str:
    if "\x00" in text:
        raise Unclear(say("It holds a NUL character, which no text has."))
    words = " ".join(text.split())
    if has_hidden(words):
        raise Unclear(say("It has a character in it that nobody can see: type it anew."))
    return _DISARMED.sub("", words, count=1)


def _number(text: str, writing: Writing) -> Decimal:
    sign = "." if isinstance(text, Plain) else writing.decimal_sign
    try:
        if len(text) > LONGEST_NUMBER:
            raise NotANumber(text)
        return read_money(text.removesuffix("%").strip(), sign)
    except (NotANumber, InvalidOperation) as error:
        if getattr(error, "other_sign", False):
            words = say("“{text}” is not a number. Its decimal sign is not “{sign}”.", text=_short(text), sign=sign)
            raise Unclear(words) from None
        raise Unclear(say("“{text}” is not a number.", text=_short(text))) from None


def _whole(text: str, writing: Writing) -> int:
    number = _number(text, writing)
    if number != number.to_integral_value():
        raise Unclear(say("“{text}” is not a whole number.", text=_short(text)))
    return int(number)


def _day(text: str, writing: Writing) -> date:
    when = read_when(text)
    day = when.dates.under(writing.date_order) if when else None
    if day is None:
        raise Unclear(
            say("“{text}” is not a date that can be read in one way. Write it like 2026-11-30.", text=_short(text))
        )
    return day


def _clock(text: str, _writing: Writing) -> time:
    found = read_time(text)
    if found is None:
        raise Unclear(say("“{text}” is not a time of day. Write it like 14:30.", text=_short(text)))
    return found


def _flag(text: str, _writing: Writing) -> bool:
    said = text.casefold()
    if said in _YES or said in _NO:
        return said in _YES
    raise Unclear(say("“{text}” is neither yes nor no.", text=_short(text)))


def number_words(value: Any) -> str:
    """A number in as few figures as say it."""
    return "" if value is None else format(Decimal(value).normalize() if value else Decimal(0), "f")


def _same_words(one: Any, other: Any) -> bool:
    return " ".join(str(one or "").split()) == " ".join(str(other or "").split())


def choice(titles: Mapping[str, str]) -> ImportKind:
    """One of several values, by its title or its own name."""

    def read(text: str, _writing: Writing) -> str:
        by_words = {fold_header(one): value for value, title in titles.items() for one in (value, *understood(title))}
        found = by_words.get(fold_header(text))
        if found is None:
            raise Unclear(
                say("“{text}” is none of {titles}.", text=_short(text), titles=commas(map(word, titles.values())))
            )
        return found

    return ImportKind(read, lambda value: titles.get(value, str(value)))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


WORDS = ImportKind(_words, same=_same_words, blank="")
NAME = ImportKind(_words)
"""What names another record, or nothing."""
NUMBER = ImportKind(_number, number_words, numeric=True)
WHOLE = ImportKind(_whole, number_words, numeric=True)
DAY = ImportKind(_day, lambda day: day.isoformat(), dated=True)
CLOCK = ImportKind(_clock, lambda at: at.isoformat("minutes"))
FLAG = ImportKind(_flag, lambda on: "yes" if on else "no", blank=False)

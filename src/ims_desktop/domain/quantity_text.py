"""The tokens of a typed quantity: numbers, words and signs, however the keyboard writes them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from fractions import Fraction

from ims_desktop.domain.numbers import NotANumber, read_number
from ims_desktop.domain.wording import Words, say


class Kind(Enum):
    """What a token is."""

    NUMBER = auto()
    WORD = auto()
    SIGN = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of the text; `value` is what a NUMBER means."""

    kind: Kind
    text: str
    value: Fraction = Fraction(0)


class Unreadable(Exception):
    """The text cannot be read; one sentence a problem."""

    def __init__(self, sentences: Sequence[Words]) -> None:
        super().__init__(*sentences)
        self.sentences = tuple(sentences)


_SIGNS = str.maketrans(dict.fromkeys("−–—‒﹣－", "-") | dict.fromkeys("×∙·⋅∗", "*") | dict.fromkeys("÷∕⁄", "/"))

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<mixed>[0-9]+\ +[0-9]+\ */\ *[0-9]+)
      | (?P<number>[0-9.,][0-9.,'’\u00a0\u202f]*)
      | (?P<times>[xX](?=\s*[0-9.,(]))
      | (?P<word>\#?[^\W\d_][\w.%]*(?:-[^\W\d_][\w.%]*)*|\#\w+)
      | (?P<sign>[-+*/()])
      | (?P<other>\S)
    )""",
    re.VERBOSE,
)


def tokens_of(text: str, decimal_sign: str) -> list[Token]:
    """Cut the text into tokens, an END last; raises Unreadable with every piece that means nothing."""
    problems: list[str] = []
    tokens: list[Token] = []
    for match in _TOKEN.finditer(_plain(text).rstrip()):
        try:
            tokens.extend(_token(match, decimal_sign))
        except Unreadable as unreadable:
            problems.extend(unreadable.sentences)
    if problems:
        raise Unreadable(problems)
    return [*tokens, Token(Kind.END, "")]


def _plain(text: str) -> str:
    """One way of writing signs and fractions: ½ becomes 1/2, and 1½ becomes `1 1/2`."""
    if text.isascii():
        return text
    return "".join(_spelled(character) for character in text).translate(_SIGNS)


def _spelled(character: str) -> str:
    wide = unicodedata.normalize("NFKC", character)
    if "⁄" in wide:
        return f" {wide} "
    return wide if wide.isascii() and wide.isdigit() else character


def _token(match: re.Match[str], decimal_sign: str) -> Iterator[Token]:
    if mixed := match["mixed"]:
        yield Token(Kind.NUMBER, mixed, _mixed(mixed))
    elif number := match["number"]:
        yield Token(Kind.NUMBER, number, _value(number, decimal_sign))
    elif match["times"]:
        yield Token(Kind.SIGN, "*")
    elif word := match["word"]:
        yield Token(Kind.WORD, word)
    elif sign := match["sign"]:
        yield Token(Kind.SIGN, sign)
    else:
        raise Unreadable([say("“{typed}” has no meaning in a quantity.", typed=match["other"])])


def _mixed(text: str) -> Fraction:
    whole, over, under = (int(part) for part in text.replace("/", " ").split())
    if under == 0:
        raise Unreadable(["Nothing can be divided by 0."])
    return whole + Fraction(over, under)


def _value(number: str, decimal_sign: str) -> Fraction:
    try:
        return Fraction(read_number(number, decimal_sign))
    except NotANumber as wrong:
        name = say("point") if decimal_sign == "." else say("comma")
        if wrong.other_sign:
            other = "," if decimal_sign == "." else "."
            meant = number.replace(other, decimal_sign)
            raise Unreadable(
                [
                    say(
                        "“{number}”: the decimal sign here is the {name}. Write {meant} if that is meant.",
                        number=number,
                        name=name,
                        meant=meant,
                    )
                ]
            ) from None
        raise Unreadable(
            [say("“{number}” is not a number (decimal sign: {name}).", number=number, name=name)]
        ) from None

"""Exact numbers: half-up rounding, showing a fraction, reading what people and files write."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import cache

QUANTITY_PLACES = 6
"""Quantities and values in the ledger are NUMERIC(20,6)."""

# Wide enough that no quotient of two NUMERIC(30,12) is rounded before we round it ourselves.
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)

# No-break space, narrow no-break space, the two apostrophes of Swiss print.
_GROUP_SIGNS = "\u00a0\u202f'’"


class NotANumber(ValueError):
    """The text is no number as it stands; `other_sign` when it would be one with the other decimal sign."""

    def __init__(self, text: str, *, other_sign: bool = False) -> None:
        super().__init__(text)
        self.other_sign = other_sign


def half_up(value: Fraction | Decimal | int, places: int = QUANTITY_PLACES) -> Decimal:
    """Round half away from zero, as PostgreSQL's round(numeric) does."""
    numerator, denominator = value.as_integer_ratio()
    whole = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    return Decimal(f"{whole if numerator >= 0 else -whole}E-{places}")


def fits(value: Fraction, places: int = QUANTITY_PLACES) -> bool:
    """Whether so many decimals hold the number exactly."""
    scale: int = 10**places
    return scale % value.denominator == 0


def show(value: Fraction | Decimal | int, decimal_sign: str = ".") -> str:
    """The number for people, in as few characters as say it exactly; 1/3 where decimals would never end."""
    numerator, denominator = value.as_integer_ratio()
    rest = denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{numerator}/{denominator}".replace("-", "−")
    text = format(EXACT.divide(Decimal(numerator), Decimal(denominator)), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", decimal_sign).replace("-", "−")


@cache
def _pattern(decimal_sign: str) -> re.Pattern[str]:
    grouping = "[" + re.escape(_GROUP_SIGNS + ("," if decimal_sign == "." else ".")) + "]"
    sign = re.escape(decimal_sign)
    return re.compile(
        rf"(?:[0-9]{{1,3}}(?P<group>{grouping})[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*|[0-9]+)(?:{sign}[0-9]*)?|{sign}[0-9]+"
    )


def read_number(text: str, decimal_sign: str = ".") -> Decimal:
    """Read an unsigned number with `decimal_sign`; thousands may be grouped, but only properly (1,500 yes, 1,50 no)."""
    if _pattern(decimal_sign).fullmatch(text):
        plain = "".join(character for character in text if character in "0123456789" or character == decimal_sign)
        return Decimal(plain.replace(decimal_sign, "."))
    other = "," if decimal_sign == "." else "."
    raise NotANumber(text, other_sign=_pattern(other).fullmatch(text) is not None)

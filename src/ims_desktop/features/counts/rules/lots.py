"""Lots in a count: which a line has, and how one is named behind what was counted: 4 #L77 31.12.2026."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

SIGN = "#"
LONGEST_LOT = 40


@dataclass(frozen=True, slots=True)
class LotThere:
    """A lot that the books have at a place, and how much of it."""

    code: str
    expires_on: date | None
    held: Decimal


@dataclass(frozen=True, slots=True)
class NamedLot:
    """A lot as somebody named it; the day is said where it is new."""

    code: str
    expires_on: date | None = None


def cut(typed: str) -> tuple[str, str | None]:
    """What was counted, and what stands behind the sign for a lot; None: nothing does."""
    quantity, sign, named = typed.partition(SIGN)
    return quantity.strip(), named.strip() if sign else None


def read_lot(
    typed: str, known: Iterable[LotThere], read_day: Callable[[str], date], *, asks_day: bool = False
) -> NamedLot:
    """A name and, if the last word is one, the day on which it expires; raises UserError.

    A lot that is known is meant however its letters are written. `asks_day`: one that is not known has to say its day.
    """
    name, day = _parted(typed, read_day)
    if not name:
        raise UserError(say("Write the name of the lot behind {sign}.", sign=SIGN))
    if len(name) > LONGEST_LOT:
        raise UserError(say("The name of a lot has at most {most} letters.", most=LONGEST_LOT))
    there = next((lot for lot in known if lot.code.casefold() == name.casefold()), None)
    if there is not None and None not in (day, there.expires_on) and day != there.expires_on:
        raise UserError(say("Lot {lot} expires on {day}, as far as is known.", lot=there.code, day=there.expires_on))
    if there is None and day is None and asks_day:
        raise UserError(say("Say when lot {lot} expires: write the day behind its name.", lot=name))
    return NamedLot(there.code if there is not None else name, day)


def _parted(typed: str, read_day: Callable[[str], date]) -> tuple[str, date | None]:
    """A last word of figures with signs between them is a day; whatever else stands there is a part of the name."""
    name, _, last = typed.strip().rpartition(" ")
    if name and any(sign in last for sign in "-/.") and all(one.isdigit() or one in "-/." for one in last):
        return name.strip(), read_day(last)
    return typed.strip(), None

"""Numbers, amounts, dates and times as files write them, and which way of writing a whole column uses."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import NamedTuple

from babel import Locale

from ims_desktop.domain.numbers import NotANumber, read_number
from ims_desktop.domain.text_file import Found
from ims_desktop.domain.wording import say, say_count

_CURRENCY = r"(?:[$€£¥₹₺₽]|[A-Z]{3}|[Kk]r\.?|Fr\.?|zł|R\$)"
_SIGNED = re.compile(r"(?P<open>[-−–+(]?)\s*(?P<number>[0-9.,'’\s\u00a0\u202f]*[0-9][.,]?)\s*(?P<close>[-−)]?)")
_MONEY = re.compile(rf"(?P<open>[-−–+(]?)\s*{_CURRENCY}?\s*(?P<rest>.*?)\s*{_CURRENCY}?\s*(?P<close>[-−)]?)")
# No number, day or time is longer; what is longer is not looked at, for a pattern may try it in very many ways.
LONGEST = 80
_INNER_SPACE = re.compile(r"(?<=[0-9]) (?=[0-9])")


def read_signed(text: str, decimal_sign: str) -> Decimal:
    """A number with an optional sign, also written `(5.00)` or `5.00-` as accountants do; raises NotANumber."""
    match = _SIGNED.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if match is None or (match["open"] == "(") != (match["close"] == ")"):
        raise NotANumber(text)
    number = read_number(_INNER_SPACE.sub("\u00a0", match["number"].strip()), decimal_sign)
    return -number if match["open"] in ("-", "−", "–", "(") or match["close"] in ("-", "−") else number


def read_money(text: str, decimal_sign: str) -> Decimal:
    """An amount with or without its currency sign or code: `$45.00`, `−€ 3,50`, `(12.00 USD)`; raises NotANumber."""
    match = _MONEY.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if match is None:
        raise NotANumber(text)
    return read_signed(match["open"] + match["rest"] + match["close"], decimal_sign)


_LAST_SIGN = re.compile(r"^[^0-9.,]*[0-9.,'’\s\u00a0\u202f]*?([.,])([0-9]+)[^0-9.,]*$")


def decimal_sign_of(texts: Iterable[str]) -> Found[str]:
    """The decimal sign that most numbers speak for; a number such as 1,500 speaks for neither."""
    votes: Counter[str] = Counter()
    undecided = ""
    for text, times in Counter(texts).items():
        sign = _speaks_for(text)
        if sign:
            votes[sign] += times
        elif sign is None:
            undecided = text
    if votes:
        sign, count = votes.most_common(1)[0]
        other = votes["," if sign == "." else "."]
        reason = say_count("one number is written with it", "{count:,} numbers are written with it", count)
        if other:
            reason = say("{these}, {other:,} with the other one", these=reason, other=other)
        return Found(sign, reason, sure=other < count)
    if undecided:
        return Found(".", say("{undecided} could be either", undecided=undecided), sure=False)
    return Found(".", "no number has decimals")


def _speaks_for(text: str) -> str | None:
    """The decimal sign a number shows; "" where it has none, None where it could be read both ways."""
    match = _LAST_SIGN.match(text.strip()) if len(text) <= LONGEST else None
    if match is None:
        return ""
    sign, digits = match.groups()
    other = "," if sign == "." else "."
    if other in text[: match.start(1)] or (text.count(sign) == 1 and len(digits) != 3):
        return sign
    if text.count(sign) > 1:
        return other
    whole = text[: match.start(1)].strip().lstrip("-−(+$€£ ")
    return sign if whole in ("", "0") or len(whole) > 3 else None


class DateOrder(Enum):
    """Which of two numbers is the day; a date that begins with its year needs no order."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


class Dates(NamedTuple):
    """What a date means in each order; equal where it can be read in one way only, None where it cannot be read."""

    day_first: date | None
    month_first: date | None

    @property
    def ambiguous(self) -> bool:
        """Whether the two orders give two different days."""
        return None not in self and self.day_first != self.month_first

    def under(self, order: DateOrder | None) -> date | None:
        """The day in this order; without an order the only day it can mean."""
        if order is None:
            return None if self.ambiguous else self.day_first or self.month_first
        return self.day_first if order is DateOrder.DAY_FIRST else self.month_first


class When(NamedTuple):
    """A date cell that may hold a time and an offset from UTC too."""

    dates: Dates
    time: time | None
    offset: timezone | None


_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:[:.h](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:[.,][0-9]+)?)?)?"
    r"\s*(?P<half>[AaPp]\.?\s?[Mm]\.?)?"
)
_ZONE = re.compile(r"\s*(?P<zulu>Z|UTC|GMT)$|\s*(?P<sign>[+-])(?P<hours>[0-9]{2}):?(?P<minutes>[0-9]{2})$")
_SPLIT = re.compile(r"(?P<date>.*?[0-9])(?:,?\s+|T)(?P<time>[0-9]{1,2}[:.h][0-9]{2}.*|[0-9]{1,2}\s*[AaPp]\.?[Mm]\.?)")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})\.?|([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})\s?([-/.])\s?([0-9]{1,2})\s?\2\s?([0-9]{4}|[0-9]{2})")
_NAMED = re.compile(
    r"(?:(?P<d>[0-9]{1,2})\W*)?(?P<month>[^\W\d_]+)\W+(?:(?P<e>[0-9]{1,2})(?:st|nd|rd|th)?\W+)?(?P<y>[0-9]{4}|[0-9]{2})"
)
_WEEKDAY = re.compile(r"[^\W\d_]+\.?,?\s+(?=.*[0-9].*[0-9])")


def read_when(text: str) -> When | None:
    """Read a date, or a date with a time and perhaps an offset; None when it is neither."""
    text = text.strip()
    if len(text) > LONGEST:
        return None
    match = _SPLIT.fullmatch(text)
    if match is None:
        dates = _dates(text)
        return None if dates == (None, None) else When(dates, None, None)
    clock, offset = _without_zone(match["time"])
    moment, dates = read_time(clock), _dates(match["date"])
    return None if moment is None or dates == (None, None) else When(dates, moment, offset)


def read_time(text: str) -> time | None:
    """A time of day in 24 or 12 hours; None when it is none."""
    match = _TIME.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if match is None or not (match["minute"] or match["half"]):
        return None
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"][0] in "Pp" else 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def local_time(day: date, when: When, zone: timezone | None = None) -> datetime:
    """The day and time of a cell together, in UTC offset `zone` where it has none of its own."""
    return datetime.combine(day, when.time or time(0), when.offset or zone)


def _without_zone(text: str) -> tuple[str, timezone | None]:
    match = _ZONE.search(text)
    if match is None:
        return text, None
    clock = text[: match.start()]
    if match["zulu"]:
        return clock, UTC
    ahead = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
    return clock, timezone(ahead if match["sign"] == "+" else -ahead)


def _dates(text: str) -> Dates:
    text = text.strip()
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in (match[1] or match[5], match[3] or match[6], match[4] or match[7]))
        only = _date(year, month, day)
        return Dates(only, only)
    if match := _YEAR_LAST.fullmatch(text):
        one, two, year = int(match[1]), int(match[3]), _year(match[4])
        return Dates(_date(year, two, one), _date(year, one, two))
    only = _named_date(text) or _named_date(_WEEKDAY.sub("", text, count=1))
    return Dates(only, only)


def _named_date(text: str) -> date | None:
    match = _NAMED.fullmatch(text)
    month = _month_names().get(match["month"].casefold()) if match else None
    if match is None or month is None or (match["d"] is None) == (match["e"] is None):
        return None
    return _date(_year(match["y"]), month, int(match["d"] or match["e"]))


def _year(text: str) -> int:
    """Two digits mean the years from 1980 to 2079."""
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year >= 80 else 2000)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def _month_names() -> dict[str, int]:
    """Full and short month names in the languages whose tills we met."""
    names: dict[str, int] = {}
    for language in ("es", "fr", "it", "de", "en"):
        months = Locale(language).months["format"]
        for width in ("wide", "abbreviated"):
            names |= {str(name).rstrip(".").casefold(): number for number, name in months[width].items()}
    return names


class OrderOfDates(NamedTuple):
    """What a column says about its date order: one example for each reading, and how many cells fit both."""

    ambiguous: int
    example: str
    day_first: int | None
    """The place of the first cell that can only be day first."""
    month_first: int | None


def order_of_dates(texts: Iterable[str]) -> OrderOfDates:
    """Look through a whole column of dates for cells that fit one order only, and cells that fit both."""
    kinds: dict[str, str] = {}
    ambiguous, example, speaks = 0, "", dict[str, int]()
    for place, text in enumerate(texts):
        kind = kinds.get(text)
        if kind is None:
            when = read_when(text)
            kind = kinds[text] = _kind(when.dates) if when else "neither"
        if kind == "both":
            ambiguous += 1
            example = example or text
        elif kind not in speaks:
            speaks[kind] = place
    return OrderOfDates(ambiguous, example, speaks.get("day"), speaks.get("month"))


def _kind(dates: Dates) -> str:
    if dates.ambiguous:
        return "both"
    if dates.day_first == dates.month_first:
        return "neither"
    return "day" if dates.day_first else "month"

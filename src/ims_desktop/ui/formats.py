"""Numbers, money and dates in the writing of a place; Babel knows the symbols, the hot paths are cached."""

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, parse_date
from babel.numbers import NumberFormatError, format_decimal, get_currency_precision, parse_decimal

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import Words, say
from ims_desktop.ui.language import said

UNKNOWN = "—"
TODAY: Words = "Today"
MINUS = "\N{MINUS SIGN}"


class Formats:
    """The writing of one locale, currency and time zone; unknown values are written as a dash."""

    def __init__(self, locale: str = "en_GB", currency: str = "EUR", zone: str = "UTC") -> None:
        self.locale, self.currency, self.zone = Locale.parse(locale), currency, ZoneInfo(zone)
        self.money_decimals = get_currency_precision(currency)
        symbols = self.locale.number_symbols["latn"]
        self.decimal_sign, self.group_sign = str(symbols["decimal"]), str(symbols["group"])
        self._plain = self.locale.decimal_formats[None].grouping == (3, 3)
        self._signs = str.maketrans({",": self.group_sign, ".": self.decimal_sign, "-": MINUS})
        self._date = lru_cache(4096)(self._write_date)
        self._short = lru_cache(4096)(self._write_short)
        self._time = lru_cache(2048)(self._write_time)

    def number(self, value: Decimal | int | None, decimals: int = 0, signed: bool = False) -> str:
        """A grouped number with fixed decimals and a true minus."""
        if value is None:
            return UNKNOWN
        written = format(value, f",.{decimals}f")
        nothing = not written.strip("-0,.")
        if nothing:
            written = written.removeprefix("-")  # what rounds to nothing has no sign
        if not self._plain:
            written = self._write_number(written, decimals)
        plus = "+" if signed and value > 0 and not nothing else ""
        return plus + (written.translate(self._signs) if self._plain else written)

    def _write_number(self, written: str, decimals: int) -> str:
        pattern = self.locale.decimal_formats[None].pattern.split(".")[0] + ("." + "0" * decimals if decimals else "")
        return format_decimal(Decimal(written.replace(",", "")), pattern, self.locale).replace("-", MINUS)

    def money(self, value: Decimal | None, currency: bool = False) -> str:
        """An amount with the currency's decimals; with its code behind it when asked."""
        written = self.number(value, self.money_decimals)
        return f"{written} {self.currency}" if currency and value is not None else written

    def cost(self, value: Decimal | None) -> str:
        """A cost of one unit, four decimals."""
        return self.number(value, 4)

    def quantity(self, value: Decimal | None, unit: str = "", decimals: int = 3) -> str:
        """A quantity with its unit."""
        return f"{self.number(value, decimals)} {unit}".rstrip() if value is not None else UNKNOWN

    def percent(self, ratio: Decimal | None, decimals: int = 1, signed: bool = False) -> str:
        """A ratio as percent: Decimal("0.298") is 29.8%."""
        return self.number(ratio * 100, decimals, signed) + "%" if ratio is not None else UNKNOWN

    def today(self) -> dt.date:
        """The day it is now in the time zone of the site."""
        return dt.datetime.now(self.zone).date()

    def local(self, moment: dt.datetime) -> dt.datetime:
        """A moment on the clock of the site; a moment without zone is taken as written."""
        return moment.astimezone(self.zone) if moment.tzinfo else moment

    def date(self, value: dt.date | None) -> str:
        """A day such as "16 Nov 2026"."""
        return UNKNOWN if value is None else self._date(value)

    def time(self, value: dt.time | dt.datetime | None) -> str:
        """A time of day such as "07:24"."""
        if value is None:
            return UNKNOWN
        clock = self.local(value).time() if isinstance(value, dt.datetime) else value
        return self._time(clock.replace(second=0, microsecond=0))

    def moment(self, value: dt.datetime | None) -> str:
        """A day and time; today is called so, and the year is told only when it is another one."""
        if value is None:
            return UNKNOWN
        there, today = self.local(value), self.today()
        if there.date() == today:
            day = said(TODAY)
        else:
            day = self._short(there.date()) if there.year == today.year else self.date(there.date())
        return f"{day}, {self.time(there.time())}"

    def stamp(self, value: dt.datetime | None) -> str:
        """A day and time in full, for paper: it is read on other days, too."""
        if value is None:
            return UNKNOWN
        there = self.local(value)
        return f"{self.date(there.date())}, {self.time(there.time())}"

    def day(self, value: dt.date | None) -> str:
        """A day without its year, such as "16 Nov", for charts and short lists."""
        return UNKNOWN if value is None else self._short(value)

    def parse_number(self, text: str) -> Decimal:
        """The number somebody typed; the grouping must be right, so that "1.5" is never read as fifteen."""
        typed = text.strip().replace(MINUS, "-")
        if self.group_sign.isspace():
            typed = re.sub(r"\s", self.group_sign, typed)
        try:
            number = parse_decimal(typed, self.locale, strict=True)
            if number.is_finite():
                return number
        except (NumberFormatError, InvalidOperation, ValueError):
            pass  # said below, in the words of the person
        example = self.number(Decimal("1234.5"), 1)
        raise UserError(say("“{typed}” is not a number. Write it like {example}.", typed=text.strip(), example=example))

    def parse_date(self, text: str) -> dt.date:
        """The day somebody typed, in the order of the locale or as 2026-11-16."""
        typed = text.strip()
        try:
            return dt.date.fromisoformat(typed)
        except ValueError:
            pass
        try:
            return parse_date(typed, self.locale, format="short")
        except (ValueError, IndexError) as error:
            example = format_date(dt.date(2026, 11, 30), "short", self.locale)
            raise UserError(
                say("“{typed}” is not a date. Write it like {example} or 2026-11-30.", typed=typed, example=example)
            ) from error

    def parse_time(self, text: str) -> dt.time:
        """The time of day somebody typed: 7:30, 0730 or 7."""
        found = re.fullmatch(r"(\d{1,2})(?:[:.h]?(\d{2}))?", text.strip())
        if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise UserError(say("“{typed}” is not a time of day. Write it like 07:30.", typed=text.strip()))
        return dt.time(int(found[1]), int(found[2] or 0))

    def typed_date(self, value: dt.date) -> str:
        """A day as `parse_date` reads it back."""
        return value.isoformat()

    def typed_number(self, value: Decimal | int) -> str:
        """A number as a person would type it: no grouping, no needless zeros."""
        plain = format(Decimal(value).normalize() if value else Decimal(0), "f")
        return plain.replace(".", self.decimal_sign)

    def _write_date(self, value: dt.date) -> str:
        return format_date(value, "medium", self.locale)

    def _write_short(self, value: dt.date) -> str:
        return format_skeleton("MMMd", value, locale=self.locale)

    def _write_time(self, value: dt.time) -> str:
        return format_time(value, "short", locale=self.locale)

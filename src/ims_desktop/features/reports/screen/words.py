"""Figures of reports in words: dates without needless repetition, changes with their direction and tone."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date, format_interval, format_skeleton

from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.wording import Words, say
from ims_desktop.features.reports.rules import change
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.formats import UNKNOWN, Formats
from ims_desktop.ui.theme import Tone

POINT = Decimal(100)
SPACES = re.compile(r"\s*–\s*")


@dataclass(frozen=True)
class Delta:
    """A change in words, where it went (1, 0, −1), and whether that is good."""

    words: Words
    direction: int
    tone: Tone

    @property
    def parts(self) -> tuple[str, int, Tone]:
        """Words, direction and tone, as a Kpi takes them."""
        return self.words, self.direction, self.tone


NO_DELTA = Delta("", 0, Tone.NEUTRAL)


def formats_of(desk: Desk, currency: str) -> Formats:
    """The writing of the desk with the currency of a part of a report."""
    kept = desk.formats
    return kept if kept.currency == currency else Formats(str(kept.locale), currency, kept.zone.key)


def days(period: Period, formats: Formats) -> str:
    """Such as 31 Aug – 22 Nov 2026: month and year once where once will do."""
    return _between(period, "yMMMd", formats)


def days_short(period: Period, formats: Formats) -> str:
    """Such as 28 – 31 Dec, where the year goes without saying."""
    return _between(period, "MMMd", formats)


def _between(period: Period, skeleton: str, formats: Formats) -> str:
    written = str(format_interval(period.first, period.last, skeleton, locale=formats.locale))
    return SPACES.sub(" – ", written)


def short_day(day: date, formats: Formats) -> str:
    """A day without its year, such as 31 Aug."""
    return str(format_skeleton("MMMd", day, locale=formats.locale))


def weekday(day: date, formats: Formats) -> str:
    """A day with its weekday, such as Thursday 31 December 2015."""
    return str(format_date(day, "full", formats.locale))


def relative(now: Decimal | None, before: Decimal | None, formats: Formats, *, more_is: Tone = Tone.NEUTRAL) -> Delta:
    """The change of an amount in percent."""
    moved = change(now, before)
    if moved is None:
        return NO_DELTA
    return Delta(formats.percent(moved, signed=True), *_judged(moved, Decimal("0.0005"), Decimal("0.01"), more_is))


def points(now: Decimal | None, before: Decimal | None, formats: Formats, *, more_is: Tone = Tone.NEUTRAL) -> Delta:
    """The change of a ratio in percentage points."""
    if now is None or before is None:
        return NO_DELTA
    moved = (now - before) * POINT
    return Delta(
        say("{moved} pt", moved=formats.number(moved, 1, True)),
        *_judged(moved, Decimal("0.05"), Decimal("0.1"), more_is),
    )


def _judged(moved: Decimal, least: Decimal, telling: Decimal, more_is: Tone) -> tuple[int, Tone]:
    """Less than `least` shows as no change, less than `telling` is neither good nor bad.

    Falling is good where rising is bad, and the other way round.
    """
    direction = 0 if abs(moved) < least else 1 if moved > 0 else -1
    if abs(moved) < telling or more_is not in (Tone.OK, Tone.BAD):
        return direction, Tone.NEUTRAL
    good = (direction > 0) == (more_is is Tone.OK)
    return direction, Tone.OK if good else Tone.BAD


def whole(value: Decimal | None, formats: Formats) -> str:
    """An amount without cents, for the big figure of a card."""
    return UNKNOWN if value is None else formats.number(value)

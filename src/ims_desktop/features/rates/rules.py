"""What a rate must be, and when it is so far from the last one that somebody is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from babel.numbers import list_currencies

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.wording import Words, say

LARGEST, DECIMALS = Decimal(10) ** 9, 10
SMALLEST = Decimal(1).scaleb(-DECIMALS)
LONGEST_SOURCE = 120
FIRST_DAY = date(1999, 1, 1)
JUMP = Decimal("0.20")  # a rate that differs by more from the one before is asked about


@dataclass(frozen=True, slots=True)
class RateDraft:
    """One of `base` is worth `rate` of `quote`, from a day on, as somebody told it."""

    base: str
    quote: str
    valid_from: date
    rate: Decimal
    source: str = ""


@dataclass(frozen=True, slots=True)
class Jump:
    """A rate, and the one that held before it, told the same way round."""

    base: str
    quote: str
    rate: Decimal
    before: Decimal

    @property
    def share(self) -> Decimal:
        """By how much it differs, as a part of the one before."""
        return self.rate / self.before - 1

    @property
    def is_far(self) -> bool:
        """Whether somebody should be asked whether it is meant."""
        return abs(self.share) > JUMP

    @property
    def words(self) -> Words:
        """The two rates side by side."""
        return say(
            "1 {base} is said to be worth {rate} {quote}; the last rate was {before}, so it moves by {share} %.",
            base=self.base,
            quote=self.quote,
            rate=plain(self.rate),
            before=plain(self.before),
            share=f"{self.share * 100:+.1f}",
        )


def plain(rate: Decimal) -> str:
    """A rate in as few figures as say it, and no more than are kept."""
    kept = round(rate, DECIMALS).normalize()
    return format(kept, "f")


def problems_of(draft: RateDraft, today: date) -> Iterator[Problem]:
    """Everything that is wrong with a rate."""
    for key, code in (("base", draft.base), ("quote", draft.quote)):
        if code not in list_currencies():
            words = say("“{code}” is not a currency. Use its three letters, such as USD or EUR.", code=code)
            yield Problem(words, key)
    if draft.base == draft.quote:
        yield Problem("A currency is always worth one of itself. Choose another one.", "quote")
    yield from _problems_of_day(draft.valid_from, today)
    if wrong := wrong_with(draft.rate):
        yield Problem(wrong, "rate")
    if wrong := wrong_with_source(draft.source):
        yield Problem(wrong, "source")


def _problems_of_day(day: date, today: date) -> Iterator[Problem]:
    if day > today + timedelta(days=1):
        yield Problem("This day is still to come: nobody knows its rate yet.", "valid_from")
    if day < FIRST_DAY:
        yield Problem(say("Rates are kept from {year} on.", year=str(FIRST_DAY.year)), "valid_from")


def wrong_with(rate: Decimal | None) -> Words | None:
    """What is wrong with the number itself."""
    if rate is None:
        return "Say how much it is worth."
    if not rate.is_finite() or rate <= 0:
        return "A rate is more than 0."
    if rate >= LARGEST:
        return "This is absurdly large."
    if rate != round(rate, DECIMALS):
        return say("A rate has at most {most} decimals.", most=DECIMALS)
    return None


def wrong_with_source(source: str | None) -> Words | None:
    """What is wrong with where it comes from."""
    words = source or ""
    if len(words) > LONGEST_SOURCE:
        return say("There is room for {most} letters.", most=LONGEST_SOURCE)
    return None if words.isprintable() else "This has a character that cannot be written."

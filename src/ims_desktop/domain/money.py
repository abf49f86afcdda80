"""Money: cents only where documents and screens need them, and never a cent lost in a division."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache

from babel.numbers import get_currency_precision, list_currencies

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.numbers import half_up
from ims_desktop.domain.wording import say


@cache
def decimals_of(currency: str) -> int:
    """How many decimals a currency has on documents: 2 for USD and EUR, 0 for JPY, 3 for KWD."""
    if currency not in list_currencies():
        raise UserError(
            say("{currency} is not a currency code. Use three letters, such as USD or EUR.", currency=currency)
        )
    return int(get_currency_precision(currency))


def to_cents(amount: Decimal | Fraction, currency: str) -> Decimal:
    """The amount in the currency's decimals, half-up."""
    return half_up(amount, decimals_of(currency))


def rounding_difference(amounts: Sequence[Decimal], currency: str) -> Decimal:
    """What rounding each line adds to the rounded total: shown on the document instead of being hidden."""
    lines = sum((to_cents(amount, currency) for amount in amounts), Decimal(0))
    return lines - to_cents(sum(amounts, Decimal(0)), currency)


def allocate(total: Decimal, weights: Sequence[Decimal], currency: str) -> tuple[Decimal, ...]:
    """Split a total in proportion to weights so that the parts add up to it to the cent (largest remainder).

    Of equal remainders the first line gets the cent. Where all weights are 0 the split is even.
    """
    if not weights:
        raise UserError("An amount cannot be split over no lines.")
    if any(weight < 0 for weight in weights):
        raise UserError("An amount cannot be split by negative weights.")
    decimals = decimals_of(currency)
    cents = Fraction(total) * 10**decimals
    if cents.denominator != 1:
        raise UserError(say("{total} has more decimals than {currency}.", total=total, currency=currency))
    shares = [Fraction(weight) for weight in weights] if any(weights) else [Fraction(1)] * len(weights)
    whole = sum(shares)
    size, sign = abs(cents.numerator), 1 if cents >= 0 else -1
    exact = [size * share / whole for share in shares]
    parts = [part.numerator // part.denominator for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[: size - sum(parts)]:
        parts[place] += 1
    return tuple(half_up(Fraction(sign * part, 10**decimals), decimals) for part in parts)

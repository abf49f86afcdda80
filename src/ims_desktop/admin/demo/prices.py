"""How the suppliers' prices move: made up, by a seeded rule.

Each month an offer changes its price with a chance of one in three (fresh produce: two in three). Underneath, its level
walks by normal steps of 1.5 % a month (produce 5 %) around a drift of 2 % a year, and stays within 15 % (produce 30 %)
of where it began.
"""

from datetime import date
from decimal import Decimal
from random import Random

from ims_desktop.domain.numbers import half_up

FRESH = ("Produce", "Ortofrutta", "Pesce")
_YEARLY_DRIFT = 0.02
_STEP, _FRESH_STEP = 0.015, 0.05
_BOUND, _FRESH_BOUND = 0.15, 0.30


def drifting(start: Decimal, seed: str, category: str, first: date, months: int) -> tuple[tuple[date, Decimal], ...]:
    """The dated prices of one offer; the same seed always gives the same prices."""
    random = Random(seed)  # noqa: S311  # sample data, not a secret
    fresh = category in FRESH
    step, bound, chance = (_FRESH_STEP, _FRESH_BOUND, 2 / 3) if fresh else (_STEP, _BOUND, 1 / 3)
    prices = [(first, start)]
    level = 1.0
    for month in range(1, months):
        level += random.gauss(_YEARLY_DRIFT / 12, step)
        level = min(max(level, 1 - bound), 1 + bound)
        if random.random() < chance:
            number = first.year * 12 + first.month - 1 + month
            price = half_up(start * Decimal(f"{level:.4f}"), 2)
            if price != prices[-1][1]:
                prices.append((date(number // 12, number % 12 + 1, 1), price))
    return tuple(prices)

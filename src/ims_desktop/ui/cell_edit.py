"""How the cells of a column are edited: a value that a capability writes beside its column."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ims_desktop.domain.units import ItemUnits
from ims_desktop.ui.choices import Choices

NOTHING = Decimal(0)


@dataclass(frozen=True)
class CellEdit:
    """What may be typed follows the kind of the column; without the permission the column is only shown.

    `field` names the attribute of the row that is changed, where the column shows it in other words (a category by its
    name). `by_site`: the value belongs to the site chosen at the desk. `units(row)` lets "2 case + 4" be typed.
    `why_not(row)` is the reason why this very cell stays as it is.
    """

    permission: str | None = None
    field: str = ""
    choices: Choices | None = None
    several: bool = False  # several of the choices, typed with commas
    required: bool = False
    most: int | None = None  # letters
    low: Decimal | None = NOTHING
    high: Decimal | None = None
    decimals: int | None = None
    units: Callable[[Any], ItemUnits] | None = None
    by_site: bool = False
    why_not: Callable[[Any], str | None] | None = None

"""What an entry of waste or an adjustment means before it is recorded: its quantity, its cost, and what looks odd."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.numbers import NotANumber, read_number
from ims_desktop.domain.quantity import Entered, Limits, read_quantity
from ims_desktop.domain.units import ItemUnits
from ims_desktop.domain.valuation import Cost

NOTHING = Decimal(0)
SEVERAL_WEEKS = 8
_WRITTEN = re.compile(r"(?P<sign>[-+−]?)\s*(?P<figure>[0-9][0-9.,]*)\s*(?P<unit>[^\W\d_].*)")
FAR_ABOVE = 2  # times the worst week


@dataclass(frozen=True, slots=True)
class PlaceHeld:
    """How much of an item is in one storage location."""

    id: UUID
    name: str
    on_hand: Decimal


@dataclass(frozen=True, slots=True)
class EntryItem:
    """An item as an entry line knows it, at one site; `cost` is None to those who may not see costs.

    `unit` is the pack whose barcode was scanned; `worst_week` the most that was wasted in one of the last weeks.
    """

    id: UUID
    name: str
    sku: str
    units: ItemUnits
    unit: str | None
    on_hand: Decimal
    cost: Cost | None
    par: Decimal | None
    home_id: UUID | None
    places: tuple[PlaceHeld, ...]
    worst_week: Decimal

    @property
    def base(self) -> str:
        """The unit in which its stock is kept."""
        return self.units.base


def read_amount(typed: str, item: EntryItem, decimal_sign: str, *, signed: bool) -> Entered:
    """What was typed as a quantity of the item: waste is typed without a sign, adjustments with one."""
    entered = read_quantity(
        typed,
        item.units,
        cell_unit=item.unit,
        decimal_sign=decimal_sign,
        limits=Limits(negative=signed),
        field="quantity",
    )
    if entered.quantity == 0:
        words = "Nothing changes: type more or less than 0." if signed else "Type how much was wasted."
        raise UserError(words, [Problem(words, "quantity")])
    return entered


def as_written(typed: str, item: EntryItem, decimal_sign: str) -> tuple[Decimal, str] | None:
    """The figure and the unit that stand in "3 block"; None for a calculation, which no single pair can tell."""
    pieces = _WRITTEN.fullmatch(typed.strip())
    unit = item.units.find(pieces["unit"]) if pieces else None
    if pieces is None or unit is None or unit == item.base:
        return None
    try:
        figure = read_number(pieces["figure"], decimal_sign)
    except NotANumber:
        return None
    return (-figure if pieces["sign"] in ("-", "−") else figure), unit


def worth(item: EntryItem, quantity: Decimal, unit_cost: Decimal | None = None) -> Decimal | None:
    """What a signed quantity takes out of stock or brings in, by the rules of the ledger."""
    if item.cost is None or quantity == 0:
        return None
    return item.cost.worth(quantity, unit_cost)


def warning(item: EntryItem, quantity: Decimal, location: UUID | None) -> str | None:
    """What looks odd about a signed quantity of the item, in one short sentence."""
    if quantity >= 0:
        return None
    leaving = -quantity
    if leaving > item.on_hand:
        return f"Only {plain(item.on_hand)} {item.base} on hand here" if item.on_hand > 0 else "Nothing on hand here"
    held = next((place for place in item.places if place.id == location), None)
    if held is not None and leaving > held.on_hand:
        return f"Only {plain(held.on_hand)} {item.base} in {held.name}" if held.on_hand > 0 else f"None in {held.name}"
    if item.worst_week > 0 and leaving > FAR_ABOVE * item.worst_week:
        return f"Far more than usual: at most {plain(item.worst_week)} {item.base} a week"
    return None


def plain(quantity: Decimal) -> str:
    """A quantity without needless zeros."""
    return format(quantity.normalize() if quantity else NOTHING, "f")


def weekly(days: Iterable[tuple[int, Decimal]]) -> tuple[Decimal, ...]:
    """Daily figures (days ago, quantity) as weeks, the oldest first, this week last."""
    weeks = [NOTHING] * SEVERAL_WEEKS
    for ago, quantity in days:
        if 0 <= ago < 7 * SEVERAL_WEEKS:
            weeks[SEVERAL_WEEKS - 1 - ago // 7] += quantity
    return tuple(weeks)

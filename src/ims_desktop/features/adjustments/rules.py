"""What an entry of waste or an adjustment means before it is recorded: its quantity, its cost, and what looks odd."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.finding import found_among, is_scanned
from ims_desktop.domain.gs1 import Goods
from ims_desktop.domain.numbers import NotANumber, read_number
from ims_desktop.domain.quantity import Entered, Limits, read_quantity
from ims_desktop.domain.units import ItemUnits
from ims_desktop.domain.valuation import Cost
from ims_desktop.domain.wording import Words, say
from ims_desktop.features.items.rules import Pack, item_units

NOTHING = Decimal(0)
SMALLEST = Decimal("0.000001")
SEVERAL_WEEKS = 8
LONGEST_NAME, MOST_LINES = 80, 200
_WRITTEN = re.compile(r"(?P<sign>[-+−]?)\s*(?P<figure>[0-9][0-9.,]*)\s*(?P<unit>[^\W\d_].*)")
FAR_ABOVE = 2  # times the worst week


@dataclass(frozen=True, slots=True)
class PlaceHeld:
    """How much of an item is in one storage location."""

    id: UUID
    name: str
    on_hand: Decimal


@dataclass(frozen=True, slots=True)
class DishPart:
    """What one of a dish takes of an item; `cost` is what a `Cost` says, or None as in `EntryItem`."""

    item_id: UUID
    name: str
    unit: str
    each: Decimal
    on_hand: Decimal
    cost: tuple[Decimal, Decimal, Decimal] | None

    def worth(self, dishes: Decimal) -> Decimal | None:
        """What so many dishes take of it, in money."""
        return Cost(*self.cost).worth(portion(self, dishes)) if self.cost is not None else None


@dataclass(frozen=True, slots=True)
class HeldLot:
    """How much of a lot is in one storage location; lots stand in the order in which they expire."""

    code: str
    expires_on: date | None
    location_id: UUID
    on_hand: Decimal


@dataclass(frozen=True, slots=True)
class EntryItem:
    """An item as an entry line knows it, at one site; `cost` is None to those who may not see costs.

    `unit` is the pack whose barcode was scanned; `worst_week` the most that was wasted in one of the last weeks. Of a
    dish, `parts` say what one of it takes, and nothing of it is on hand itself.
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
    parts: tuple[DishPart, ...] = ()
    tracks_lots: str = "NO"
    lots: tuple[HeldLot, ...] = ()
    scanned: Goods | None = None  # what a code on the case said besides
    is_hidden: bool = False  # its stock is not to be seen while somebody counts blind; it is not nothing

    @property
    def base(self) -> str:
        """The unit in which its stock is kept."""
        return self.units.base

    @property
    def is_dish(self) -> bool:
        """Whether it is taken apart into what it is made of."""
        return bool(self.parts)


@dataclass(frozen=True, slots=True)
class KnownDish:
    """A menu item or a recipe with what one of it takes out of stock, as a desk remembers it."""

    id: UUID
    name: str
    code: str
    unit: str
    parts: tuple[DishPart, ...]

    def entry_item(self) -> EntryItem:
        """The dish as an entry line knows it."""
        return EntryItem(
            id=self.id,
            name=self.name,
            sku=self.code,
            units=item_units(self.unit, ()),
            unit=None,
            on_hand=NOTHING,
            cost=None,
            par=None,
            home_id=None,
            places=(),
            worst_week=NOTHING,
            parts=self.parts,
        )


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A line that is entered again and again, as it is typed: what, how much usually, why and from where."""

    item_id: UUID
    is_dish: bool
    name: str
    quantity: str = ""
    reason_id: UUID | None = None
    location_id: UUID | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """Lines under a name."""

    id: UUID
    name: str
    lines: tuple[TemplateLine, ...]


@dataclass(frozen=True, slots=True)
class KnownItem:
    """An item at a site as a desk remembers it for the time without a server; `cost` as in `EntryItem`."""

    id: UUID
    name: str
    sku: str
    base: str
    packs: tuple[tuple[str, Decimal, str], ...]
    grams_per_millilitre: Decimal | None
    grams_per_each: Decimal | None
    barcodes: tuple[tuple[str, str | None], ...]
    on_hand: Decimal
    cost: tuple[Decimal, Decimal, Decimal] | None
    par: Decimal | None
    home_id: UUID | None
    places: tuple[tuple[UUID, str, Decimal], ...]
    tracks_lots: str = "NO"
    lots: tuple[HeldLot, ...] = ()
    is_hidden: bool = False

    def entry_item(self, scanned: str = "") -> EntryItem:
        """The item as an entry line knows it; how much of it is wasted in other weeks is not remembered."""
        packs = (Pack(name, quantity, unit) for name, quantity, unit in self.packs)
        return EntryItem(
            id=self.id,
            name=self.name,
            sku=self.sku,
            units=item_units(self.base, packs, self.grams_per_millilitre, self.grams_per_each),
            unit=next((unit for code, unit in self.barcodes if is_scanned(code, scanned)), None),
            on_hand=self.on_hand,
            cost=Cost(*self.cost) if self.cost is not None else None,
            par=self.par,
            home_id=self.home_id,
            places=tuple(PlaceHeld(*place) for place in self.places),
            worst_week=NOTHING,
            tracks_lots=self.tracks_lots,
            lots=self.lots,
            is_hidden=self.is_hidden,
        )


@dataclass(frozen=True, slots=True)
class KnownReason:
    """A reason, its class, and the kinds of document it is for."""

    id: UUID
    name: str
    cost_class: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownHere:
    """What a desk remembers of a site, to go on entering without a server: as it was at a moment."""

    at: datetime
    items: tuple[KnownItem, ...]
    reasons: tuple[KnownReason, ...]
    locations: tuple[tuple[UUID, str], ...]
    dishes: tuple[KnownDish, ...] = ()

    def find_dishes(self, typed: str, most: int) -> tuple[EntryItem, ...]:
        """Dishes by name or code; those that begin with it first."""
        found = found_among(
            self.dishes, typed, lambda dish: (dish.name,), lambda dish: dish.code.casefold() == typed.casefold(), most
        )
        return tuple(dish.entry_item() for dish in found)

    def find(self, typed: str, most: int) -> tuple[EntryItem, ...]:
        """Items by name or SKU, or the one whose barcode was scanned; those that begin with it first."""
        found = found_among(
            self.items,
            typed,
            lambda item: (item.name, item.sku),
            lambda item: any(is_scanned(code, typed) for code, _unit in item.barcodes),
            most,
        )
        return tuple(item.entry_item(typed) for item in found)


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
        words: Words = say("Nothing changes: type more or less than 0.") if signed else say("Type how much was wasted.")
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
    if item.is_dish:
        worths = [worth for part in item.parts if (worth := part.worth(quantity)) is not None]
        return sum(worths, NOTHING) if quantity and len(worths) == len(item.parts) else None
    if item.cost is None or quantity == 0:
        return None
    return item.cost.worth(quantity, unit_cost)


def warning(item: EntryItem, quantity: Decimal, location: UUID | None) -> Words | None:
    """What looks odd about a signed quantity of the item, in one short sentence."""
    if quantity >= 0 or item.is_hidden:
        return None
    if item.is_dish:
        return _short_part(item, quantity)
    leaving = -quantity
    if leaving > item.on_hand:
        left = say("Only {amount} {unit} on hand here", amount=plain(item.on_hand), unit=item.base)
        return left if item.on_hand > 0 else say("Nothing on hand here")
    held = next((place for place in item.places if place.id == location), None)
    if held is not None and leaving > held.on_hand:
        left = say("Only {amount} {unit} in {place}", amount=plain(held.on_hand), unit=item.base, place=held.name)
        return left if held.on_hand > 0 else say("None in {place}", place=held.name)
    if item.worst_week > 0 and leaving > FAR_ABOVE * item.worst_week:
        return say("Far more than usual: at most {amount} {unit} a week", amount=plain(item.worst_week), unit=item.base)
    return None


def portion(part: DishPart, quantity: Decimal) -> Decimal:
    """What so many of a dish take of one part of it, to six decimals as the ledger keeps it."""
    return (part.each * quantity).quantize(SMALLEST, ROUND_HALF_UP)


def _short_part(dish: EntryItem, quantity: Decimal) -> Words | None:
    short = [part for part in dish.parts if -portion(part, quantity) > part.on_hand]
    if not short:
        return None
    return say("Not enough {item} on hand here", item=", ".join(part.name for part in short[:3]))


def template_problems(name: str, lines: Sequence[TemplateLine]) -> list[Problem]:
    """Everything that is wrong with a template."""
    problems = []
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        problems.append(Problem(say("Give it a name of at most {most} letters.", most=LONGEST_NAME), "name"))
    if not lines:
        problems.append(Problem("Enter the lines first that the template should have.", "lines"))
    if len(lines) > MOST_LINES:
        problems.append(Problem(say("A template has at most {most} lines.", most=MOST_LINES), "lines"))
    return problems


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

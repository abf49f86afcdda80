"""What a production is before it is recorded: what it takes by its recipe, what it took, and what came out of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.numbers import half_up
from ims_desktop.domain.units import ItemUnits
from ims_desktop.domain.wording import say
from ims_desktop.features.items.rules import Pack, item_units

NOTHING = Decimal(0)
BATCH = "batch"
MOST = Decimal(1_000_000_000)
LONGEST_NOTE, MOST_LINES = 1000, 200
BRIDGES = ("g", "ml")  # what is weighed and what is poured can be compared, pieces of two items cannot


@dataclass(frozen=True, slots=True)
class Lot:
    """So much of a part is of a lot; without a quantity all that is left of it."""

    code: str | None
    quantity: Decimal | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """So much of an item, used or made, in its base unit; `expected` is what the recipe says.

    `weight` is its part of what was used, where several things were made. `entered_quantity` and `entered_unit` keep
    what the person wrote.
    """

    item_id: UUID
    location_id: UUID | None
    quantity: Decimal
    expected: Decimal | None = None
    lots: tuple[Lot, ...] = ()
    weight: Decimal | None = None
    entered_quantity: Decimal | None = None
    entered_unit: str | None = None


@dataclass(frozen=True, slots=True)
class Production:
    """A production under the key its desk gave it; without a time it happened when the server gets it.

    `version_id` is the version of the recipe; None: one item was repacked into others, and what is expected of it is
    what is in the packs. `reason_id` says why less came out.
    """

    key: UUID
    site_id: UUID
    used: tuple[Part, ...]
    made: tuple[Part, ...]
    version_id: UUID | None = None
    effective_at: datetime | None = None
    labour: Decimal = NOTHING
    reason_id: UUID | None = None
    note: str = ""

    @property
    def is_repacking(self) -> bool:
        """Whether one item became others, without a recipe."""
        return self.version_id is None


@dataclass(frozen=True, slots=True)
class Takes:
    """What a batch takes of an item, in its base unit."""

    item_id: UUID
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Prep:
    """A recipe whose output is stocked, as it is made on a day: what a batch of it gives and takes.

    `home_id` is where it is kept at the site, `shelf_life` how many days it keeps. Without a version nobody has said
    yet how it is made.
    """

    recipe_id: UUID
    name: str
    item_id: UUID
    item: str
    sku: str
    base: str
    packs: tuple[Pack, ...]
    grams_per_millilitre: Decimal | None
    grams_per_each: Decimal | None
    tracks_lots: str
    shelf_life: int | None
    home_id: UUID | None
    day: date
    version_id: UUID | None = None
    valid_from: date | None = None
    yields: Decimal = NOTHING
    yield_unit: str = ""
    takes: tuple[Takes, ...] = ()

    @property
    def units(self) -> ItemUnits:
        """The units of the item, and the batch."""
        units = item_units(self.base, self.packs, self.grams_per_millilitre, self.grams_per_each)
        if self.version_id is None or units.find(BATCH) is not None:
            return units
        batch = Pack(BATCH, half_up(Fraction(self.yields) * units.path(self.yield_unit).factor), self.base)
        return item_units(self.base, (*self.packs, batch), self.grams_per_millilitre, self.grams_per_each)

    @property
    def batch(self) -> Decimal:
        """What a batch gives, in the base unit of the item."""
        return half_up(Fraction(self.yields) * self.units.path(self.yield_unit).factor)

    @property
    def expires_on(self) -> date | None:
        """When what is made of it expires, where that is kept."""
        if self.tracks_lots != "EXPIRY" or self.shelf_life is None:
            return None
        return self.day + timedelta(days=self.shelf_life)

    def for_quantity(self, quantity: Decimal) -> tuple[Takes, ...]:
        """What so much of it takes, to six decimals as the ledger keeps it."""
        share = Fraction(quantity) / Fraction(self.batch)
        scaled = (Takes(one.item_id, half_up(Fraction(one.quantity) * share)) for one in self.takes)
        return tuple(one for one in scaled if one.quantity > 0)


def problems_of(production: Production) -> list[Problem]:
    """Everything that is wrong with a production before the server is asked."""
    problems = []
    if not production.used:
        problems.append(Problem("Say what was used.", "lines"))
    if not production.made:
        problems.append(Problem("Say what was made.", "lines"))
    if any(len(parts) > MOST_LINES for parts in (production.used, production.made)):
        problems.append(Problem(say("There is room for {most} lines.", most=MOST_LINES), "lines"))
    for row, part in enumerate((*production.used, *production.made), 1):  # as the lines of its document are counted
        if not 0 < part.quantity < MOST:
            problems.append(Problem("A quantity must be more than 0, and not absurdly large.", "quantity", row))
    if not 0 <= production.labour < MOST:
        problems.append(Problem("Labour is 0 or more, and not absurdly large.", "labour"))
    if len(production.note) > LONGEST_NOTE:
        problems.append(Problem(say("This has at most {most} letters.", most=LONGEST_NOTE), "note"))
    return problems


def off_by(actual: Decimal, expected: Decimal | None) -> Decimal | None:
    """By which part something is above or below what was expected; None where nothing was."""
    return actual / expected - 1 if expected else None


def worth_of_difference(value: Decimal, actual: Decimal, expected: Decimal | None) -> Decimal | None:
    """What came out too little (below zero) or too much is worth, at what it would have cost as expected."""
    return value * (actual - expected) / expected if expected else None


def content(held: ItemUnits, quantity: Decimal, made: ItemUnits) -> Decimal | None:
    """How much of one item is in so much of another, in the base unit of the one; None where no way leads there."""
    for bridge in BRIDGES:
        if held.find(bridge) == made.find(bridge) == bridge:
            return half_up(Fraction(quantity) * made.path(made.base, bridge).factor * held.path(bridge).factor)
    return None


def shared(contents: Sequence[Decimal | None], quantities: Iterable[Decimal]) -> tuple[Decimal, ...]:
    """The part of each thing made: by what is in it where that is known of all, otherwise by how much there is."""
    known = [one for one in contents if one is not None]
    return tuple(known) if len(known) == len(contents) else tuple(quantities)

"""A recipe on its way into the database: what must be right about it, what it costs, what another version changes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.numbers import NotANumber, half_up, read_number
from ims_desktop.domain.quantity import read_quantity
from ims_desktop.domain.units import GLOBAL_UNITS, ItemUnits
from ims_desktop.domain.wording import say

HUNDRED = Decimal(100)
LARGEST = Decimal(10) ** 9
LONGEST_NAME, LONGEST_METHOD, LONGEST_UNIT = 120, 20_000, 30
MOST_LINES = 200
KINDS = ("DISH", "SUB_RECIPE", "PREP")
UNITS = {unit.code: unit for unit in GLOBAL_UNITS}
_WRITTEN = re.compile(r"(?P<figure>[-+−]?\s*[0-9][0-9.,]*)\s*(?P<unit>[^\W\d_].*)?")


@dataclass(frozen=True, slots=True)
class Usable:
    """An item or a recipe that a line may take, with its units; `cost` of one base unit is None where not known."""

    id: UUID
    name: str
    code: str
    is_recipe: bool
    units: ItemUnits
    yield_percent: Decimal = HUNDRED
    cost: Decimal | None = None

    @property
    def base(self) -> str:
        """The unit in which it is kept, or in which its yield is told."""
        return self.units.base


@dataclass(frozen=True, slots=True)
class Written:
    """A quantity as it stands in a recipe, and what it is in the base unit, with the path between them."""

    quantity: Decimal
    unit: str
    base_quantity: Decimal
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line as somebody wants it: so much of an item or of a recipe, of which a part is lost in preparation."""

    key: UUID
    is_recipe: bool
    quantity: Decimal
    unit: str
    yield_percent: Decimal = HUNDRED


@dataclass(frozen=True, slots=True)
class RecipeDraft:
    """A recipe as somebody wants it from a day on; `corrects` names the version that it replaces instead."""

    name: str
    kind: str
    yield_quantity: Decimal | None
    yield_unit: str
    valid_from: date | None
    lines: tuple[LineDraft, ...]
    output_item_id: UUID | None = None
    method: str = ""
    corrects: date | None = None
    id: UUID | None = None
    version: int = 0

    @property
    def day(self) -> date | None:
        """From when on it is made so."""
        return self.corrects or self.valid_from


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A line of a version, with today's cost of one base unit."""

    key: UUID
    name: str
    quantity: Decimal
    unit: str
    base_quantity: Decimal
    yield_percent: Decimal
    unit_cost: Decimal | None

    @property
    def cost(self) -> Decimal | None:
        """What the line costs in a batch."""
        if self.unit_cost is None:
            return None
        return self.base_quantity * HUNDRED / self.yield_percent * self.unit_cost

    def words(self) -> str:
        """So much of it."""
        return f"{plain(self.quantity)} {self.unit}"


@dataclass(frozen=True, slots=True)
class Difference:
    """What one version changed of the one before: the lines in words, and what one unit of the yield costs more."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    cost: Decimal | None

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def plain(number: Decimal) -> str:
    """A figure without the zeros a column pads."""
    return format(number.normalize(), "f")


def read_written(typed: str, units: ItemUnits, decimal_sign: str = ".", *, negative: bool = False) -> Written:
    """What "160 g" or "2 case + 4" means for something with these units; raises UserError with a sentence."""
    pieces = _WRITTEN.fullmatch(typed.strip())
    unit = units.base if pieces and not pieces["unit"] else units.find(pieces["unit"]) if pieces else None
    if pieces is not None and unit is not None:
        try:
            figure = read_number(pieces["figure"].lstrip("-−+ ").strip(), decimal_sign)
        except NotANumber:
            pass
        else:
            signed = -figure if pieces["figure"].startswith(("-", "−")) else figure
            return written(signed, unit, units, negative=negative)
    entered = read_quantity(typed, units, decimal_sign=decimal_sign)
    return written(entered.quantity, units.base, units, path=entered.path)


def written(quantity: Decimal, unit: str, units: ItemUnits, *, path: str = "", negative: bool = False) -> Written:
    """A figure with its unit, converted along the one path between them; raises UserError where there is none."""
    exact = Fraction(quantity) * units.path(unit).factor
    base = half_up(exact)
    if base == 0 or (base < 0 and not negative):
        raise UserError("A quantity must be more than 0." if not negative else "A quantity cannot be 0.")
    if abs(base) > LARGEST or quantity != half_up(Fraction(quantity)):
        raise UserError("This quantity is absurdly large, or has more than six decimals.")
    sign = "=" if Fraction(base) == exact else "≈"
    told = path or (
        f"{units.path(unit).text(plain(quantity))} {sign} {plain(base)} {units.base}" if unit != units.base else ""
    )
    return Written(quantity, unit, base, told)


def units_of_yield(unit: str) -> ItemUnits:
    """The units in which a yield can be taken: those of its dimension, or only its own word, such as portion."""
    return ItemUnits(unit)


def cost_of_line(quantity: Written, usable: Usable, yield_percent: Decimal) -> Decimal | None:
    """What a line costs: quantity / yield × cost of one."""
    if usable.cost is None:
        return None
    return quantity.base_quantity * HUNDRED / yield_percent * usable.cost


def examined(draft: RecipeDraft, today: date) -> tuple[RecipeDraft, list[Problem]]:
    """The draft with its words trimmed, and everything that is wrong with it by itself."""
    tidy = replace(
        draft,
        name=" ".join(draft.name.split()),
        yield_unit=" ".join(draft.yield_unit.split()),
        method=draft.method.strip(),
        output_item_id=draft.output_item_id if draft.kind == "PREP" else None,
    )
    return tidy, [*_word_problems(tidy), *_day_problems(tidy, today), *_line_problems(tidy.lines)]


def _word_problems(draft: RecipeDraft) -> Iterator[Problem]:
    if not draft.name:
        yield Problem("A recipe needs a name.", "name")
    for key, words, most in (
        ("name", draft.name, LONGEST_NAME),
        ("yield_unit", draft.yield_unit, LONGEST_UNIT),
        ("method", draft.method, LONGEST_METHOD),
    ):
        if len(words) > most:
            yield Problem(say("This has {count} letters; there is room for {most}.", count=len(words), most=most), key)
    if draft.kind not in KINDS:
        yield Problem("Say whether it is a dish, a sub-recipe or a prep.", "kind")
    if draft.kind == "PREP" and draft.output_item_id is None:
        yield Problem("A prep is stocked: choose the item it becomes.", "output_item_id")
    if draft.yield_quantity is None or not 0 < draft.yield_quantity < LARGEST:
        yield Problem("A batch gives more than 0, and not absurdly much.", "yield_quantity")
    if not draft.yield_unit:
        yield Problem("Say in which unit the yield is told, such as portion or kg.", "yield_unit")


def _day_problems(draft: RecipeDraft, today: date) -> Iterator[Problem]:
    if draft.day is None:
        yield Problem("Say from which day on it is made so.", "valid_from")
    elif not 1900 <= draft.day.year <= 2999:
        yield Problem("This day lies outside the calendar.", "valid_from")
    elif draft.id is not None and draft.corrects is None and draft.day < today:
        yield Problem("What was sold stays as it was: a new version begins today or later.", "valid_from")


def _line_problems(lines: Sequence[LineDraft]) -> Iterator[Problem]:
    if not lines:
        yield Problem("A recipe needs at least one ingredient.", "lines")
    if len(lines) > MOST_LINES:
        yield Problem(say("A recipe has at most {most} lines.", most=MOST_LINES), "lines")
    for row, line in enumerate(lines, 1):
        if not 0 < line.yield_percent <= HUNDRED:
            yield Problem("The yield is more than 0% and at most 100%.", "lines.yield_percent", row)


def yield_problem(draft: RecipeDraft, base_unit: str) -> Problem | None:
    """Why a prep with this yield cannot go into stock as its item, which is kept in `base_unit`."""
    if draft.yield_unit == base_unit:
        return None
    one, other = UNITS.get(draft.yield_unit), UNITS.get(base_unit)
    if one is not None and other is not None and one.dimension is other.dimension:
        return None
    words = say(
        "Its item is kept in {base}, so its yield must be told in {base} or a unit that leads there.", base=base_unit
    )
    return Problem(words, "yield_unit")


def difference(
    before: tuple[Sequence[VersionLine], Decimal], after: tuple[Sequence[VersionLine], Decimal]
) -> Difference:
    """What changed from one version to the next, each its lines and its yield; at today's costs."""
    old, new = _by_key(before[0]), _by_key(after[0])
    changed = []
    for key in [key for key in new if key in old]:
        was, now = old[key], new[key]
        if (was.words(), was.yield_percent) != (now.words(), now.yield_percent):
            words = f"{now.name} {was.words()} → {now.words()}"
            if was.yield_percent != now.yield_percent:
                words += f" ({plain(was.yield_percent)}% → {plain(now.yield_percent)}%)"
            changed.append(words)
    one, other = cost_of_version(*before), cost_of_version(*after)
    return Difference(
        tuple(f"{new[key].name} {new[key].words()}" for key in new if key not in old),
        tuple(old[key].name for key in old if key not in new),
        tuple(changed),
        None if one is None or other is None else other - one,
    )


def cost_of_version(lines: Sequence[VersionLine], yields: Decimal) -> Decimal | None:
    """What one unit of the yield costs; unknown as long as any line is."""
    costs = [line.cost for line in lines]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) / yields if len(known) == len(costs) else None


def _by_key(lines: Sequence[VersionLine]) -> Mapping[Any, VersionLine]:
    """The lines by what they take; a second line of the same counts by its place."""
    found: dict[Any, VersionLine] = {}
    for line in lines:
        key: Any = line.key
        while key in found:
            key = (key, 1)
        found[key] = line
    return found

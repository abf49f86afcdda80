"""The units of one item: which packs it comes in, and whether they fit together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.numbers import show
from ims_desktop.domain.units import GLOBAL_UNITS, Dimension, Equation, ItemUnits, fold_unit
from ims_desktop.domain.wording import Words, say

MOST_DECIMALS = 10
LARGEST = Decimal(10) ** 9
GLOBAL_CODES = {
    fold_unit(written): unit.code for unit in GLOBAL_UNITS for written in (*unit.aliases, unit.name, unit.code)
}
_SMALL = frozenset({"g", "mg", "ml"}) | {unit.code for unit in GLOBAL_UNITS if unit.dimension is Dimension.COUNT}


@dataclass(frozen=True, slots=True)
class Pack:
    """One `name` is `quantity` of `of_unit`: 1 case = 6 tin."""

    name: str
    quantity: Decimal
    of_unit: str


def equations(
    packs: Iterable[Pack], grams_per_millilitre: Decimal | None, grams_per_each: Decimal | None
) -> list[Equation]:
    """Everything an item says about its units, as equations."""
    found = [Equation(pack.name, Fraction(pack.quantity), pack.of_unit) for pack in packs]
    if grams_per_millilitre:
        found.append(Equation("ml", Fraction(grams_per_millilitre), "g"))
    if grams_per_each:
        found.append(Equation("each", Fraction(grams_per_each), "g"))
    return found


def item_units(
    base: str, packs: Iterable[Pack], grams_per_millilitre: Decimal | None = None, grams_per_each: Decimal | None = None
) -> ItemUnits:
    """The units of an item, ready to read and convert what people type."""
    return ItemUnits(base, equations(packs, grams_per_millilitre, grams_per_each))


def pack_line(pack: Pack, units: ItemUnits) -> str:
    """A pack with the whole path to the base unit: `1 case × 6 tin × 2.5 kg = 15 kg`."""
    path = units.path(pack.name)
    return f"{path.text()} = {show(path.factor)} {units.base}"


def places(unit: str, quantity: Decimal | None) -> int:
    """How many decimals a quantity shows: none for pieces, grams and millilitres, unless it has a broken part."""
    whole = quantity is None or quantity == quantity.to_integral_value()
    return 0 if unit in _SMALL and whole else 3


def pack_problems(packs: Sequence[Pack]) -> Iterator[Problem]:
    """What is wrong with packs one by one, before asking whether they fit together."""
    names = [fold_unit(pack.name) for pack in packs]
    known = {*names, *GLOBAL_CODES}
    for row, (pack, name) in enumerate(zip(packs, names, strict=True), 1):
        if not name:
            yield Problem("A pack needs a name, such as case.", "packs.name", row)
        elif name in GLOBAL_CODES:
            yield Problem(
                say("{name} is a unit already. Give the pack a name of its own.", name=pack.name), "packs.name", row
            )
        elif names.index(name) != row - 1:
            yield Problem(_told_twice(packs[:row]), "packs.name", row)
        if not 0 < pack.quantity < LARGEST:
            yield Problem("The quantity must be more than 0, and not absurdly large.", "packs.quantity", row)
        elif -int(pack.quantity.normalize().as_tuple().exponent) > MOST_DECIMALS:
            yield Problem(
                say("The quantity has more than {most} decimals.", most=MOST_DECIMALS),
                "packs.quantity",
                row,
            )
        if fold_unit(pack.of_unit) not in known:
            missing = say("{unit} is neither a unit nor a pack of this item.", unit=pack.of_unit)
            yield Problem(missing if pack.of_unit else "Of what?", "packs.of_unit", row)


def _told_twice(packs: Sequence[Pack]) -> Words:
    """That the last of these is there already; where the two disagree, both of their paths."""
    first = {fold_unit(pack.name): pack.name for pack in reversed(packs)}
    named = [Pack(first[fold_unit(pack.name)], pack.quantity, pack.of_unit) for pack in packs]
    said = equations(canonical(named), None, None)
    try:
        ItemUnits(said[-1].other, said)
    except UserError as error:
        for problem in error.problems:
            if problem.field == "quantity" and problem.text.startswith(f"{said[-1]} "):
                return problem.text
    return say("{name} is there twice.", name=packs[-1].name)


def canonical(packs: Sequence[Pack]) -> tuple[Pack, ...]:
    """The same packs with the names of their units as the item writes them."""
    own = {fold_unit(pack.name): pack.name for pack in packs}

    def code(written: str) -> str:
        folded = fold_unit(written)
        return own.get(folded) or GLOBAL_CODES.get(folded, written)

    return tuple(Pack(pack.name, pack.quantity, code(pack.of_unit)) for pack in packs)


def misfits(base: str, packs: Sequence[Pack], density: Decimal | None, weight: Decimal | None) -> list[Problem]:
    """Circles, contradictions and loose ends, each at the row or field that says it."""
    said = equations(packs, density, weight)
    try:
        ItemUnits(base, said)
    except UserError as error:
        return [_placed(problem, said, len(packs)) for problem in error.problems]
    return []


def _placed(problem: Problem, said: Sequence[Equation], rows: int) -> Problem:
    """The problem at its equation, which its sentence begins with."""
    for place, equation in enumerate(said):
        if problem.text.startswith((f"{equation} ", f"{equation}:", f"{equation.unit} does not")):
            if place < rows:
                return Problem(problem.text, f"packs.{problem.field}", place + 1)
            return Problem(problem.text, "grams_per_millilitre" if equation.unit == "ml" else "grams_per_each")
    return Problem(problem.text, "packs")

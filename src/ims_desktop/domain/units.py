"""Units of an item: exact rational factors along one path, and the path can be shown (domain rule 10).

Everything an item knows about its units is a set of equations, whatever the trade calls them: a pack
(1 case = 6 tin), a content (1 tin = 400 g), a weight (1 each = 150 g), a density (1 l = 0.92 kg).
"""

from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import Enum
from fractions import Fraction
from functools import cached_property

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.numbers import half_up, show
from ims_desktop.domain.wording import Words, say

Number = Decimal | Fraction | int


class Dimension(Enum):
    """What a global unit measures; conversion inside one dimension needs no knowledge of the item."""

    WEIGHT = "weight"
    VOLUME = "volume"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that means the same for every item; `factor` leads to g, ml or each."""

    code: str
    name: Words
    dimension: Dimension
    factor: Fraction
    aliases: tuple[str, ...] = ()


def _unit(code: str, name: Words, dimension: Dimension, factor: str, aliases: str = "") -> Unit:
    return Unit(code, name, dimension, Fraction(factor), tuple(aliases.split()))


# The pound and the gallon by their legal definitions (0.45359237 kg; 231 cubic inches of 2.54³ cm³); cups, spoons and
# pints are the United States customary ones, which are binary and ternary parts of that gallon.
GLOBAL_UNITS: tuple[Unit, ...] = (
    _unit("g", "gram", Dimension.WEIGHT, "1", "gr gramme grammo grammi"),
    _unit("kg", "kilogram", Dimension.WEIGHT, "1000", "kilo chilo chili kgs"),
    _unit("mg", "milligram", Dimension.WEIGHT, "1/1000"),
    _unit("oz", "ounce", Dimension.WEIGHT, "28.349523125"),
    _unit("lb", "pound", Dimension.WEIGHT, "453.59237", "lbs"),
    _unit("ml", "millilitre", Dimension.VOLUME, "1", "milliliter"),
    _unit("cl", "centilitre", Dimension.VOLUME, "10", "centiliter"),
    _unit("dl", "decilitre", Dimension.VOLUME, "100", "deciliter"),
    _unit("l", "litre", Dimension.VOLUME, "1000", "liter ltr lt litro litri"),
    _unit("fl oz", "fluid ounce", Dimension.VOLUME, "29.5735295625", "floz"),
    _unit("tsp", "teaspoon", Dimension.VOLUME, "4.92892159375"),
    _unit("tbsp", "tablespoon", Dimension.VOLUME, "14.78676478125"),
    _unit("cup", "cup", Dimension.VOLUME, "236.5882365"),
    _unit("pt", "pint", Dimension.VOLUME, "473.176473"),
    _unit("qt", "quart", Dimension.VOLUME, "946.352946"),
    _unit("gal", "gallon", Dimension.VOLUME, "3785.411784"),
    _unit("each", "each", Dimension.COUNT, "1", "ea pc pcs pz pezzo pezzi piece stk st"),
    _unit("pair", "pair", Dimension.COUNT, "2"),
    _unit("dozen", "dozen", Dimension.COUNT, "12", "doz dz dozzina"),
)


@dataclass(frozen=True, slots=True)
class Equation:
    """One `unit` is `quantity` of `other`."""

    unit: str
    quantity: Fraction
    other: str

    def __str__(self) -> str:
        return f"1 {self.unit} = {show(self.quantity)} {self.other}"


Steps = tuple[tuple[Fraction, str], ...]


@dataclass(frozen=True, slots=True)
class Path:
    """The way from one unit to another: the start, then (factor, unit) for each step."""

    start: str
    steps: Steps = ()

    @property
    def factor(self) -> Fraction:
        """How many of the last unit one of the first is."""
        product = Fraction(1)
        for factor, _ in self.steps:
            product *= factor
        return product

    def text(self, amount: str = "1", decimal_sign: str = ".") -> str:
        """The path as people write it: `2 case × 6 tin × 400 g ÷ 1000 kg`."""
        words = [f"{amount} {self.start}"]
        for factor, unit in self.steps:
            written = show(factor, decimal_sign)
            if factor.numerator == 1 != factor.denominator or "/" in written:
                words.append(f"÷ {show(1 / factor, decimal_sign)} {unit}")
            else:
                words.append(f"× {written} {unit}")
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount in another unit: exact, as the ledger keeps it, and the path it took."""

    exact: Fraction
    quantity: Decimal
    unit: str
    path: Path

    @property
    def rounded(self) -> bool:
        """Whether the ledger's decimals could not hold the exact figure."""
        return Fraction(self.quantity) != self.exact


def fold_unit(text: str) -> str:
    """The form in which unit names are compared: lower case, no dots, single spaces."""
    return " ".join(text.casefold().replace(".", " ").split())


@dataclass(frozen=True, slots=True)
class _Known:
    """What global units mean, worked out once: a pasted count makes the units of thousands of items."""

    units: Mapping[str, Unit]
    alike: Mapping[str, Sequence[tuple[str, Fraction]]]  # the others of its dimension, and how many of them it is
    written: Mapping[str, Sequence[str]]  # how it is also written, folded


def _known(units: Sequence[Unit]) -> _Known:
    return _Known(
        {unit.code: unit for unit in units},
        {
            unit.code: tuple(
                (other.code, unit.factor / other.factor)
                for other in units
                if other is not unit and other.dimension is unit.dimension
            )
            for unit in units
        },
        {unit.code: tuple(fold_unit(alias) for alias in (*unit.aliases, unit.name)) for unit in units},
    )


_EVERYWHERE = _known(GLOBAL_UNITS)


class ItemUnits:
    """The units of one item: its own, and the global ones it can reach.

    They hang on one tree that grows from the base unit, so two units have exactly one path between them.
    """

    def __init__(self, base: str, equations: Iterable[Equation] = (), units: Sequence[Unit] = GLOBAL_UNITS) -> None:
        self.base = base
        self._known = _EVERYWHERE if units is GLOBAL_UNITS else _known(units)
        self._global = self._known.units
        self._equations: dict[str, list[tuple[Fraction, str]]] = {}
        problems = [problem for equation in equations for problem in self._add(equation)]
        self._from_base = self._tree(base)
        problems += self._loose_ends()
        if problems:
            raise UserError("These units do not fit together.", problems)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every unit in which this item can be counted: the base unit, its own units, then the global ones."""
        own = [code for code in self._equations if code not in self._global]
        return tuple(dict.fromkeys([self.base, *own, *self._from_base]))

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """Every written form with the unit it means; most numbers are typed without one."""
        return dict(self._written_names())

    def find(self, text: str) -> str | None:
        """The code of the unit that somebody wrote (`Cases`, `fl. oz`), or None when this item has no such unit."""
        written = fold_unit(text)
        for form in (written, written.removesuffix("s"), written.removesuffix("es")):
            if form in self._names:
                return self._names[form]
        return None

    def path(self, unit: str, to: str | None = None) -> Path:
        """The path from `unit` to `to` (the base unit unless given)."""
        target = self.base if to is None else to
        if unit not in self._from_base or target not in self._from_base:
            raise UserError(
                say(
                    "{unit} cannot be converted to {target}. This item has: {codes}.",
                    unit=unit,
                    target=target,
                    codes=", ".join(self.codes),
                )
            )
        down, up = self._from_base[target], self._from_base[unit]
        shared = 0
        while shared < min(len(down), len(up)) and down[shared] == up[shared]:
            shared += 1
        back = []
        for place in range(len(up) - 1, shared - 1, -1):
            back.append((1 / up[place][0], up[place - 1][1] if place else self.base))
        return Path(unit, self._shortened(unit, (*back, *down[shared:])))

    def convert(self, amount: Number, unit: str, to: str | None = None) -> Converted:
        """`amount` of `unit`, in `to` (the base unit unless given)."""
        path = self.path(unit, to)
        exact = Fraction(amount) * path.factor
        return Converted(exact, half_up(exact), self.base if to is None else to, path)

    def _add(self, equation: Equation) -> Iterator[Problem]:
        """Take the equation in, unless it is senseless or disagrees with a path that is already there."""
        if equation.quantity <= 0:
            yield Problem(say("{equation}: the quantity must be more than 0.", equation=equation), "quantity")
            return
        steps = self._tree(equation.unit).get(equation.other)
        if steps is None:
            self._equations.setdefault(equation.unit, []).append((equation.quantity, equation.other))
            self._equations.setdefault(equation.other, []).append((1 / equation.quantity, equation.unit))
        elif (there := Path(equation.unit, steps)).factor != equation.quantity:
            yield Problem(
                say(
                    "{equation} disagrees with {path} = {factor} {other}, which this item already says. "
                    "Change one of the two.",
                    equation=equation,
                    path=there.text(),
                    factor=show(there.factor),
                    other=equation.other,
                ),
                "quantity",
            )

    def _loose_ends(self) -> Iterator[Problem]:
        for code in self._equations:
            if code not in self._from_base:
                yield Problem(
                    say(
                        "{code} does not lead to {base}, in which this item is kept. Say what one {code} is.",
                        code=code,
                        base=self.base,
                    ),
                    "unit",
                )

    def _shortened(self, start: str, steps: Steps) -> Steps:
        """Two steps inside one dimension are one: g to lb directly, not over kg."""
        places, shorter = [start], list[tuple[Fraction, str]]()
        for factor, code in steps:
            if len(places) > 1 and self._one_dimension(places[-2], places[-1], code):
                places.pop()
                factor *= shorter.pop()[0]
            shorter.append((factor, code))
            places.append(code)
        return tuple(shorter)

    def _one_dimension(self, *codes: str) -> bool:
        dimensions = {self._global[code].dimension if code in self._global else None for code in codes}
        return len(dimensions) == 1 and None not in dimensions

    def _tree(self, root: str) -> dict[str, Steps]:
        """The steps from `root` to every unit it reaches, breadth first: the shortest way, always the same one."""
        reached: dict[str, Steps] = {root: ()}
        waiting = deque([root])
        while waiting:
            here = waiting.popleft()
            for code, factor in self._neighbours(here, reached):
                reached[code] = (*reached[here], (factor, code))
                waiting.append(code)
        return reached

    def _neighbours(self, code: str, known: Container[str]) -> Iterator[tuple[str, Fraction]]:
        for factor, other in self._equations.get(code, ()):
            if other not in known:
                yield other, factor
        for other, factor in self._known.alike.get(code, ()):
            if other not in known:
                yield other, factor

    def _written_names(self) -> Iterator[tuple[str, str]]:
        """Every way of writing a unit; later pairs win, so the item's own words beat the global aliases."""
        reachable = self.codes
        for code in reachable:
            yield from ((written, code) for written in self._known.written.get(code, ()))
        for code in reversed(reachable):
            yield fold_unit(code), code


class WholeNumber(Enum):
    """How a quantity becomes whole packs."""

    UP = ROUND_CEILING
    DOWN = ROUND_FLOOR
    HALF = ROUND_HALF_UP  # the "50 % rule" of ordering: a half pack counts as one


@dataclass(frozen=True, slots=True)
class Packs:
    """Whole packs and what the rounding added (or left out), in packs: never silent."""

    number: int
    difference: Fraction


def whole_packs(exact: Number, rule: WholeNumber) -> Packs:
    """Round a number of packs to whole ones and say the difference."""
    wanted = Fraction(exact)
    down = wanted.numerator // wanted.denominator
    up = -((-wanted.numerator) // wanted.denominator)
    number = {
        WholeNumber.UP: up,
        WholeNumber.DOWN: down,
        WholeNumber.HALF: int(half_up(wanted, 0)),
    }[rule]
    return Packs(number, number - wanted)

"""What becomes of the packs of an item that is merged into another: nothing that was written in them may change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.numbers import half_up
from ims_desktop.domain.units import GLOBAL_UNITS, ItemUnits, fold_unit
from ims_desktop.domain.wording import say
from ims_desktop.features.items.rules.packs import MOST_DECIMALS, Pack

CODES = frozenset(unit.code for unit in GLOBAL_UNITS)


@dataclass(frozen=True, slots=True)
class MovedPack:
    """A pack under its old and its new name; without a quantity the winner has the very same one already."""

    was: str
    name: str
    quantity: Decimal | None = None
    of_unit: str = ""

    @property
    def is_renamed(self) -> bool:
        """Whether the winner means something else by the old name."""
        return self.quantity is not None and self.name != self.was


def between(loser: ItemUnits, winner: ItemUnits) -> Fraction:
    """How many base units of the winner one of the loser is; raises UserError where nothing tells."""
    if loser.base not in winner.codes:
        raise UserError(
            say(
                "One is kept in {this} and the other in {that}, which cannot be converted.",
                this=loser.base,
                that=winner.base,
            )
        )
    return winner.path(loser.base).factor


def moved_packs(
    packs: Sequence[Pack], loser: ItemUnits, winner: ItemUnits, known: Sequence[Pack], sku: str
) -> tuple[MovedPack, ...]:
    """The packs as the winner will have them: equal ones are one, others of the same name get the SKU into theirs."""
    factor = between(loser, winner)
    worth = {pack.name: loser.path(pack.name).factor * factor for pack in packs}
    same = {fold_unit(pack.name): pack.name for pack in known}
    names = {name: _name(name, worth[name], winner, same, sku) for name in worth}
    return tuple(_moved(pack, names, worth, winner, same) for pack in packs)


def _name(name: str, worth: Fraction, winner: ItemUnits, same: dict[str, str], sku: str) -> str:
    there = same.get(fold_unit(name))
    if there is None:
        return name
    return there if winner.path(there).factor == worth else f"{name} {sku}"


def _moved(
    pack: Pack, names: dict[str, str], worth: dict[str, Fraction], winner: ItemUnits, same: dict[str, str]
) -> MovedPack:
    name = names[pack.name]
    if fold_unit(name) in same:
        return MovedPack(pack.name, name)
    for quantity, unit, one in _contents(pack, names, worth, winner):
        if Fraction(quantity) * one == worth[pack.name]:
            return MovedPack(pack.name, name, quantity, unit)
    return MovedPack(pack.name, name, half_up(worth[pack.name], MOST_DECIMALS), winner.base)


def _contents(
    pack: Pack, names: dict[str, str], worth: dict[str, Fraction], winner: ItemUnits
) -> Iterator[tuple[Decimal, str, Fraction]]:
    """Ways of saying what is in it, the old one first, each with what one of its unit is in the winner's base unit."""
    if pack.of_unit in names:
        yield pack.quantity, names[pack.of_unit], worth[pack.of_unit]
    elif pack.of_unit in winner.codes and pack.of_unit in CODES:
        yield pack.quantity, pack.of_unit, winner.path(pack.of_unit).factor
    yield half_up(worth[pack.name], MOST_DECIMALS), winner.base, Fraction(1)

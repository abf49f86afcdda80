"""A block from a spreadsheet: SKU or barcode, quantity, and the storage location where it says one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from ims_desktop.domain.cell_block import Block
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.quantity import read_quantity
from ims_desktop.domain.units import ItemUnits
from ims_desktop.domain.wording import say
from ims_desktop.features.items.rules.barcodes import LENGTHS, barcode_fault

MOST_LINES = 20_000
ITEM, QUANTITY, PLACE = 0, 1, 2
TITLES = frozenset({"sku", "item", "barcode", "gtin", "quantity", "counted"})


@dataclass(frozen=True, slots=True)
class Countable:
    """An item that can be counted; `unit` is the pack whose barcode was read, in which a bare number is meant."""

    id: UUID
    name: str
    sku: str
    units: ItemUnits
    unit: str


@dataclass(frozen=True, slots=True)
class PastedLine:
    """A row that can be entered; `typed` is the quantity as it was written."""

    row: int
    item: Countable
    location_id: UUID
    quantity: Decimal
    typed: str


def read_pasted(
    block: Block,
    items: Mapping[str, Countable],
    places: Mapping[str, UUID],
    here: UUID | None,
    decimal_sign: str = ".",
) -> tuple[tuple[PastedLine, ...], list[Problem]]:
    """Every row that can be entered, and all that is wrong with the others. `items` by SKU or barcode as written.

    `places` by name; a row that names none goes `here`. A blank quantity is no zero: such a row is left out.
    """
    lines, problems = [], list[Problem]()
    for number, cells in _rows(block):
        reader = _Row(number, cells, items, places, here, decimal_sign)
        try:
            lines.append(reader.read())
        except UserError as error:
            problems += error.problems
    return tuple(lines), problems


def _rows(block: Block) -> Iterator[tuple[int, Sequence[str]]]:
    for number, cells in enumerate(block, 1):
        stripped = [cell.strip() for cell in cells]
        titled = number == 1 and bool(TITLES & {cell.casefold() for cell in stripped})
        if not titled and any(stripped) and (len(stripped) <= QUANTITY or stripped[QUANTITY]):
            yield number, stripped


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    cells: Sequence[str]
    items: Mapping[str, Countable]
    places: Mapping[str, UUID]
    here: UUID | None
    decimal_sign: str

    def read(self) -> PastedLine:
        """The row, or everything that is wrong with it at once."""
        item, wrong = self.items.get(self._cell(ITEM).casefold()), []
        if item is None:
            named = self._cell(ITEM)
            fault = barcode_fault(named) if named.isdigit() and len(named) in LENGTHS else None
            wrong.append(Problem(fault or say("No item has the SKU or barcode {text}.", text=named), "item"))
        place = self.places.get(self._cell(PLACE).casefold()) if self._cell(PLACE) else self.here
        if place is None:
            elsewhere = say("{place} is not counted on this sheet.", place=self._cell(PLACE))
            wrong.append(
                Problem(elsewhere if self._cell(PLACE) else "Say in which storage location it is.", "location")
            )
        quantity = self._quantity(item, wrong) if item is not None else None
        if item is None or place is None or quantity is None:
            raise UserError("", [Problem(each.text, each.field, self.number) for each in wrong])
        return PastedLine(self.number, item, place, quantity, self._cell(QUANTITY))

    def _quantity(self, item: Countable, wrong: list[Problem]) -> Decimal | None:
        try:
            return read_quantity(
                self._cell(QUANTITY), item.units, cell_unit=item.unit, decimal_sign=self.decimal_sign, field="quantity"
            ).quantity
        except UserError as error:
            wrong += error.problems
            return None

    def _cell(self, place: int) -> str:
        return self.cells[place] if place < len(self.cells) else ""

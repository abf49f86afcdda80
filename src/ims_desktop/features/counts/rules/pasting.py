"""A block from a spreadsheet: SKU or barcode, quantity, and where it says so storage location, lot and its last day."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from ims_desktop.domain.cell_block import Block
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.quantity import read_quantity
from ims_desktop.domain.units import ItemUnits
from ims_desktop.domain.wording import say
from ims_desktop.features.counts.rules.lines import CountLine
from ims_desktop.features.counts.rules.lots import NamedLot, cut, read_lot
from ims_desktop.features.items.rules.barcodes import LENGTHS, barcode_fault

MOST_LINES = 20_000
ITEM, QUANTITY, PLACE, LOT, DAY = range(5)
TITLES = frozenset({"sku", "item", "barcode", "gtin", "quantity", "counted"})


@dataclass(frozen=True, slots=True)
class Countable:
    """An item that can be counted; `unit` is the pack whose barcode was read, in which a bare number is meant."""

    id: UUID
    name: str
    sku: str
    units: ItemUnits
    unit: str
    by_lots: bool = False
    asks_day: bool = False


@dataclass(frozen=True, slots=True)
class PastedLine:
    """A row that can be entered; `typed` is the quantity as it was written."""

    row: int
    item: Countable
    location_id: UUID
    quantity: Decimal
    typed: str
    lot: NamedLot | None = None


def content_of(lines: Sequence[PastedLine]) -> str:
    """What tells a block from others: where, what, how much, of which lot, in this order."""
    written = "\n".join(
        f"{line.location_id} {line.item.id} {line.quantity.normalize():f} {line.lot.code if line.lot else ''}"
        for line in lines
    )
    return hashlib.sha256(written.encode()).hexdigest()


def row_key(sheet: UUID, content: str, time: int, row: int) -> UUID:
    """The key of a row of a block that is entered for the first time (0), or meant to be entered once more.

    The same block has the same: it is entered once, however often it is sent, and from however many windows.
    """
    return uuid5(sheet, f"{content} {time} {row}")


def read_pasted(
    block: Block,
    items: Mapping[str, Countable],
    places: Mapping[str, UUID],
    here: UUID | None,
    decimal_sign: str = ".",
    read_day: Callable[[str], date] = date.fromisoformat,
) -> tuple[tuple[PastedLine, ...], list[Problem]]:
    """Every row that can be entered, and all that is wrong with the others. `items` by SKU or barcode as written.

    `places` by name; a row that names none goes `here`. A blank quantity is no zero: such a row is left out. A lot
    stands in a column of its own or behind the quantity, as on the sheet.
    """
    lines, problems = [], list[Problem]()
    for number, cells in _rows(block):
        reader = _Row(number, cells, items, places, here, decimal_sign, read_day)
        try:
            lines.append(reader.read())
        except UserError as error:
            problems += error.problems
    return tuple(lines), problems


def with_known_lots(lines: Iterable[PastedLine], known: Iterable[CountLine]) -> tuple[PastedLine, ...]:
    """The rows with their lots called as the sheet calls them: one that is known is meant however it is written."""
    codes = {
        (one.item_id, one.location_id, code.casefold()): code
        for one in known
        for code in (*(entry.lot for entry in one.whole if entry.lot), *(lot.code for lot in one.lots))
    }

    def named(line: PastedLine) -> PastedLine:
        if line.lot is None:
            return line
        code = codes.get((line.item.id, line.location_id, line.lot.code.casefold()), line.lot.code)
        return replace(line, lot=replace(line.lot, code=code))

    return tuple(map(named, lines))


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
    read_day: Callable[[str], date]

    def read(self) -> PastedLine:
        """The row, or everything that is wrong with it at once."""
        item, wrong = self.items.get(self._cell(ITEM).casefold()), []
        if item is None:
            named = self._cell(ITEM)
            fault = barcode_fault(named) if named.isdigit() and len(named) in LENGTHS else None
            unknown = say("No item has the SKU or barcode {text}.", text=named) if named else say("Choose the item.")
            wrong.append(Problem(fault or unknown, "item"))
        place = self.places.get(self._cell(PLACE).casefold()) if self._cell(PLACE) else self.here
        if place is None:
            elsewhere = say("{place} is not counted on this sheet.", place=self._cell(PLACE))
            wrong.append(
                Problem(elsewhere if self._cell(PLACE) else "Say in which storage location it is.", "location")
            )
        quantity = self._quantity(item, wrong) if item is not None else None
        lot = self._lot(item, wrong) if item is not None else None
        if item is None or place is None or quantity is None or wrong:
            raise UserError("", [Problem(each.text, each.field, self.number) for each in wrong])
        return PastedLine(self.number, item, place, quantity, cut(self._cell(QUANTITY))[0], lot)

    def _lot(self, item: Countable, wrong: list[Problem]) -> NamedLot | None:
        behind = cut(self._cell(QUANTITY))[1]
        named = f"{self._cell(LOT)} {self._cell(DAY)}".strip() if behind is None else behind
        if behind is None and not self._cell(LOT):
            if named:
                wrong.append(Problem(say("Name the lot that expires."), "lot"))
            return None
        if not item.by_lots:
            wrong.append(Problem(say("{item} is not kept by lots.", item=item.name), "lot"))
            return None
        try:
            return read_lot(named, (), self.read_day)
        except UserError as error:
            wrong.append(Problem(error.text, "lot"))
        except ValueError:
            wrong.append(Problem(say("“{typed}” is not a date.", typed=named.rpartition(" ")[2]), "lot"))
        return None

    def _quantity(self, item: Countable, wrong: list[Problem]) -> Decimal | None:
        try:
            return read_quantity(
                cut(self._cell(QUANTITY))[0],
                item.units,
                cell_unit=item.unit,
                decimal_sign=self.decimal_sign,
                field="quantity",
            ).quantity
        except UserError as error:
            wrong += error.problems
            return None

    def _cell(self, place: int) -> str:
        return self.cells[place] if place < len(self.cells) else ""

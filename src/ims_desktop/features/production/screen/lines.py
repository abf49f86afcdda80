"""The table of a production: what a prep takes, or what an item is repacked into."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.quantity import read_quantity
from ims_desktop.domain.wording import meant, say
from ims_desktop.features.adjustments.rules import EntryItem, as_written, plain, warning
from ims_desktop.features.adjustments.screen.lot_cells import parts_of, proposed, read_lots
from ims_desktop.features.items.rules import places as decimals_of
from ims_desktop.features.production.rules import Lot, Part, off_by
from ims_desktop.features.production.screen.memory import Memory
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import EntryColumn, EntryKind, EntrySpec, Line, Measured, Remark, Shown
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.theme import Tone

EXPECTED = "expected"  # what the recipe says of a line, in the base unit of its item
NOTHING = Decimal(0)


def item_of(line: Line) -> EntryItem | None:
    """The item of a line, once one was chosen."""
    chosen = line.get("item")
    return chosen.value if isinstance(chosen, Choice) else None


def quantity_of(line: Line) -> Decimal | None:
    """How much of it, in its base unit, once that can be read."""
    typed = line.get("quantity")
    return typed.value if isinstance(typed, Measured) and not typed.problem else None


def cost_of(line: Line) -> Decimal | None:
    """What leaves stock with a line, in money."""
    item, quantity = item_of(line), quantity_of(line)
    if item is None or quantity is None or item.cost is None:
        return None
    return -item.cost.worth(-quantity)


def used_spec(desk: Desk, memory: Memory) -> EntrySpec:
    """What a prep takes."""
    cells = Cells(desk, leaves=True)
    columns = [
        *_first(memory, cells),
        EntryColumn(EXPECTED, "By the recipe", EntryKind.SHOWN, 150, show=cells.expected, right=True),
        *_last(memory, cells, "From"),
    ]
    if desk.may("stock.cost"):
        columns.insert(4, EntryColumn("cost", "Cost", EntryKind.SHOWN, 110, show=cells.cost, right=True))
    return EntrySpec(tuple(columns), chosen=cells.follows, remark=cells.remark, name="Used", together=True)


def made_spec(desk: Desk, memory: Memory, share: Callable[[Line], Decimal | None]) -> EntrySpec:
    """What an item is repacked into; `share` is what a line is worth of it."""
    cells = Cells(desk, leaves=False, share=share)
    columns = [*_first(memory, cells), *_last(memory, cells, "Into")]
    if desk.may("stock.cost"):
        columns.insert(3, EntryColumn("cost", "Worth", EntryKind.SHOWN, 110, show=cells.worth, right=True))
    return EntrySpec(tuple(columns), chosen=cells.follows, name="Repacked into", together=True)


def _first(memory: Memory, cells: "Cells") -> tuple[EntryColumn, ...]:
    return (
        EntryColumn("item", "Item", EntryKind.LOOKUP, 190, "Type a name, SKU, or scan", required=True, stretch=True,
                    choices=Choices(search=memory.find_items)),
        EntryColumn("quantity", "Quantity", EntryKind.MEASURE, 110, "1.5 kg", required=True, parse=cells.quantity),
        EntryColumn("stock", "Stock unit", EntryKind.SHOWN, 134, show=cells.stock, right=True),
    )  # fmt: skip


def _last(memory: Memory, cells: "Cells", place: str) -> tuple[EntryColumn, ...]:
    return (
        EntryColumn("location", place, EntryKind.CHOICE, 144, meant("Home", "place"), required=True,
                    choices=Choices(load=memory.places)),
        EntryColumn("lot", "Lot", EntryKind.MEASURE, 110, "First out" if cells.leaves else "Its day",
                    parse=cells.lots),
    )  # fmt: skip


def part_of(line: Line, decimal_sign: str, *, leaves: bool) -> Part:
    """A ready line as it is recorded."""
    item, quantity = item_of(line), quantity_of(line)
    if item is None or quantity is None:
        raise ValueError("only ready lines become a production")
    typed = line.get("quantity")
    written = as_written(typed.typed if isinstance(typed, Measured) else "", item, decimal_sign)
    figure, unit = written or (None, None)
    return Part(
        item.id,
        line.get("location"),
        quantity,
        line.get(EXPECTED),
        lots_in(line.get("lot"), item, -quantity if leaves else quantity, line.get("location")),
        entered_quantity=figure,
        entered_unit=unit,
    )


def lots_in(typed: Any, item: EntryItem, quantity: Decimal, place: UUID | None) -> tuple[Lot, ...]:
    """The lots that were typed, as much of each as there is."""
    return tuple(Lot(part.code, part.quantity, part.expires_on) for part in parts_of(typed, item, quantity, place))


def line_for(item: EntryItem, quantity: Decimal, cells: "Cells", expected: Decimal | None = None) -> dict[str, Any]:
    """A line as it would be typed."""
    made: dict[str, Any] = {"item": Choice(item, item.name), EXPECTED: expected}
    made |= cells.follows("item", made)
    made["quantity"] = cells.quantity(cells.written(quantity, item.base), made)
    return made


def again(part: Part, item: EntryItem | None, cells: "Cells") -> dict[str, Any]:
    """A line of a production that is taken up again; one whose item is gone is left for its person to fill in."""
    if item is None:
        return {"location": part.location_id}
    made = line_for(item, part.quantity, cells, part.expected)
    if part.entered_quantity is not None and part.entered_unit:
        made["quantity"] = cells.quantity(cells.written(part.entered_quantity, part.entered_unit), made)
    made["location"] = part.location_id
    made["lot"] = cells.lots(lots_typed(part.lots), made) if part.lots else None
    return made


def lots_typed(lots: Sequence[Lot]) -> str:
    """Lots as they are typed: names with commas, and behind the name of what comes in perhaps its day."""
    return ", ".join(f"{lot.code or ''} {lot.expires_on or ''}".strip() for lot in lots)


def words_of(lines: Sequence[Line], formats: Formats) -> tuple[str, ...]:
    """Each line as a person reads it: 12 kg Flour."""
    found = []
    for line in lines:
        item, quantity = item_of(line), quantity_of(line)
        if item is not None and quantity is not None:
            found.append(f"{formats.quantity(quantity, item.base, decimals_of(item.base, quantity))} {item.name}")
    return tuple(found)


class Cells:
    """Reads and shows the cells of a line in the writing of the place."""

    def __init__(
        self, desk: Desk, *, leaves: bool, share: Callable[[Line], Decimal | None] = lambda _line: None
    ) -> None:
        self._desk, self.leaves, self._share = desk, leaves, share

    @property
    def _formats(self) -> Formats:
        return self._desk.formats

    def written(self, number: Decimal, unit: str) -> str:
        """A quantity as it would be typed."""
        return f"{plain(number).replace('.', self._formats.decimal_sign)} {unit}"

    def quantity(self, typed: str, line: Line) -> Measured:
        """What was typed, in base units."""
        item = item_of(line)
        if item is None:
            return Measured(typed, problem="Choose the item first")
        try:
            entered = read_quantity(
                typed, item.units, cell_unit=item.unit, decimal_sign=self._formats.decimal_sign, field="quantity"
            )
        except UserError as error:
            return Measured(typed, problem=error.text)
        if entered.quantity == 0:
            return Measured(typed, problem="Type more than 0.")
        return Measured(typed, entered.quantity, entered.path)

    def lots(self, typed: str, line: Line) -> Measured:
        """Of which lots the line is."""
        quantity = quantity_of(line) or Decimal(1)
        return read_lots(typed, item_of(line), -quantity if self.leaves else quantity, self._formats)

    def stock(self, line: Line) -> Shown:
        """The quantity in the stock unit."""
        item, quantity = item_of(line), quantity_of(line)
        if item is None or quantity is None:
            return Shown("", item.base if item else "")
        return Shown(self._formats.number(quantity, decimals_of(item.base, quantity)), item.base)

    def expected(self, line: Line) -> Shown:
        """What the recipe says, and how far off it is."""
        item, expected, quantity = item_of(line), line.get(EXPECTED), quantity_of(line)
        if item is None or expected is None:
            return Shown("")
        words = self._formats.number(expected, decimals_of(item.base, expected))
        off = off_by(quantity, expected) if quantity is not None else None
        if not off:
            return Shown(words, item.base)
        share = self._formats.percent(off, signed=True)
        return Shown(f"{words} ({share})", item.base, Tone.WARN if off > 0 else Tone.OK)

    def cost(self, line: Line) -> Shown:
        """What the line takes out of stock, in money."""
        return self._money(cost_of(line))

    def worth(self, line: Line) -> Shown:
        """What the line gets of what was repacked, in money."""
        return self._money(self._share(line))

    def _money(self, value: Decimal | None) -> Shown:
        if value is None:
            return Shown("")
        return Shown(self._formats.number(value, self._formats.money_decimals), self._formats.currency)

    def follows(self, key: str, line: Line) -> Mapping[str, Any]:
        """An item brings the place where it is kept, and the lot that leaves first."""
        item = item_of(line)
        if key != "item" or item is None:
            return {}
        home = item.home_id or next((place.id for place in item.places), None)
        found = {"location": home} if home is not None else {}
        return {**found, **proposed(item, home, comes_in=not self.leaves)}

    def remark(self, line: Line) -> Remark | None:
        """What looks odd about a line."""
        item, quantity = item_of(line), quantity_of(line)
        if item is None or quantity is None:
            return None
        odd = warning(item, -quantity, line.get("location"))
        if odd:
            return Remark(odd, Tone.WARN)
        if line.get(EXPECTED) is None:
            return Remark(say("Not of the recipe"), Tone.INFO)
        return None

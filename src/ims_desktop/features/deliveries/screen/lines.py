"""The entry table of a delivery: what may be typed, what it means, and the lines it becomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.gs1 import Goods, read_goods
from ims_desktop.domain.quantity import read_quantity
from ims_desktop.domain.wording import dotted, meant, say
from ims_desktop.features.deliveries import service
from ims_desktop.features.deliveries.rules import DeliveredLine, differs, net_of
from ims_desktop.features.deliveries.screen.memory import Memory
from ims_desktop.features.deliveries.service import Deliverable
from ims_desktop.features.items.rules import places
from ims_desktop.features.stock.screen.coming_lots import coming_lot
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.entry import EntryColumn, EntryKind, EntrySpec, Line, Measured, Remark, Shown
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.local_copy import remembered
from ims_desktop.ui.theme import Tone

HUNDRED, NOTHING = Decimal(100), Decimal(0)
PRICE_PLACES = 4


@dataclass
class Asking:
    """What the lines depend on: site and supplier, the day whose prices are proposed, and what this PC remembers."""

    site: UUID
    formats: Callable[[], Formats]
    memory: Memory
    supplier: UUID | None = None
    day: date = field(default_factory=date.today)


def item_of(line: Line) -> Deliverable | None:
    """The item of a line, once one was chosen."""
    chosen = line.get("item")
    return chosen.value if isinstance(chosen, Choice) else None


def read_of(line: Line, key: str) -> Any:
    """What was typed into a cell, once it can be read."""
    typed = line.get(key)
    return typed.value if isinstance(typed, Measured) and not typed.problem else None


def net(line: Line, decimals: int) -> Decimal | None:
    """What a line costs without tax."""
    item, quantity, price = item_of(line), read_of(line, "quantity"), read_of(line, "price")
    if item is None or quantity is None or price is None:
        return None
    return net_of(quantity, item.per, price, read_of(line, "off") or NOTHING, decimals)


def entry_spec(asking: Asking) -> EntrySpec:
    """The table of one site."""
    cells, nothing = _Cells(asking), asking.formats().number(0, 2)
    columns = (
        EntryColumn(
            "item", "Item", EntryKind.LOOKUP, 190, "Name, SKU, their code, or scan", required=True, stretch=True,
            choices=Choices(search=_search(asking)),
        ),
        EntryColumn("quantity", "Quantity", EntryKind.MEASURE, 96, "2 case", required=True, parse=cells.quantity),
        EntryColumn("stock", "Stock unit", EntryKind.SHOWN, 130, show=cells.stock, right=True),
        EntryColumn("price", "Price", EntryKind.MEASURE, 88, nothing, required=True, parse=cells.price),
        EntryColumn("per", "Per", EntryKind.SHOWN, 112, show=cells.per),
        EntryColumn("off", "Discount", EntryKind.MEASURE, 84, "%", parse=cells.off),
        EntryColumn("net", "Net", EntryKind.SHOWN, 104, show=cells.net, right=True),
        EntryColumn("lot", "Lot", EntryKind.MEASURE, 112, "Name, last day", parse=cells.lot),
        EntryColumn(
            "location", "Location", EntryKind.CHOICE, 144, meant("Home", "place"), required=True,
            choices=Choices(load=asking.memory.places),
        ),
    )  # fmt: skip
    return EntrySpec(columns, chosen=cells.follows, remark=cells.remark, name="Delivered", together=True)


def lines_of(lines: tuple[Line, ...], decimals: int) -> tuple[DeliveredLine, ...]:
    """The ready lines as they are received."""
    return tuple(_delivered(line, decimals) for line in lines)


def _delivered(line: Line, decimals: int) -> DeliveredLine:
    item, quantity, worth = item_of(line), read_of(line, "quantity"), net(line, decimals)
    if item is None or quantity is None or worth is None:
        raise ValueError("only ready lines become a delivery")
    packs = quantity / item.per if item.is_listed else None
    is_whole = packs is not None and packs == packs.to_integral_value()
    return DeliveredLine(
        item.id,
        line.get("location"),
        quantity,
        worth,
        packs if is_whole else None,
        item.pack[:100] if is_whole else None,
        *read_of(line, "lot") or (),
    )


def words_of(lines: tuple[Line, ...], formats: Formats) -> tuple[str, ...]:
    """Each line as a person reads it: 12 kg Flour."""
    found = []
    for line in lines:
        item, quantity = item_of(line), read_of(line, "quantity")
        if item is not None and quantity is not None:
            found.append(f"{formats.quantity(quantity, item.base, places(item.base, quantity))} {item.name}")
    return tuple(found)


def lines_again(delivered: tuple[DeliveredLine, ...], items: tuple[Deliverable, ...], asking: Asking) -> list[Line]:
    """The lines of a delivery as they are typed; a line whose item is gone is left for its person to fill in."""
    known: dict[UUID, Deliverable] = {}
    for item in items:
        known.setdefault(item.id, item)
    return [_again(line, known.get(line.item_id), _Cells(asking)) for line in delivered]


def _again(line: DeliveredLine, item: Deliverable | None, cells: "_Cells") -> Line:
    made: dict[str, Any] = {"location": line.location_id}
    if item is None:
        return made
    made["item"] = Choice(item, item.name)
    made["quantity"] = cells.quantity(cells.written(line.quantity, item.base), made)
    price = line.net / line.quantity * item.per
    made["price"] = cells.price(cells.written(round(price, PRICE_PLACES)), made)
    if line.lot:
        made["lot"] = cells.lot(_named(line.lot, line.expires_on), made)
    return made


def _named(lot: str, day: date | None) -> str:
    """A lot as it is typed."""
    return f"{lot} {day.isoformat() if day else ''}".strip()


def _search(asking: Asking) -> Any:
    def search(connection: Any, typed: str) -> tuple[Choice, ...]:
        goods = read_goods(typed)
        words = typed if goods is None else goods.barcode
        return offered(service.deliverables(connection, asking.site, asking.supplier, asking.day, words), goods)

    def known(typed: str) -> tuple[Choice, ...]:
        goods = read_goods(typed)
        return offered(asking.memory.here().find(asking.supplier, typed if goods is None else goods.barcode), goods)

    def offered(found: tuple[Deliverable, ...], goods: Goods | None) -> tuple[Choice, ...]:
        items = (replace(item, goods=goods) for item in found)
        return tuple(Choice(item, item.name, _detail(item, asking.formats())) for item in items)

    return remembered(search, known)


def _detail(item: Deliverable, formats: Formats) -> Any:
    price = formats.money(item.listed) if item.listed is not None else ""
    if not item.is_listed:
        return dotted(item.sku, say("not on their list"))
    return dotted(item.supplier_code or item.sku, item.pack, price)


class _Cells:
    """Reads and shows the cells of a line in the writing of the place."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    @property
    def _formats(self) -> Formats:
        return self._asking.formats()

    def written(self, number: Decimal, unit: str = "") -> str:
        """A number as it would be typed."""
        plain = format(number.normalize() if number else NOTHING, "f")
        return f"{plain.replace('.', self._formats.decimal_sign)} {unit}".strip()

    def quantity(self, typed: str, line: Line) -> Measured:
        """What was typed, in base units; a bare number means packs of the supplier."""
        item = item_of(line)
        if item is None:
            return Measured(typed, problem="Choose the item first")
        try:
            sign = self._formats.decimal_sign
            entered = read_quantity(typed, item.units, cell_unit=item.unit, decimal_sign=sign, field="quantity")
        except UserError as error:
            return Measured(typed, problem=error.text)
        if entered.quantity == 0:
            return Measured(typed, problem="Type how much came.")
        return Measured(typed, entered.quantity, entered.path)

    def price(self, typed: str, _line: Line) -> Measured:
        """What a pack costs without tax."""
        try:
            price = self._formats.parse_number(typed)
        except UserError as error:
            return Measured(typed, problem=error.text)
        return Measured(typed, price) if price >= 0 else Measured(typed, problem="Not below 0")

    def off(self, typed: str, _line: Line) -> Measured:
        """A discount of the line, in percent."""
        if not typed.strip():
            return Measured(typed, NOTHING)
        try:
            percent = self._formats.parse_number(typed.replace("%", "").strip())
        except UserError as error:
            return Measured(typed, problem=error.text)
        if not 0 <= percent <= HUNDRED:
            return Measured(typed, problem="A discount is between 0 and 100 %.")
        return Measured(typed, percent / HUNDRED)

    def lot(self, typed: str, line: Line) -> Measured:
        """The lot that came, and until when it is good."""
        item = item_of(line)
        if item is None:
            return Measured(typed, problem="Choose the item first")
        if not item.by_lots:
            return Measured(typed, problem="It is not kept by lots")
        try:
            came = coming_lot(typed, self._formats)
        except UserError as error:
            return Measured(typed, problem=error.text)
        day = self._formats.date(came.expires_on) if came.expires_on else ""
        return Measured(typed, (came.code, came.expires_on), day)

    def stock(self, line: Line) -> Shown:
        """The quantity in the stock unit."""
        item, quantity = item_of(line), read_of(line, "quantity")
        if item is None or quantity is None:
            return Shown("", item.base if item else "")
        return Shown(self._formats.number(quantity, places(item.base, quantity)), item.base)

    def per(self, line: Line) -> Shown:
        """What the price is for."""
        item = item_of(line)
        return Shown(item.pack if item else "")

    def net(self, line: Line) -> Shown:
        """What the line costs."""
        worth = net(line, self._formats.money_decimals)
        if worth is None:
            return Shown("")
        return Shown(self._formats.number(worth, self._formats.money_decimals), self._formats.currency)

    def follows(self, key: str, line: Line) -> Mapping[str, Any]:
        """An item brings its home, the price that is listed for it, and the lot that a scanned code names."""
        item = item_of(line)
        if key != "item" or item is None:
            return {}
        found: dict[str, Any] = {"location": item.home_id} if item.home_id is not None else {}
        if item.listed is not None:
            found["price"] = Measured(self.written(item.listed), item.listed)
        lot = item.goods if item.by_lots else None
        found["lot"] = Measured(_named(lot.lot, lot.expires_on)) if lot is not None and lot.lot else None
        return found

    def remark(self, line: Line) -> Remark | None:
        """Whether the price is another than the one that is listed."""
        item, price = item_of(line), read_of(line, "price")
        if item is None or price is None:
            return None
        off = differs(price, item.listed)
        if off is None or item.listed is None:
            return None
        listed = self._formats.number(item.listed, max(2, -int(item.listed.normalize().as_tuple().exponent)))
        share = self._formats.percent(off, signed=True)
        tone = Tone.WARN if off > 0 else Tone.INFO
        return Remark(say("{share} against the list: {listed}", share=share, listed=listed), tone)

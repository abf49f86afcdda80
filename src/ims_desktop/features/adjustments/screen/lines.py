"""The entry table of one site: what may be typed, what it means, and the document it becomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import dotted, meant, say, say_count
from ims_desktop.features.adjustments import rules, service
from ims_desktop.features.adjustments.rules import EntryItem
from ims_desktop.features.adjustments.screen.lot_cells import as_scanned, parts_of, proposed, read_lots, with_scan
from ims_desktop.features.adjustments.screen.memory import Memory
from ims_desktop.features.adjustments.screen.purpose import Purpose
from ims_desktop.features.items.rules import places
from ims_desktop.features.sites.service import Option
from ims_desktop.features.stock.service import Document, DocumentLine, LotPart
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import EntryColumn, EntryKind, EntrySpec, Line, Measured, Remark, Shown
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.local_copy import remembered
from ims_desktop.ui.theme import Tone

PHOTOS = "photos"  # JPEG files of a line, kept beside its cells
PORTION = "portion"


@dataclass(frozen=True)
class Amount:
    """A typed quantity as the ledger will get it: signed, in base units."""

    quantity: Decimal
    written: tuple[Decimal, str] | None  # in the pack it was typed in, where that was another unit


def item_of(line: Line) -> EntryItem | None:
    """The item of a line, once one was chosen."""
    chosen = line.get("item")
    return chosen.value if isinstance(chosen, Choice) else None


def amount_of(line: Line) -> Amount | None:
    """The quantity of a line, once it can be read."""
    typed = line.get("quantity")
    return typed.value if isinstance(typed, Measured) and not typed.problem else None


def unit_cost_of(line: Line) -> Decimal | None:
    """What one unit of found stock costs, where that was typed."""
    typed = line.get("unit_cost")
    return typed.value if isinstance(typed, Measured) and not typed.problem else None


def worth_of(line: Line) -> Decimal | None:
    """What a line takes out of stock or brings in."""
    item, amount = item_of(line), amount_of(line)
    if item is None or amount is None:
        return None
    return rules.worth(item, amount.quantity, unit_cost_of(line))


def entry_spec(desk: Desk, purpose: Purpose, site: UUID, memory: Memory, usual: Mapping[UUID, UUID]) -> EntrySpec:
    """The table for a site; the memory answers while the server does not, `usual` knows the reason that an item had
    last."""
    cells = Cells(desk.formats, purpose)
    dishes = not purpose.signed and desk.may(service.DISHES)
    costs = desk.may("stock.cost")
    columns = [
        EntryColumn(
            "item", "Item", EntryKind.LOOKUP, 180,
            "Item or dish: name, SKU, or scan" if dishes else "Type a name, SKU, or scan", required=True, stretch=True,
            choices=Choices(search=_search(site, desk.formats, memory, costs=costs, dishes=dishes)),
        ),
        EntryColumn(
            "quantity", "Quantity", EntryKind.MEASURE, 104, "−1.5 kg" if purpose.signed else "1.5 kg", required=True,
            parse=cells.quantity,
        ),
        EntryColumn("stock", "Stock unit", EntryKind.SHOWN, 134, show=cells.stock, right=True),
        EntryColumn(
            "reason", "Reason", EntryKind.CHOICE, 126, "Reason", required=True,
            choices=Choices(load=_loaded(partial(memory.reasons, purpose.kind), service.reasons_for, purpose.kind)),
        ),
        EntryColumn(
            "location", "Location", EntryKind.CHOICE, 134, meant("Home", "place"), required=_needs_location,
            choices=Choices(load=_loaded(memory.locations, service.locations_of, site)),
        ),
        EntryColumn("lot", "Lot", EntryKind.MEASURE, 124, "First out", parse=cells.lots),
        EntryColumn("note", "Note", EntryKind.TEXT, 84 if purpose.signed else 104, "Optional"),
    ]  # fmt: skip
    if desk.may("stock.cost"):
        cost = EntryColumn(
            "cost", "Value" if purpose.signed else "Cost", EntryKind.SHOWN, 118, show=cells.cost, right=True
        )
        columns.insert(5, cost)
        if purpose.signed:
            typed = EntryColumn("unit_cost", "Unit cost", EntryKind.MEASURE, 92, "If found", parse=cells.unit_cost)
            columns.insert(5, typed)
    return EntrySpec(
        tuple(columns),
        chosen=partial(_follows, usual, purpose),
        remark=partial(_remark, purpose),
        name=purpose.entry_title,
    )


def _needs_location(line: Line) -> bool:
    """What a dish is made of leaves from the home of each item, unless somebody says otherwise."""
    item = item_of(line)
    return item is None or not item.is_dish


def document_of(purpose: Purpose, site: UUID, lines: tuple[Line, ...], at: datetime | None = None) -> Document:
    """The ready lines as one document under a new key; without a time, of when the server gets it."""
    return Document(uuid4(), purpose.kind, site, tuple(_document_line(line) for line in lines), at)


def _document_line(line: Line) -> DocumentLine:
    item, amount = item_of(line), amount_of(line)
    if item is None or amount is None:
        raise ValueError("only ready lines become a document")
    figure, unit = amount.written or (None, None)
    return DocumentLine(
        item_id=item.id,
        location_id=line.get("location"),
        quantity=amount.quantity,
        unit_cost=unit_cost_of(line),
        reason_id=line.get("reason"),
        note=str(line.get("note") or ""),
        entered_quantity=figure.copy_sign(amount.quantity) if figure is not None else None,
        entered_unit=unit,
        is_dish=item.is_dish,
        lots=parts_of(line.get("lot"), item, amount.quantity, line.get("location")),
    )


def _follows(usual: Mapping[UUID, UUID], purpose: Purpose, key: str, line: Line) -> Mapping[str, Any]:
    """An item brings the place where it is kept, and the reason that the person gave last for it."""
    item = item_of(line)
    if key != "item" or item is None:
        return {}
    home = item.home_id or next((place.id for place in item.places), None)
    follows = {"location": home if not item.is_dish else None, "reason": usual.get(item.id)}
    kept = {key: value for key, value in follows.items() if value is not None or (item.is_dish and key == "location")}
    return {**kept, **({} if _is_of(line, item) else proposed(item, home, comes_in=purpose.signed))}


def _is_of(line: Line, item: EntryItem) -> bool:
    """Whether the lot that stands there is one of this item: whoever chooses the item again keeps it."""
    typed = line.get("lot")
    held = {lot.code for lot in item.lots}
    parts = typed.value if isinstance(typed, Measured) and not typed.problem and typed.value else ()
    return bool(parts) and all(part.code in held for part in parts)


def _remark(purpose: Purpose, line: Line) -> Remark | None:
    item, amount = item_of(line), amount_of(line)
    if item is None or amount is None:
        return None
    odd = rules.warning(item, amount.quantity, line.get("location"))
    if odd:
        return Remark(odd, Tone.WARN)
    photos = len(line.get(PHOTOS, ()))
    return Remark(say_count("{count} photo", "{count} photos", photos), Tone.NEUTRAL) if photos else None


def _loaded(memory: Callable[[], tuple[Option, ...]], use_case: Any, *args: Any) -> Any:
    return remembered(lambda connection: _offered(use_case(connection, *args)), lambda: _offered(memory()))


def _offered(options: tuple[Option, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(option.value, option.text, option.detail) for option in options)


def _search(site: UUID, formats: Formats, memory: Memory, *, costs: bool, dishes: bool) -> Any:
    def offered(found: tuple[EntryItem, ...]) -> tuple[Choice, ...]:
        return tuple(Choice(item, item.name, _detail(item, formats, costs=costs)) for item in found)

    def scanned(found: tuple[EntryItem, ...], typed: str) -> tuple[EntryItem, ...]:
        return tuple(with_scan(item, typed) for item in found)

    def search(connection: Any, typed: str) -> tuple[Choice, ...]:
        found = scanned(service.find_items(connection, site, as_scanned(typed)), typed)
        return offered(found + service.find_dishes(connection, site, typed) if dishes else found)

    def known(typed: str) -> tuple[Choice, ...]:
        return offered(
            scanned(memory.find_items(as_scanned(typed)), typed) + (memory.find_dishes(typed) if dishes else ())
        )

    return remembered(search, known)


def items_of_lines(site: UUID, memory: Memory) -> Any:
    """The use case that finds the items and dishes of lines that are taken up again."""

    def find(connection: Any, wanted: tuple[UUID, ...]) -> tuple[EntryItem, ...]:
        found: tuple[EntryItem, ...] = service.entry_items(connection, site, wanted)
        dishes = tuple(key for key in wanted if key not in {item.id for item in found})
        return found + service.entry_dishes(connection, site, dishes) if dishes else found

    return remembered(find, memory.items)


def lines_of(purpose: Purpose, document: Document, items: tuple[EntryItem, ...], formats: Formats) -> tuple[Line, ...]:
    """The lines of a document as they are typed; a line whose item is gone is left for its person to fill in."""
    by_key = {item.id: item for item in items}
    cells = Cells(formats, purpose)
    return tuple(_line_of(one, by_key.get(one.item_id), purpose, cells, formats) for one in document.lines)


def _line_of(line: DocumentLine, item: EntryItem | None, purpose: Purpose, cells: "Cells", formats: Formats) -> Line:
    figure, unit = line.entered_quantity, line.entered_unit
    if figure is None or unit is None:
        figure, unit = line.quantity, item.base if item else ""
    shown = figure if purpose.signed else abs(figure)
    typed = f"{rules.plain(shown).replace('.', formats.decimal_sign)} {unit}".strip()
    made: dict[str, Any] = {"reason": line.reason_id, "location": line.location_id, "note": line.note}
    if item is not None:
        made["item"] = Choice(item, item.name)
    made["quantity"] = cells.quantity(typed, made)
    if line.lots:
        made["lot"] = cells.lots(", ".join(_lot_words(part) for part in line.lots), made)
    if line.unit_cost is not None:
        made["unit_cost"] = cells.unit_cost(rules.plain(line.unit_cost).replace(".", formats.decimal_sign), made)
    return made


def _lot_words(part: LotPart) -> str:
    return f"{part.code or ''} {part.expires_on or ''}".strip()


def line_from(template: rules.TemplateLine, item: EntryItem | None, purpose: Purpose, formats: Formats) -> Line:
    """A line of a template as it is typed; one whose item is gone keeps its name, to be looked at."""
    made: dict[str, Any] = {
        "item": Choice(item, item.name) if item is not None else template.name,
        "reason": template.reason_id,
        "location": template.location_id,
        "note": template.note,
    }
    if template.quantity:
        made["quantity"] = Cells(formats, purpose).quantity(template.quantity, made)
    return made


def template_of(lines: tuple[Line, ...]) -> tuple[rules.TemplateLine, ...]:
    """Begun lines as a template keeps them; without an item there is nothing to keep."""
    kept = []
    for line in lines:
        item, typed = item_of(line), line.get("quantity")
        if item is not None:
            written = typed.typed if isinstance(typed, Measured) else ""
            kept.append(
                rules.TemplateLine(
                    item.id, item.is_dish, item.name, written, line.get("reason"), line.get("location"),
                    str(line.get("note") or ""),
                )
            )  # fmt: skip
    return tuple(kept)


def words_of(purpose: Purpose, lines: tuple[Line, ...], formats: Formats) -> tuple[str, ...]:
    """Each line as a person reads it: 1.5 kg Mozzarella."""
    found = []
    for line in lines:
        item, moved = item_of(line), amount_of(line)
        if item is not None and moved is not None:
            shown = moved.quantity if purpose.signed else -moved.quantity
            found.append(in_words(item, shown, purpose, formats))
    return tuple(found)


def in_words(item: EntryItem, shown: Decimal, purpose: Purpose, formats: Formats) -> str:
    """So much of an item or of a dish: 1.5 kg Mozzarella, 3 × Margherita."""
    if item.is_dish and item.base == PORTION:
        return f"{rules.plain(shown).replace('.', formats.decimal_sign)} × {item.name}"
    return f"{formats.number(shown, places(item.base, shown), purpose.signed)} {item.base} {item.name}"


def _detail(item: EntryItem, formats: Formats, *, costs: bool) -> str:
    if item.is_dish:
        each = rules.worth(item, Decimal(-1)) if costs else None
        return dotted(say("dish"), item.sku, f"{formats.money(-each)} / {item.base}" if each is not None else "")
    pack = f"{item.sku} · {item.unit}" if item.unit else item.sku
    if costs and item.cost is not None and item.cost.average > 0:
        return f"{pack} · {formats.cost(item.cost.average)} / {item.base}"
    return pack


class Cells:
    """Reads and shows the cells of a line in the writing of the place."""

    def __init__(self, formats: Formats, purpose: Purpose) -> None:
        self._formats, self._purpose = formats, purpose

    def quantity(self, typed: str, line: Line) -> Measured:
        """What was typed, in base units, signed as the ledger wants it."""
        item = item_of(line)
        if item is None:
            return Measured(typed, problem="Choose the item first")
        try:
            entered = rules.read_amount(typed, item, self._formats.decimal_sign, signed=self._purpose.signed)
        except UserError as error:
            return Measured(typed, problem=error.text)
        quantity = entered.quantity if self._purpose.signed else -entered.quantity
        written = rules.as_written(typed, item, self._formats.decimal_sign)
        return Measured(typed, Amount(quantity, written), entered.path)

    def lots(self, typed: str, line: Line) -> Measured:
        """Of which lots the line is."""
        amount = amount_of(line)
        comes = amount.quantity if amount is not None else None
        return read_lots(typed, item_of(line), comes, self._formats)

    def unit_cost(self, typed: str, line: Line) -> Measured:
        """The price of found stock; what is lost leaves at its own cost."""
        amount = amount_of(line)
        if amount is not None and amount.quantity < 0:
            return Measured(typed, problem="Only for what was found")
        try:
            cost = self._formats.parse_number(typed)
        except UserError as error:
            return Measured(typed, problem=error.text)
        return Measured(typed, cost) if cost >= 0 else Measured(typed, problem="Not below 0")

    def stock(self, line: Line) -> Shown:
        """The quantity in the stock unit."""
        item, amount = item_of(line), amount_of(line)
        if item is None or amount is None:
            return Shown("", item.base if item else "")
        shown = amount.quantity if self._purpose.signed else abs(amount.quantity)
        words = self._formats.number(shown, places(item.base, shown), self._purpose.signed)
        return Shown(words, item.base, Tone.OK if amount.quantity > 0 else Tone.PLAIN)

    def cost(self, line: Line) -> Shown:
        """What the line is worth."""
        worth = worth_of(line)
        if worth is None:
            return Shown("")
        shown = worth if self._purpose.signed else -worth
        words = self._formats.number(shown, self._formats.money_decimals, self._purpose.signed)
        return Shown(words, self._formats.currency)

"""A history of movements from another system, as its rows are read: what happened, and everything that is wrong."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.seen import has_hidden, is_unkept
from ims_desktop.domain.wording import Words, say

COLUMNS = (
    *(
        "at",
        "kind",
        "item",
        "site",
        "location",
        "quantity",
        "unit",
        "unit_cost",
        "value",
        "currency",
        "id",
        "refers_to",
    ),
    *("to_site", "weight", "method", "spread", "reason", "note", "lot", "expires"),
)
MOST, LEAST = Decimal(10) ** 12, Decimal(10) ** -20
LONGEST, LONGEST_LOT = 200, 40
YEARS = range(2000, 3000)
NUMBERS = ("quantity", "unit_cost", "value", "weight")
SPREADS = ("value", "quantity", "weight", "equal")


class Event(StrEnum):
    """What a row says happened."""

    RECEIPT = "receipt"
    ISSUE = "issue"
    WASTE = "waste"
    ADJUSTMENT = "adjustment"
    COUNT = "count"
    SUPPLIER_RETURN = "supplier_return"
    CUSTOMER_RETURN = "customer_return"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    PRODUCTION_INPUT = "production_input"
    PRODUCTION_OUTPUT = "production_output"
    REVALUATION = "revaluation"
    PRICE = "price"
    LANDED = "landed_cost"
    METHOD = "method"
    CANCELLATION = "cancellation"


_NO_QUANTITY = {Event.REVALUATION, Event.PRICE, Event.LANDED, Event.METHOD, Event.CANCELLATION}
_REFERS = {Event.TRANSFER_IN, Event.PRODUCTION_OUTPUT, Event.PRICE, Event.LANDED, Event.CANCELLATION}
_LEAVES = {Event.ISSUE, Event.WASTE, Event.SUPPLIER_RETURN, Event.TRANSFER_OUT, Event.PRODUCTION_INPUT}
_ISSUES = {Event.ISSUE, Event.WASTE, Event.ADJUSTMENT, Event.COUNT, Event.SUPPLIER_RETURN}
_PRICED = {Event.RECEIPT, Event.ADJUSTMENT, Event.PRODUCTION_OUTPUT, Event.PRICE}
_HAS_LOTS = {Event.RECEIPT, *_LEAVES, Event.ADJUSTMENT, Event.COUNT, Event.PRODUCTION_OUTPUT}
_TARGETS: Mapping[Event, set[Event]] = {
    Event.CUSTOMER_RETURN: _ISSUES,
    Event.TRANSFER_IN: {Event.TRANSFER_OUT},
    Event.PRODUCTION_OUTPUT: {Event.PRODUCTION_INPUT},
    Event.PRICE: {Event.RECEIPT, Event.ADJUSTMENT},
    Event.LANDED: {Event.RECEIPT, Event.ADJUSTMENT},
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One row of a history. Quantities are as they were written: without a sign where the kind says the direction."""

    row: int
    at: datetime
    event: Event
    id: str
    item: str
    site: str
    location: str
    quantity: Decimal
    unit: str
    unit_cost: Decimal | None
    value: Decimal | None
    currency: str
    refers_to: tuple[str, ...]
    to_site: str
    weight: Decimal | None
    method: str
    spread: str
    reason: str
    note: str
    lot: str = ""
    expires: date | None = None


def read_history(
    rows: Sequence[tuple[int, Mapping[str, str]]], zone: tzinfo = UTC
) -> tuple[tuple[Happening, ...], list[Problem]]:
    """Every row that can be understood, and all that is wrong; times without a zone are in `zone`."""
    found, problems = [], list[Problem]()
    for number, cells in rows:
        row = _Row(number, {key: (cell or "").strip() for key, cell in cells.items()}, problems)
        happening = row.read(zone)
        if happening is not None:
            found.append(happening)
    return tuple(found), problems + list(_wrong_references(found))


def _wrong_references(found: Sequence[Happening]) -> Iterable[Problem]:
    by_id: dict[str, Happening] = {}
    for one in found:
        if one.id in by_id:
            yield Problem(say("{id} is the id of row {row} already.", id=one.id, row=by_id[one.id].row), "id", one.row)
        by_id.setdefault(one.id, one)
    for one in found:
        for other in (by_id[key] for key in one.refers_to if key in by_id):
            if other.event not in _TARGETS.get(one.event, {other.event}):
                yield Problem(
                    say(
                        "{event} cannot refer to {id}, which is {other}.",
                        event=one.event,
                        id=other.id,
                        other=other.event,
                    ),
                    "refers_to",
                    one.row,
                )


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    cells: Mapping[str, str]
    problems: list[Problem]

    def read(self, zone: tzinfo) -> Happening | None:
        before = len(self.problems)
        kind, at = self._kind(), self._at(zone)
        text = {key: self.cells.get(key, "") for key in COLUMNS}
        self._letters(text)
        if not text["id"] or len(text["id"].split()) != 1 or len(text["id"]) > 80:
            self._wrong("id", "Give every row an id of its own, of 1 to 80 letters without spaces.")
        if kind is not None:
            self._needs(kind, text)
        unreadable = len(self.problems)
        quantity = self._number("quantity") or Decimal(0)
        if (
            len(self.problems) == unreadable
            and kind is not None
            and kind not in _NO_QUANTITY
            and kind is not Event.ADJUSTMENT
        ):
            if quantity < 0 and kind is not Event.COUNT and kind in _LEAVES:
                quantity = -quantity
            if quantity < 0 or (quantity == 0 and kind is not Event.COUNT):
                self._wrong("quantity", "Enter a quantity above zero; the kind says in which direction it moves.")
        expires = self._day("expires")
        if kind is not None and (text["lot"] or expires) and kind not in _HAS_LOTS:
            self._wrong("lot", f"A row of kind {kind} brings its lots along.")
        elif len(text["lot"]) > LONGEST_LOT or (expires and not text["lot"]):
            self._wrong("lot", "Give the lot that expires a name of 1 to 40 letters.")
        figures = {key: self._number(key) for key in ("unit_cost", "value", "weight")}
        unit_cost, value = figures["unit_cost"], figures["value"]
        if unit_cost is not None and value is not None and kind in _PRICED and quantity >= 0:
            self._agree(unit_cost, value, quantity)
            figures["unit_cost"] = None
        if len(self.problems) > before or kind is None or at is None:
            return None
        refers = tuple(text["refers_to"].replace(";", " ").replace(",", " ").split())
        return Happening(
            self.number, at, kind, text["id"], text["item"], text["site"], text["location"], quantity, text["unit"],
            figures["unit_cost"], figures["value"], text["currency"].upper(), refers, text["to_site"],
            figures["weight"],
            text["method"].upper(), text["spread"].casefold(), text["reason"], text["note"],
            text["lot"], expires,
        )  # fmt: skip

    def _letters(self, text: Mapping[str, str]) -> None:
        """Names are short and of letters that can be seen; a note may be anything that can be kept."""
        for key, cell in text.items():
            if is_unkept(cell) or (key != "note" and has_hidden(cell)):
                self._wrong(key, "It has a character in it that nobody can see: type it anew.")
            elif len(cell) > LONGEST and key not in ("id", "refers_to", "note", "lot"):
                self._wrong(key, f"This has {len(cell):,} letters; there is room for {LONGEST}.")

    def _agree(self, unit_cost: Decimal, value: Decimal, quantity: Decimal) -> None:
        """What one costs and what all of it is worth say the same, but for rounding; then the value counts."""
        if abs(unit_cost * quantity - value) > _rounded_by(unit_cost) * quantity + _rounded_by(value):
            self._wrong("value", "What one costs and what all of it is worth do not fit together: enter one of them.")

    def _needs(self, kind: Event, text: Mapping[str, str]) -> None:
        for key in ("item", "site"):
            if not text[key] and not (
                kind in (Event.CANCELLATION, Event.PRICE, Event.LANDED) or (kind, key) == (Event.METHOD, "site")
            ):
                self._wrong(key, f"A row of kind {kind} needs its {key}.")
        if kind in _REFERS and not text["refers_to"]:
            self._wrong("refers_to", f"A row of kind {kind} names what it refers to.")
        priced = bool(text["unit_cost"] or text["value"])
        if kind in (Event.RECEIPT, Event.PRICE) and not priced:
            self._wrong("unit_cost", "Enter what one costs, or what all of it is worth.")
        if kind is Event.COUNT and priced:
            self._wrong("unit_cost", "What a count finds enters at the current cost: leave its cost empty.")
        if kind in (Event.REVALUATION, Event.LANDED) and not text["value"]:
            self._wrong("value", "Enter the amount.")
        if kind is Event.LANDED and text["spread"].casefold() not in ("", *SPREADS):
            self._wrong("spread", say("Costs are spread by one of {ways}.", ways=", ".join(SPREADS)))
        if kind is Event.METHOD and text["method"].upper() not in ("AVERAGE", "FIFO"):
            self._wrong("method", "The method is AVERAGE or FIFO.")

    def _kind(self) -> Event | None:
        written = self.cells.get("kind", "").casefold().replace(" ", "_").replace("-", "_")
        try:
            return Event(ALIASES.get(written, written))
        except ValueError:
            self._wrong("kind", f"{_short(written) or 'Nothing'} is no kind: use one of {', '.join(Event)}.")
            return None

    def _at(self, zone: tzinfo) -> datetime | None:
        written = self.cells.get("at", "")
        try:
            at = datetime.fromisoformat(_BEFORE_ZONE.sub("", written))
        except ValueError:
            self._wrong("at", f"{_short(written) or 'Nothing'} is no time: write 2026-01-31T14:05:00+01:00.")
            return None
        if at.year not in YEARS:
            self._wrong("at", f"{written} lies before the year 2000 or in the future.")
            return None
        return at if at.tzinfo else at.replace(tzinfo=zone)

    def _day(self, key: str) -> date | None:
        written = self.cells.get(key, "")
        try:
            return date.fromisoformat(written) if written else None
        except ValueError:
            self._wrong(key, f"{_short(written)} is no day: write 2026-01-31.")
            return None

    def _number(self, key: str) -> Decimal | None:
        written = self.cells.get(key, "")
        if not written:
            return None
        try:
            number = Decimal("NaN" if "_" in written else written)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number) >= MOST or 0 < abs(number) < LEAST:
            self._wrong(key, f"{_short(written)} is no number: write 1234.5.")
            return None
        return number

    def _wrong(self, key: str, text: Words) -> None:
        self.problems.append(Problem(text, key, self.number))


_BEFORE_ZONE = re.compile(r"\s+(?=[-+]\d\d:?\d\d$|Z$)")


def _short(written: str) -> str:
    return written if len(written) <= 60 else f"{written[:60]}…"


def _rounded_by(number: Decimal) -> Decimal:
    """By how much rounding may have changed a number: half of its last place, or half a cent."""
    return Decimal(5).scaleb(min(int(number.as_tuple().exponent), -2) - 1)


ALIASES = {
    "delivery": "receipt", "purchase": "receipt", "sale": "issue", "consumption": "issue",
    "return_to_supplier": "supplier_return", "return_from_customer": "customer_return", "found": "adjustment",
    "price_correction": "price", "invoice": "price", "landed": "landed_cost", "freight": "landed_cost",
    "cancel": "cancellation", "reversal": "cancellation", "method_switch": "method",
    "goods_receipt": "receipt", "opening_stock": "receipt", "opening_balance": "receipt", "sold": "issue",
    "usage": "issue", "depletion": "issue", "spoilage": "waste", "stocktake": "count", "stock_count": "count",
    "physical_count": "count", "purchase_return": "supplier_return", "sales_return": "customer_return",
    "shipment": "transfer_out", "transfer_receipt": "transfer_in", "late_invoice": "price", "price_change": "price",
    "landed_costs": "landed_cost", "void": "cancellation", "undo": "cancellation", "cost_method": "method",
    "production_in": "production_input",
    "scrap": "waste", "wastage": "waste", "inventory_count": "count", "cycle_count": "count",
    "stock_reconciliation": "count", "inventory_adjustment": "adjustment", "stock_adjustment": "adjustment",
    "purchase_receipt": "receipt", "goods_issue": "issue", "consume": "issue", "revalue": "revaluation",
    "production_out": "production_output", "production": "production_output", "value_adjustment": "revaluation",
}  # fmt: skip
"""Other words for the kinds."""

"""Documents on their way into the ledger: one call of the database each, named by the desk's own key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, RowMapping, text

from ims_desktop.domain.valuation import Method
from ims_desktop.domain.work import Changed, call, read

SUBJECTS = frozenset({"stock", "postings"})


class Kind(StrEnum):
    """What a document does to stock."""

    DELIVERY = "DELIVERY"
    SALE = "SALE"
    WASTE = "WASTE"
    ADJUSTMENT = "ADJUSTMENT"
    COUNT = "COUNT"
    SUPPLIER_RETURN = "SUPPLIER_RETURN"
    CUSTOMER_RETURN = "CUSTOMER_RETURN"
    TRANSFER_OUT = "TRANSFER_OUT"
    TRANSFER_IN = "TRANSFER_IN"
    PRODUCTION = "PRODUCTION"
    REVALUATION = "REVALUATION"
    MOVE = "MOVE"
    PRICE = "PRICE"
    LANDED = "LANDED"
    METHOD = "METHOD"


class Spread(StrEnum):
    """By what a cost is spread over the movements it belongs to."""

    VALUE = "value"
    QUANTITY = "quantity"
    WEIGHT = "weight"
    EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class LotPart:
    """So much of a line is of a lot; without a quantity all that is left of it, without a code it is of none.

    When a lot of what comes in expires follows from its shelf life, unless it is said.
    """

    code: str | None
    quantity: Decimal | None = None
    expires_on: date | None = None

    def sent(self) -> dict[str, str | None]:
        """As the database takes it."""
        return {
            "code": self.code,
            **({"quantity": format(self.quantity, "f")} if self.quantity is not None else {}),
            **({"expires": self.expires_on.isoformat()} if self.expires_on is not None else {}),
        }

    @classmethod
    def heard(cls, said: Mapping[str, str | None]) -> "LotPart":
        """As the database gives it back."""
        quantity, day = said.get("quantity"), said.get("expires")
        return cls(said.get("code"), Decimal(quantity) if quantity else None, date.fromisoformat(day) if day else None)


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One item of a document, in base units: what leaves is negative; in a count, what was counted.

    `entered_quantity` and `entered_unit` keep what the person wrote, where that was another unit. `value` is what all
    of it is worth, where that is known instead of a unit cost: of a revaluation by how much, of production the labour.
    `of_id` is the issue that comes back or arrives, `weight` the part of an output in what production used. Of waste,
    `is_dish`: `item_id` is a menu item or a recipe, which the server takes apart into what so many of it take. `lots`
    says which lots it is of; what they leave open, the server takes from those that expire first.
    """

    item_id: UUID
    location_id: UUID | None
    quantity: Decimal
    unit_cost: Decimal | None = None
    reason_id: UUID | None = None
    note: str = ""
    entered_quantity: Decimal | None = None
    entered_unit: str | None = None
    value: Decimal | None = None
    of_id: int | None = None
    weight: Decimal | None = None
    lots: tuple[LotPart, ...] = ()
    is_dish: bool = False


@dataclass(frozen=True, slots=True)
class Making:
    """What production was to use and make, line by line of its document, by a version of a recipe; without one an item
    was repacked. `reason_id` says why less came out."""

    version_id: UUID | None
    expected: tuple[Decimal | None, ...]
    reason_id: UUID | None = None

    def sent(self) -> dict[str, Any]:
        """As the database takes it."""
        return {
            "version_id": str(self.version_id) if self.version_id else None,
            "expected": [None if one is None else format(one, "f") for one in self.expected],
            "reason_id": str(self.reason_id) if self.reason_id else None,
        }

    @classmethod
    def heard(cls, said: Mapping[str, Any]) -> "Making":
        """As the database gives it back."""
        version, reason = said.get("version_id"), said.get("reason_id")
        expected = tuple(None if one is None else Decimal(str(one)) for one in said["expected"])
        return cls(UUID(version) if version else None, expected, UUID(reason) if reason else None)


@dataclass(frozen=True, slots=True)
class Document:
    """A document under the key its desk gave it; without a time it takes effect when the server gets it."""

    key: UUID
    kind: Kind
    site_id: UUID
    lines: tuple[DocumentLine, ...]
    effective_at: datetime | None = None
    supplier_id: UUID | None = None
    reference: str = ""
    note: str = ""
    to_site_id: UUID | None = None  # of a transfer that leaves
    making: Making | None = None  # of production

    def header(self) -> dict[str, Any]:
        """What is said once for all lines, and which of them are dishes."""
        dishes = [str(line.item_id) if line.is_dish else None for line in self.lines]
        return {
            "kind": self.kind.value,
            "site_id": str(self.site_id),
            "reference": self.reference,
            "note": self.note,
            **({"effective_at": self.effective_at.isoformat()} if self.effective_at else {}),
            **({"supplier_id": str(self.supplier_id)} if self.supplier_id else {}),
            **({"to_site_id": str(self.to_site_id)} if self.to_site_id else {}),
            **({"dishes": dishes} if any(dishes) else {}),
            **({"production": self.making.sent()} if self.making else {}),
        }


@dataclass(frozen=True, slots=True)
class RightPrice:
    """What a movement that was received with a price is worth after all."""

    movement_id: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class LateInvoice:
    """An invoice that says something else than the deliveries did."""

    key: UUID
    site_id: UUID
    prices: tuple[RightPrice, ...]
    effective_at: datetime | None = None
    supplier_id: UUID | None = None
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class LandedCost:
    """What it cost to get received goods here, spread over their movements; by `weights` where they are given, and by
    WEIGHT otherwise by what the units of the items say that they weigh."""

    key: UUID
    site_id: UUID
    amount: Decimal
    movement_ids: tuple[int, ...]
    spread: Spread = Spread.VALUE
    weights: tuple[Decimal, ...] = ()
    effective_at: datetime | None = None
    supplier_id: UUID | None = None
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class MethodSwitch:
    """An item is costed by another method from a business day on."""

    key: UUID
    item_id: UUID
    method: Method
    valid_from: date
    reason: str


@dataclass(frozen=True, slots=True)
class Undo:
    """What is to be undone and why, under the key its desk gave it."""

    key: UUID
    movement_ids: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Posted:
    """What the server answered: number, movements, and what they are worth; None to those who may not see costs."""

    id: UUID
    number: int
    value: Decimal | None
    lines: int


# Taken apart by the server, because the numbers of JSON would arrive as floats.
_ANSWER = (
    "SELECT (r ->> 'id')::uuid AS id, (r ->> 'number')::bigint AS number,"
    " (r ->> 'value')::numeric AS value, (r ->> 'lines')::int AS lines FROM"
)

_POST = text(
    f"{_ANSWER} post_document(:key, :header, CAST(:items AS uuid[]), CAST(:locations AS uuid[]),"
    " CAST(:quantities AS numeric[]), CAST(:unit_costs AS numeric[]), CAST(:reasons AS uuid[]), CAST(:notes AS text[]),"
    " CAST(:entered_quantities AS numeric[]), CAST(:entered_units AS text[]),"
    " CAST(:of AS bigint[]), CAST(:weights AS numeric[]), CAST(:values AS numeric[]), :lots) r"
)
_PRICES = text(
    f"{_ANSWER} change_prices(:key, :header, CAST(:movements AS bigint[]), CAST(:values AS numeric[]),"
    " CAST(:weights AS numeric[]), :spread) r"
)
_SWITCH = text("SELECT switch_method(:key, :item, :method, :valid_from, :reason)")
_REVERSE = text(f"{_ANSWER} reverse_movements(:key, CAST(:movements AS bigint[]), :reason, :reference) r")
_REVERSE_ALL = text(
    f"{_ANSWER} reverse_movements(:key, ARRAY("
    "SELECT m.id FROM valued_movements m WHERE m.posting_id = :posting ORDER BY m.id), :reason) r"
)
_UNDO_PRICES = text(f"{_ANSWER} undo_prices(:key, :posting, :reason) r")
_OUTCOME = text("SELECT id, number, value, line_count AS lines FROM valued_postings WHERE id = :key")


@call
def post(connection: Connection, document: Document) -> Changed:
    """Post a document; sent again with the same key and content it answers the same and posts nothing."""
    sent = {"key": document.key, **posting_arguments(document), "lots": lots_of(document.lines)}
    return Changed(_posted(connection.execute(_POST, sent).mappings().one()), SUBJECTS)


@call
def correct_prices(connection: Connection, invoice: LateInvoice) -> Changed:
    """Correct what was received to what the invoice says: what is still there and what was used."""
    sent = {"key": invoice.key, **price_arguments(invoice)}
    return Changed(_posted(connection.execute(_PRICES, sent).mappings().one()), SUBJECTS)


@call
def land(connection: Connection, cost: LandedCost) -> Changed:
    """Add what it cost to get goods here to what they are worth."""
    sent = {"key": cost.key, **price_arguments(cost)}
    return Changed(_posted(connection.execute(_PRICES, sent).mappings().one()), SUBJECTS)


@call
def switch_method(connection: Connection, switch: MethodSwitch) -> Changed:
    """Cost an item by another method from a day on."""
    sent = {
        "key": switch.key,
        "item": switch.item_id,
        "method": switch.method.value,
        "valid_from": switch.valid_from,
        "reason": switch.reason,
    }
    connection.execute(_SWITCH, sent)
    return Changed(None, SUBJECTS | {"items"})


@call
def reverse(
    connection: Connection, key: UUID, movement_ids: tuple[int, ...], reason: str, reference: str | None = None
) -> Changed:
    """Undo movements of one document by new ones that name them, under its reference or one of their own."""
    sent = {"key": key, "movements": list(movement_ids), "reason": reason, "reference": reference}
    return Changed(_posted(connection.execute(_REVERSE, sent).mappings().one()), SUBJECTS)


@call
def undo(connection: Connection, asked: Undo) -> Changed:
    """Undo what was asked for."""
    changed: Changed = reverse(connection, asked.key, asked.movement_ids, asked.reason)
    return changed


@call
def reverse_document(connection: Connection, key: UUID, posting_id: UUID, reason: str) -> Changed:
    """Undo every movement of a document."""
    sent = {"key": key, "posting": posting_id, "reason": reason}
    return Changed(_posted(connection.execute(_REVERSE_ALL, sent).mappings().one()), SUBJECTS)


@call
def undo_prices(connection: Connection, key: UUID, posting_id: UUID, reason: str) -> Changed:
    """Take back a late invoice or a landed cost: what was received is worth again what it was."""
    sent = {"key": key, "posting": posting_id, "reason": reason}
    return Changed(_posted(connection.execute(_UNDO_PRICES, sent).mappings().one()), SUBJECTS)


@read
def outcome(connection: Connection, key: UUID) -> Posted | None:
    """What became of a posting whose answer was lost; None: it was never posted."""
    found = connection.execute(_OUTCOME, {"key": key}).mappings().one_or_none()
    return _posted(found) if found else None


def posting_arguments(document: Document) -> dict[str, Any]:
    """A document as the database takes it, without its key."""
    lines = document.lines
    return {
        "header": Jsonb(document.header()),
        "items": [None if line.is_dish else line.item_id for line in lines],
        "locations": [line.location_id for line in lines],
        "quantities": [line.quantity for line in lines],
        "unit_costs": [line.unit_cost for line in lines],
        "reasons": [line.reason_id for line in lines],
        "notes": [line.note for line in lines],
        "entered_quantities": [line.entered_quantity for line in lines],
        "entered_units": [line.entered_unit for line in lines],
        "of": _or_none([line.of_id for line in lines]),
        "weights": _or_none([line.weight for line in lines]),
        "values": _or_none([line.value for line in lines]),
    }


def price_arguments(change: LateInvoice | LandedCost) -> dict[str, Any]:
    """A change of prices as the database takes it, without its key."""
    if isinstance(change, LandedCost):
        return {
            "header": Jsonb({**_price_header(change, Kind.LANDED), "amount": str(change.amount)}),
            "movements": list(change.movement_ids),
            "values": None,
            "weights": list(change.weights) or None,
            "spread": change.spread.value,
        }
    return {
        "header": Jsonb(_price_header(change, Kind.PRICE)),
        "movements": [price.movement_id for price in change.prices],
        "values": [price.value for price in change.prices],
        "weights": None,
        "spread": None,
    }


def _price_header(change: LateInvoice | LandedCost, kind: Kind) -> dict[str, str]:
    return {
        "kind": kind.value,
        "site_id": str(change.site_id),
        "reference": change.reference,
        "note": change.note,
        **({"effective_at": change.effective_at.isoformat()} if change.effective_at else {}),
        **({"supplier_id": str(change.supplier_id)} if change.supplier_id else {}),
    }


def lots_of(lines: Sequence[DocumentLine]) -> Jsonb | None:
    """The lots of all lines as the database takes them; None where no line names any."""
    if not any(line.lots for line in lines):
        return None
    return Jsonb([[part.sent() for part in line.lots] or None for line in lines])


def _or_none(column: Sequence[Any]) -> Sequence[Any] | None:
    """A column where anything is said, or nothing at all."""
    return column if any(cell is not None for cell in column) else None


def _posted(row: RowMapping) -> Posted:
    return Posted(row["id"], row["number"], row["value"], row["lines"])

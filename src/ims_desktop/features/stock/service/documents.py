"""Documents on their way into the ledger: one call of the database each, named by the desk's own key."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, RowMapping, text

from ims_desktop.domain.work import Changed, call, read

SUBJECTS = frozenset({"stock", "postings"})


class Kind(StrEnum):
    """What a document does to stock."""

    DELIVERY = "DELIVERY"
    SALE = "SALE"
    WASTE = "WASTE"
    ADJUSTMENT = "ADJUSTMENT"
    COUNT = "COUNT"


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One item of a document, in base units: what leaves is negative; in a count, what was counted.

    `entered_quantity` and `entered_unit` keep what the person wrote, where that was another unit.
    """

    item_id: UUID
    location_id: UUID | None
    quantity: Decimal
    unit_cost: Decimal | None = None
    reason_id: UUID | None = None
    note: str = ""
    entered_quantity: Decimal | None = None
    entered_unit: str | None = None


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

    def header(self) -> dict[str, str]:
        """What is said once for all lines."""
        return {
            "kind": self.kind.value,
            "site_id": str(self.site_id),
            "reference": self.reference,
            "note": self.note,
            **({"effective_at": self.effective_at.isoformat()} if self.effective_at else {}),
            **({"supplier_id": str(self.supplier_id)} if self.supplier_id else {}),
        }


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
    " CAST(:entered_quantities AS numeric[]), CAST(:entered_units AS text[])) r"
)
_REVERSE = text(f"{_ANSWER} reverse_movements(:key, CAST(:movements AS bigint[]), :reason) r")
_REVERSE_ALL = text(
    f"{_ANSWER} reverse_movements(:key, ARRAY("
    "SELECT m.id FROM valued_movements m WHERE m.posting_id = :posting ORDER BY m.id), :reason) r"
)
_OUTCOME = text("SELECT id, number, value, line_count AS lines FROM valued_postings WHERE id = :key")


@call
def post(connection: Connection, document: Document) -> Changed:
    """Post a document; sent again with the same key and content it answers the same and posts nothing."""
    lines = document.lines
    sent = {
        "key": document.key,
        "header": Jsonb(document.header()),
        "items": [line.item_id for line in lines],
        "locations": [line.location_id for line in lines],
        "quantities": [line.quantity for line in lines],
        "unit_costs": [line.unit_cost for line in lines],
        "reasons": [line.reason_id for line in lines],
        "notes": [line.note for line in lines],
        "entered_quantities": [line.entered_quantity for line in lines],
        "entered_units": [line.entered_unit for line in lines],
    }
    return Changed(_posted(connection.execute(_POST, sent).mappings().one()), SUBJECTS)


@call
def reverse(connection: Connection, key: UUID, movement_ids: tuple[int, ...], reason: str) -> Changed:
    """Undo movements of one document by new ones that name them."""
    sent = {"key": key, "movements": list(movement_ids), "reason": reason}
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


@read
def outcome(connection: Connection, key: UUID) -> Posted | None:
    """What became of a posting whose answer was lost; None: it was never posted."""
    found = connection.execute(_OUTCOME, {"key": key}).mappings().one_or_none()
    return _posted(found) if found else None


def _posted(row: RowMapping) -> Posted:
    return Posted(row["id"], row["number"], row["value"], row["lines"])

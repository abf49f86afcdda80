"""Sending, moving, receiving, and taking back."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.work import Changed, call
from ims_desktop.features.stock.service import Document, DocumentLine, Kind, LotPart, Posted, post, reverse_document
from ims_desktop.features.transfers.rules import Arrival, Receipt, Sending, SentLine, missing_places, problems_of

SUBJECTS = frozenset({"transfers", "stock", "postings"})


@dataclass(frozen=True, slots=True)
class TakingBack:
    """Something of a transfer that is undone, and why."""

    key: UUID
    of: UUID
    reason: str


_ANSWER = (
    "SELECT (r ->> 'id')::uuid AS id, (r ->> 'number')::bigint AS number,"
    " (r ->> 'value')::numeric AS value, (r ->> 'lines')::int AS lines FROM"
)
_RECEIVE = text(
    f"{_ANSWER} receive_transfer(:key, :transfer, CAST(:of AS bigint[]), CAST(:quantities AS numeric[]),"
    " CAST(:locations AS uuid[]), CAST(:rests AS text[]), CAST(:reasons AS uuid[]), :note, :at, :lots) r"
)
_UNDO = text(f"{_ANSWER} undo_receipt(:key, :of, :reason) r")


@call
def send(connection: Connection, sending: Sending) -> Changed:
    """Send a transfer: it leaves the one site and is under way to the other."""
    problems = problems_of(sending)
    if problems or sending.site_id is None:
        raise UserError("This cannot be sent yet.", problems)
    lines = tuple(
        DocumentLine(
            line.item_id, line.location_id, -line.quantity, entered_quantity=_negative(line.entered_quantity),
            entered_unit=line.entered_unit, lots=_lots(line),
        )
        for line in sending.lines
    )  # fmt: skip
    document = Document(
        sending.key, Kind.TRANSFER_OUT, sending.site_id, lines, sending.effective_at, reference=sending.reference,
        note=sending.note, to_site_id=sending.to_site_id,
    )  # fmt: skip
    changed: Changed = post(connection, document)
    return Changed(changed.result, SUBJECTS)


@call
def move(connection: Connection, sending: Sending) -> Changed:
    """Move stock between storage locations of a site, in one step."""
    problems = [*([] if sending.lines else problems_of(sending)), *missing_places(sending.lines)]
    if problems or sending.site_id is None:
        raise UserError("This cannot be moved yet.", problems)
    lines = [
        DocumentLine(line.item_id, place, quantity, lots=lots)
        for line in sending.lines
        for place, quantity, lots in (
            (line.location_id, -line.quantity, _lots(line)),
            (line.to_location_id, line.quantity, ()),
        )
    ]
    document = Document(sending.key, Kind.MOVE, sending.site_id, tuple(lines), note=sending.note)
    changed: Changed = post(connection, document)
    return Changed(changed.result, SUBJECTS)


@call
def receive(connection: Connection, receipt: Receipt) -> Changed:
    """Say what became of lines of a transfer."""
    arrivals = receipt.arrivals
    sent = {
        "key": receipt.key,
        "transfer": receipt.transfer_id,
        "of": [one.line_id for one in arrivals],
        "quantities": [one.quantity for one in arrivals],
        "locations": [one.location_id for one in arrivals],
        "rests": [one.rest.value for one in arrivals],
        "reasons": [one.reason_id for one in arrivals],
        "note": receipt.note,
        "at": receipt.effective_at,
        "lots": _lots_said(arrivals),
    }
    return Changed(Posted(**connection.execute(_RECEIVE, sent).mappings().one()), SUBJECTS)


@call
def undo_receipt(connection: Connection, asked: TakingBack) -> Changed:
    """Take back what was said of a transfer: it is under way again."""
    sent: dict[str, Any] = {"key": asked.key, "of": asked.of, "reason": asked.reason}
    return Changed(Posted(**connection.execute(_UNDO, sent).mappings().one()), SUBJECTS)


@call
def cancel(connection: Connection, asked: TakingBack) -> Changed:
    """Cancel a transfer of which nothing arrived: it is back where it was."""
    changed: Changed = reverse_document(connection, asked.key, asked.of, asked.reason)
    return Changed(changed.result, SUBJECTS)


def _lots(line: SentLine) -> tuple[LotPart, ...]:
    return tuple(LotPart(lot.code, lot.quantity) for lot in line.lots)


def _lots_said(arrivals: Sequence[Arrival]) -> Jsonb | None:
    """Line by line which lot it is; nothing where nobody says."""
    said = [None if one.lot is None else one.lot.sent() for one in arrivals]
    return Jsonb(said) if any(said) else None


def _negative(quantity: Decimal | None) -> Decimal | None:
    return None if quantity is None else -quantity

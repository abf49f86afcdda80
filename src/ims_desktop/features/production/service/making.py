"""Producing and repacking: one posting each, which carries what was used into what was made."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.work import Changed, call
from ims_desktop.features.adjustments.service import ask_approval
from ims_desktop.features.production.rules import Lot, Part, Production, problems_of
from ims_desktop.features.stock.service import (
    Document,
    DocumentLine,
    Effects,
    Kind,
    LotPart,
    Making,
    post,
    preview,
    reverse_document,
)

RECORD = "production.record"  # the permission


def document_of(production: Production) -> Document:
    """The production as the ledger takes it: what was used, then what was made of it."""
    parts = (*production.used, *production.made)
    lines = [_line(part, -1) for part in production.used]
    for place, part in enumerate(production.made):
        lines.append(_line(part, 1, production.labour if place == 0 and production.labour else None))
    return Document(
        production.key,
        Kind.PRODUCTION,
        production.site_id,
        tuple(lines),
        production.effective_at,
        note=production.note.strip(),
        making=Making(production.version_id, tuple(part.expected for part in parts), production.reason_id),
    )


@call
def produce(connection: Connection, production: Production) -> Changed:
    """Record a production; sent again with the same key it answers the same and makes nothing."""
    _refuse(problems_of(production))
    made: Changed = post(connection, document_of(production))
    return made


def production_of(document: Document) -> Production:
    """The production that such a document was made of."""
    making = document.making or Making(None, tuple(None for _line in document.lines))
    parts = [
        (_part(line, expected), line.quantity < 0)
        for line, expected in zip(document.lines, making.expected, strict=True)
    ]
    return Production(
        document.key,
        document.site_id,
        tuple(part for part, is_used in parts if is_used),
        tuple(part for part, is_used in parts if not is_used),
        making.version_id,
        document.effective_at,
        sum((line.value for line in document.lines if line.value is not None), Decimal(0)),
        making.reason_id,
        document.note,
    )


@call
def ask(connection: Connection, production: Production) -> Changed:
    """Let a production wait for somebody who may record what it is worth; what is within the limit is recorded."""
    _refuse(problems_of(production))
    asked: Changed = ask_approval(connection, document_of(production))
    return asked


@call
def rehearse(connection: Connection, production: Production) -> Changed:
    """Let the ledger judge a production, whatever else is wrong with it."""
    judged: Changed = post(connection, document_of(production))
    return judged


@call
def foretell(connection: Connection, production: Production) -> Effects:
    """What recording this production at its time would change besides its own lines."""
    _refuse(problems_of(production))
    effects: Effects = preview(connection, document_of(production))
    return effects


@call
def take_back(connection: Connection, key: UUID, production: UUID, reason: str) -> Changed:
    """Undo a production: what was used is there again, what was made is gone."""
    undone: Changed = reverse_document(connection, key, production, reason)
    return undone


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise UserError("This production cannot be recorded yet.", problems)


def _part(line: DocumentLine, expected: Decimal | None) -> Part:
    written = line.entered_quantity
    return Part(
        line.item_id,
        line.location_id,
        abs(line.quantity),
        expected,
        tuple(Lot(lot.code, lot.quantity, lot.expires_on) for lot in line.lots),
        line.weight,
        abs(written) if written is not None else None,
        line.entered_unit,
    )


def _line(part: Part, sign: int, labour: Decimal | None = None) -> DocumentLine:
    return DocumentLine(
        part.item_id,
        part.location_id,
        sign * part.quantity,
        value=labour,
        weight=part.weight if sign > 0 else None,
        entered_quantity=None if part.entered_quantity is None else sign * part.entered_quantity,
        entered_unit=part.entered_unit,
        lots=tuple(LotPart(lot.code, lot.quantity, lot.expires_on) for lot in part.lots),
    )

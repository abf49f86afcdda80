"""Receiving a delivery: one posting, and with freight a second one in the same transaction."""

from dataclasses import replace
from uuid import UUID, uuid5

from sqlalchemy import Connection, select

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.work import Changed, call
from ims_desktop.features.deliveries.rules import NOTHING, Delivery, after_discount, problems_of
from ims_desktop.features.stock.service import (
    SUBJECTS,
    Document,
    DocumentLine,
    Effects,
    Kind,
    LandedCost,
    LotPart,
    land,
    post,
    preview,
    reverse_document,
)
from ims_desktop.features.stock.tables import MOVEMENTS

__all__ = ["RECEIVE", "SUBJECTS", "document_of", "foretell", "receive", "rehearse", "take_back"]

RECEIVE = "deliveries.receive"  # the permission
FREIGHT = "freight"  # with the key of the delivery, the key of what getting it here cost


def document_of(delivery: Delivery) -> Document:
    """The delivery as the ledger takes it: each line with all that it is worth."""
    lines = tuple(
        DocumentLine(
            line.item_id,
            line.location_id,
            line.quantity,
            value=value,
            entered_quantity=line.entered_quantity,
            entered_unit=line.entered_unit,
            lots=(LotPart(line.lot, expires_on=line.expires_on),) if line.lot else (),
        )
        for line, value in zip(delivery.lines, after_discount(delivery), strict=True)
    )
    return Document(
        delivery.key,
        Kind.DELIVERY,
        delivery.site_id,
        lines,
        delivery.effective_at,
        delivery.supplier_id,
        delivery.reference.strip(),
        delivery.note.strip(),
    )


def receive(connection: Connection, delivery: Delivery) -> Changed:
    """Receive a delivery; sent again with the same key it answers the same and receives nothing."""
    if problems := problems_of(delivery):
        raise UserError("This delivery cannot be received yet.", problems)
    received: Changed = post(connection, document_of(delivery))
    if delivery.freight:
        land(connection, _freight(connection, delivery))
    return received


def rehearse(connection: Connection, delivery: Delivery) -> None:
    """Let the ledger judge the lines and the freight of a delivery; what the paper cannot say is told without it."""
    known = {one.field for one in problems_of(delivery) if one.row is None}
    right = replace(delivery, discount=NOTHING) if "discount" in known else delivery
    post(connection, document_of(right))
    if right.freight and "freight" not in known:
        land(connection, _freight(connection, right))


@call
def foretell(connection: Connection, delivery: Delivery) -> Effects:
    """What receiving this delivery at its time would change."""
    if problems := problems_of(delivery):
        raise UserError("This delivery cannot be received yet.", problems)
    effects: Effects = preview(connection, document_of(delivery))
    return effects


@call
def take_back(connection: Connection, key: UUID, delivery: UUID, reason: str) -> Changed:
    """Undo a delivery with all of its lines."""
    undone: Changed = reverse_document(connection, key, delivery, reason)
    return undone


def _freight(connection: Connection, delivery: Delivery) -> LandedCost:
    lines = select(MOVEMENTS.c.id).where(MOVEMENTS.c.posting_id == delivery.key).order_by(MOVEMENTS.c.id)
    return LandedCost(
        uuid5(delivery.key, FREIGHT),
        delivery.site_id,
        delivery.freight,
        tuple(connection.execute(lines).scalars()),
        effective_at=delivery.effective_at,
        supplier_id=delivery.supplier_id,
        reference=delivery.reference.strip(),
    )

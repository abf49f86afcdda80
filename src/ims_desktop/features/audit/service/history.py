"""The history of one record: its changes, those of its parts, what it was posted by, and what became of its cost."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Connection, Text, Uuid, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import array

from ims_desktop.domain.work import read
from ims_desktop.features.audit.rules import UNKNOWN, posting_words
from ims_desktop.features.audit.service.log import AuditEntry, entry_of, full_entries
from ims_desktop.features.audit.tables import (
    AUDIT,
    CORRECTIONS,
    MEMBERS,
    MOVEMENTS,
    NAMED,
    OFFERS,
    ORDERS,
    POSTINGS,
    VERSIONS,
)

NEWEST = 20
# What belongs to a record and is shown in its history, by the record's table.
PARTS = {
    "items": ("item_units", "item_barcodes", "item_site_settings"),
    "suppliers": ("supplier_items", "supplier_banks", "supplier_contacts", "bank_shown"),
    "supplier_items": ("supplier_prices", "supplier_contracts"),
    "modifier_groups": ("modifiers",),
    "recipes": ("recipe_versions",),
    "menu_items": ("menu_prices", "menu_pauses", "menu_item_modifiers"),
    "members": ("user_roles", "sessions"),
    "posting": ("posting",),  # what undid it
}
PARTS_OF_PARTS = {
    "suppliers": (("supplier_prices", "supplier_contracts"), OFFERS.c.id, OFFERS.c.supplier_id),
    "recipes": (("recipe_lines",), VERSIONS.c.id, VERSIONS.c.recipe_id),
}
# By which postings a record came about and was taken back.
POSTED_BY = {"orders": (ORDERS.c.id, array([ORDERS.c.posting_id, ORDERS.c.void_posting_id]))}


@dataclass(frozen=True, slots=True)
class Correction:
    """A later change of what a movement cost, and the document that caused it."""

    at: datetime
    who: str
    device: str | None
    cause: str
    document: str
    item: str
    value: Decimal


Happening = AuditEntry | Correction


@read
def history_of(connection: Connection, subject: str, record_id: Any) -> tuple[AuditEntry, ...]:
    """The newest changes of one record and its parts; `subject` is a table, or "posting"."""
    here = full_entries().where(_of(subject, str(record_id)))
    found = connection.execute(here.order_by(AUDIT.c.at.desc(), AUDIT.c.id.desc()).limit(NEWEST))
    return tuple(entry_of(row) for row in found)


@read
def whole_history(connection: Connection, subject: str, record_id: Any) -> tuple[Happening, ...]:
    """The same, and of a posting the corrections of what its movements cost, for those who see costs."""
    happened: list[Happening] = [*history_of(connection, subject, record_id)]
    if subject == "posting":
        happened += _corrections(connection, record_id)
    return tuple(sorted(happened, key=attrgetter("at"), reverse=True)[:NEWEST])


def _of(subject: str, record_id: str) -> ColumnElement[bool]:
    ways = [and_(AUDIT.c.subject == subject, AUDIT.c.record_id == record_id)]
    if subject in PARTS:
        ways.append(and_(AUDIT.c.part_of == record_id, AUDIT.c.subject.in_(PARTS[subject])))
    if subject in PARTS_OF_PARTS:
        parts, key, of = PARTS_OF_PARTS[subject]
        keys = select(func.array_agg(cast(key, Text))).where(of == cast(record_id, Uuid)).scalar_subquery()
        ways.append(and_(AUDIT.c.part_of == func.any(cast(keys, ARRAY(Text))), AUDIT.c.subject.in_(parts)))
    if subject in POSTED_BY:
        of, postings = POSTED_BY[subject]
        keys = select(cast(postings, ARRAY(Text))).where(of == cast(record_id, Uuid)).scalar_subquery()
        ways.append(and_(AUDIT.c.record_id == func.any(cast(keys, ARRAY(Text))), AUDIT.c.subject == "posting"))
    return or_(*ways)


def _corrections(connection: Connection, posting: UUID) -> list[Correction]:
    """Nothing for who does not see costs: these rows tell nothing but amounts, and their policy asks."""
    device = (
        select(AUDIT.c.device)
        .where(AUDIT.c.subject == "posting", AUDIT.c.record_id == cast(CORRECTIONS.c.posting_id, Text))
        .limit(1)
        .scalar_subquery()
    )
    items = NAMED["items"]
    found = connection.execute(
        select(
            CORRECTIONS.c.posted_at,
            MEMBERS.c.display_name,
            device.label("device"),
            CORRECTIONS.c.cause,
            POSTINGS.c.kind,
            POSTINGS.c.number,
            items.c.name,
            CORRECTIONS.c.value,
        )
        .join_from(MOVEMENTS, CORRECTIONS, CORRECTIONS.c.movement_id == MOVEMENTS.c.id)
        .join(POSTINGS, POSTINGS.c.id == CORRECTIONS.c.posting_id)
        .join(MEMBERS, MEMBERS.c.id == POSTINGS.c.posted_by)
        .outerjoin(items, items.c.id == CORRECTIONS.c.item_id)  # costs may be seen without items
        .where(MOVEMENTS.c.posting_id == posting)
        .order_by(CORRECTIONS.c.id.desc())
        .limit(NEWEST)
    )
    return [
        Correction(
            row.posted_at,
            row.display_name,
            row.device,
            row.cause,
            posting_words(row.kind, row.number),
            row.name or UNKNOWN,
            row.value,
        )
        for row in found
    ]

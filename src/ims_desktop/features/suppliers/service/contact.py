"""How a supplier is reached and paid: encrypted on this desk, and found again by an equal value."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, union
from sqlalchemy.dialects.postgresql import insert

from ims_desktop.database.listing import one_or_gone
from ims_desktop.database.sensitive_rows import as_written, changed, has_value, keys_to_search, texts_of
from ims_desktop.database.tenant_key import Opened, keys_on, opened
from ims_desktop.domain import sensitive
from ims_desktop.domain.contact import CONTACT
from ims_desktop.domain.errors import Conflict, UserError
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.suppliers.rules import BANK, ContactDraft, problems_of
from ims_desktop.features.suppliers.tables import SUPPLIER_BANKS, SUPPLIERS

SUBJECTS = frozenset({"suppliers"})

# Both rows count their versions up, so the sum changes with either.
_VERSION = (SUPPLIERS.c.version + func.coalesce(SUPPLIER_BANKS.c.version, 0)).label("version")
_ROW = select(_VERSION, *(SUPPLIERS.c[name] for name in CONTACT), *(SUPPLIER_BANKS.c[name] for name in BANK))
_FULL = _ROW.select_from(SUPPLIERS.outerjoin(SUPPLIER_BANKS, SUPPLIER_BANKS.c.supplier_id == SUPPLIERS.c.id))


@read
def supplier_contact(connection: Connection, key: UUID) -> ContactDraft:
    """What the form begins with; a UserError on a PC without the key."""
    return _read(connection, UUID(str(key)))


def save_contact(connection: Connection, draft: ContactDraft) -> Changed:
    """Encrypt and keep what differs from before."""
    problems = problems_of(draft)
    if problems:
        raise UserError("This cannot be saved yet.", problems)
    keys = keys_on(connection)
    connection.execute(select(SUPPLIERS.c.id).where(SUPPLIERS.c.id == draft.id).with_for_update())
    before = _read(connection, draft.id)
    if before.version != draft.version:
        raise Conflict("Somebody else changed this supplier meanwhile. Reload and look again.")
    was, now = as_written(before, (*CONTACT, *BANK)), as_written(draft, (*CONTACT, *BANK))
    if contact := changed(keys, sensitive.SUPPLIERS, draft.id, was, now):
        connection.execute(SUPPLIERS.update().where(SUPPLIERS.c.id == draft.id).values(contact))
    if bank := changed(keys, sensitive.SUPPLIER_BANKS, draft.id, was, now):
        row = insert(SUPPLIER_BANKS).values(supplier_id=draft.id, **bank)
        connection.execute(row.on_conflict_do_update(index_elements=["supplier_id"], set_=bank))
    return Changed(draft.id, SUBJECTS)


def _read(connection: Connection, key: UUID) -> ContactDraft:
    found = connection.execute(_FULL.where(SUPPLIERS.c.id == key)).mappings().one_or_none()
    row = one_or_gone(found, "supplier")
    return ContactDraft(key, row["version"], **texts_of(opened_fields(connection, key, row)))


def opened_fields(connection: Connection, key: UUID, row: Mapping[str, Any]) -> dict[str, Opened]:
    """Contact and bank details of a row, as far as this PC can open them."""
    contact = opened(connection, sensitive.SUPPLIERS, key, row)
    return {**contact, **opened(connection, sensitive.SUPPLIER_BANKS, key, row)}


def with_equal_value(connection: Connection, search: str) -> list[UUID]:
    """The suppliers with exactly this e-mail address, phone or account number; none where this PC has no key."""
    keys = keys_to_search(connection, search)
    if keys is None:
        return []
    equal = union(
        select(SUPPLIERS.c.id).where(has_value(keys, SUPPLIERS, sensitive.SUPPLIERS, search)),
        select(SUPPLIER_BANKS.c.supplier_id).where(has_value(keys, SUPPLIER_BANKS, sensitive.SUPPLIER_BANKS, search)),
    )
    return list(connection.execute(equal).scalars())

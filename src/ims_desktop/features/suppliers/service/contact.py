"""How a supplier is reached and paid: encrypted on this desk, and found again by an equal value."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, or_, select, union
from sqlalchemy.dialects.postgresql import insert

from ims_desktop.database.listing import one_or_gone
from ims_desktop.database.secrets_box import TenantKeys
from ims_desktop.database.tenant_key import LOCKED, Opened, keys_on, opened, ring_on, sealed
from ims_desktop.domain import sensitive
from ims_desktop.domain.errors import Conflict, UserError
from ims_desktop.domain.sensitive import SensitiveTable, same_account, same_email, same_phone
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.suppliers.rules import BANK, CONTACT, ContactDraft, problems_of
from ims_desktop.features.suppliers.tables import SUPPLIER_BANKS, SUPPLIERS

SUBJECTS = frozenset({"suppliers"})
SHORTEST_NUMBER = 6  # digits that make a search worth comparing with phone and account numbers

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
    if contact := _sealed(keys, sensitive.SUPPLIERS, before, draft):
        connection.execute(SUPPLIERS.update().where(SUPPLIERS.c.id == draft.id).values(contact))
    if bank := _sealed(keys, sensitive.SUPPLIER_BANKS, before, draft):
        row = insert(SUPPLIER_BANKS).values(supplier_id=draft.id, **bank)
        connection.execute(row.on_conflict_do_update(index_elements=["supplier_id"], set_=bank))
    return Changed(draft.id, SUBJECTS)


def _sealed(keys: TenantKeys, table: SensitiveTable, before: ContactDraft, draft: ContactDraft) -> dict[str, Any]:
    old, new = before.texts(table.columns), draft.texts(table.columns)
    return sealed(keys, table, draft.id, {name: new[name] for name in table.columns if new[name] != old[name]})


def _read(connection: Connection, key: UUID) -> ContactDraft:
    found = connection.execute(_FULL.where(SUPPLIERS.c.id == key)).mappings().one_or_none()
    row = one_or_gone(found, "supplier")
    texts = {}
    for name, value in opened_fields(connection, key, row).items():
        if value.is_locked:
            raise UserError(LOCKED)
        texts[name] = value.text or ""
    return ContactDraft(key, row["version"], **texts)


def opened_fields(connection: Connection, key: UUID, row: Mapping[str, Any]) -> dict[str, Opened]:
    """Contact and bank details of a row, as far as this PC can open them."""
    contact = opened(connection, sensitive.SUPPLIERS, key, row)
    return {**contact, **opened(connection, sensitive.SUPPLIER_BANKS, key, row)}


def with_equal_value(connection: Connection, search: str) -> list[UUID]:
    """The suppliers with exactly this e-mail address, phone or account number; none where this PC has no key."""
    is_number = sum(letter.isdigit() for letter in search) >= SHORTEST_NUMBER
    if "@" not in search and not is_number:
        return []
    keys = ring_on(connection).keys(connection)
    if keys is None:
        return []
    email = keys.digests(search, "suppliers", "email", same_email)
    phone = keys.digests(search, "suppliers", "phone", same_phone)
    account = keys.digests(search, "supplier_banks", "account", same_account)
    by_contact = or_(SUPPLIERS.c.email_hash.in_(email), SUPPLIERS.c.phone_hash.in_(phone))
    equal = union(
        select(SUPPLIERS.c.id).where(by_contact),
        select(SUPPLIER_BANKS.c.supplier_id).where(SUPPLIER_BANKS.c.account_hash.in_(account)),
    )
    return list(connection.execute(equal).scalars())

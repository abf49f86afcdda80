"""How a supplier is reached and paid: encrypted on this desk, and found again by an equal value."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Connection, Text, cast, delete, func, select, text, union
from sqlalchemy.dialects.postgresql import insert

from ims_desktop.database.listing import one_or_gone
from ims_desktop.database.secrets_box import TenantKeys
from ims_desktop.database.sensitive_rows import as_written, changed, has_value, keys_to_search, texts_of
from ims_desktop.database.tenant_key import Opened, keys_on, opened
from ims_desktop.domain import sensitive
from ims_desktop.domain.contact import CONTACT
from ims_desktop.domain.errors import Conflict, UserError
from ims_desktop.domain.work import Changed, call
from ims_desktop.features.suppliers.rules import BANK, ContactDraft, Person, problems_of
from ims_desktop.features.suppliers.tables import SUPPLIER_BANKS, SUPPLIER_CONTACTS, SUPPLIERS

SUBJECTS = frozenset({"suppliers"})

# The rows count their versions up; with the keys of the people in it, the sum changes with any of them.
_PEOPLE = (
    select(func.sum(func.hashtext(cast(SUPPLIER_CONTACTS.c.id, Text)) + SUPPLIER_CONTACTS.c.version))
    .where(SUPPLIER_CONTACTS.c.supplier_id == SUPPLIERS.c.id)
    .scalar_subquery()
)
_VERSION = (
    SUPPLIERS.c.version + func.coalesce(SUPPLIER_BANKS.c.version, 0) + func.coalesce(cast(_PEOPLE, BigInteger), 0)
).label("version")
_ROW = select(_VERSION, *(SUPPLIERS.c[name] for name in CONTACT), *(SUPPLIER_BANKS.c[name] for name in BANK))
_FULL = _ROW.select_from(SUPPLIERS.outerjoin(SUPPLIER_BANKS, SUPPLIER_BANKS.c.supplier_id == SUPPLIERS.c.id))


def supplier_contact(connection: Connection, key: UUID) -> ContactDraft:
    """What the form begins with; a UserError on a PC without the key. That bank details were seen is written down."""
    draft = _read(connection, UUID(str(key)))
    if draft.account:
        _write_down(connection, draft.id)
    return draft


@call
def bank_details(connection: Connection, key: UUID) -> Mapping[str, Opened]:
    """The bank details in plain; that somebody saw them is written down first."""
    _write_down(connection, key)
    columns = (SUPPLIER_BANKS.c[name] for name in BANK)
    found = connection.execute(select(*columns).where(SUPPLIER_BANKS.c.supplier_id == key)).mappings().one_or_none()
    return opened(connection, sensitive.SUPPLIER_BANKS, key, one_or_gone(found, "account"))


def _write_down(connection: Connection, key: UUID) -> None:
    connection.execute(text("SELECT bank_was_shown(:key)"), {"key": key})


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
    save_people(connection, keys, draft.id, before.others, draft.others)
    return Changed(draft.id, SUBJECTS)


def save_people(
    connection: Connection, keys: TenantKeys, supplier: UUID, before: Sequence[Person], after: Sequence[Person]
) -> None:
    """Keep the people of a supplier as they are now: those who are gone go, those who are new come."""
    known = {person.id: person for person in before if person.id is not None}
    kept = {person.id for person in after}
    if gone := [key for key in known if key not in kept]:
        connection.execute(delete(SUPPLIER_CONTACTS).where(SUPPLIER_CONTACTS.c.id.in_(gone)))
    for person in after:
        was = known.get(person.id) if person.id is not None else None
        key = person.id if was is not None and person.id is not None else uuid4()
        texts = as_written(was or Person(), CONTACT), as_written(person, CONTACT)
        values: dict[str, Any] = changed(keys, sensitive.SUPPLIER_CONTACTS, key, *texts)
        if was is None or was.duty != person.duty.strip():
            values["duty"] = person.duty.strip()
        if values:
            row = insert(SUPPLIER_CONTACTS).values(id=key, supplier_id=supplier, **values)
            connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=values))


def _read(connection: Connection, key: UUID) -> ContactDraft:
    found = connection.execute(_FULL.where(SUPPLIERS.c.id == key)).mappings().one_or_none()
    row = one_or_gone(found, "supplier")
    fields = texts_of(opened_fields(connection, key, row))
    return ContactDraft(key, row["version"], **fields, others=people_of(connection, key))


def people_of(connection: Connection, supplier: UUID) -> tuple[Person, ...]:
    """The other people of a supplier, as they were entered."""
    asked = select(SUPPLIER_CONTACTS).where(SUPPLIER_CONTACTS.c.supplier_id == supplier)
    rows = connection.execute(asked.order_by(SUPPLIER_CONTACTS.c.duty, SUPPLIER_CONTACTS.c.id)).mappings()
    return tuple(
        Person(row["duty"], **texts_of(opened(connection, sensitive.SUPPLIER_CONTACTS, row["id"], row)), id=row["id"])
        for row in rows
    )


def opened_fields(connection: Connection, key: UUID, row: Mapping[str, Any]) -> dict[str, Opened]:
    """Contact and bank details of a row, as far as this PC can open them."""
    contact = opened(connection, sensitive.SUPPLIERS, key, row)
    return {**contact, **opened(connection, sensitive.SUPPLIER_BANKS, key, row)}


def with_equal_value(connection: Connection, search: str) -> list[UUID]:
    """The suppliers with exactly this e-mail address, phone or account number; none where this PC has no key."""
    keys = keys_to_search(connection, search)
    if keys is None:
        return []
    places = (
        (SUPPLIERS, SUPPLIERS.c.id, sensitive.SUPPLIERS),
        (SUPPLIER_BANKS, SUPPLIER_BANKS.c.supplier_id, sensitive.SUPPLIER_BANKS),
        (SUPPLIER_CONTACTS, SUPPLIER_CONTACTS.c.supplier_id, sensitive.SUPPLIER_CONTACTS),
    )
    equal = union(*(select(key).where(has_value(keys, table, described, search)) for table, key, described in places))
    return list(connection.execute(equal).scalars())

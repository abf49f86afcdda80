"""Customers are made, changed and archived; how they are reached is encrypted on this desk."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, exists, func, insert, select, update

from ims_desktop.database.listing import one_or_gone
from ims_desktop.database.sensitive_rows import as_written, changed, texts_of
from ims_desktop.database.tenant_key import keys_on, opened
from ims_desktop.domain import sensitive
from ims_desktop.domain.contact import CONTACT
from ims_desktop.domain.errors import Conflict, Denied, Problem, UserError
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.customers.rules import ContactDraft, CustomerDraft, problems_of, problems_of_contact
from ims_desktop.features.customers.tables import CUSTOMERS

SUBJECTS = frozenset({"customers"})
CHANGED = "Somebody else changed this customer meanwhile. Reload and look again."


@dataclass(frozen=True, slots=True)
class SavedCustomer:
    """What was saved."""

    id: UUID
    name: str


def save_customer(connection: Connection, draft: CustomerDraft) -> Changed:
    """Add a customer, or change one."""
    problems = problems_of(draft)
    known = connection.execute(_known(draft)).one()
    if not known.may_edit:
        raise Denied("Your roles do not allow changing customers.")
    if known.taken:
        problems.append(Problem("Another customer has this code.", "code"))
    if problems:
        raise UserError("This customer cannot be saved yet.", problems)
    name = draft.name.strip()
    texts = as_written(draft, ("code", "name", "tax_id", "note"))
    values: dict[str, Any] = {
        **texts,
        "kind": draft.kind,
        "payment_days": draft.payment_days and int(draft.payment_days),
    }
    if draft.id is None:
        made = connection.execute(insert(CUSTOMERS).values(values).returning(CUSTOMERS.c.id)).scalar_one()
        return Changed(SavedCustomer(made, name), SUBJECTS)
    mine = update(CUSTOMERS).where(CUSTOMERS.c.id == draft.id, CUSTOMERS.c.version == draft.version)
    if not connection.execute(mine.values(values)).rowcount:
        raise Conflict(CHANGED)
    return Changed(SavedCustomer(draft.id, name), SUBJECTS)


def set_active(connection: Connection, keys: tuple[UUID, ...], active: bool) -> Changed:
    """Archive customers, or take them back; their orders stay."""
    count = connection.execute(update(CUSTOMERS).where(CUSTOMERS.c.id.in_(keys)).values(is_active=active)).rowcount
    if count != len(keys):
        raise Denied("Your roles do not allow changing customers.")
    return Changed(count, SUBJECTS)


@read
def customer_contact(connection: Connection, key: UUID) -> ContactDraft:
    """What the form begins with; a UserError on a PC without the key."""
    return _read(connection, UUID(str(key)))


def save_contact(connection: Connection, draft: ContactDraft) -> Changed:
    """Encrypt and keep what differs from before."""
    if problems := problems_of_contact(draft):
        raise UserError("This cannot be saved yet.", problems)
    keys = keys_on(connection)
    connection.execute(select(CUSTOMERS.c.id).where(CUSTOMERS.c.id == draft.id).with_for_update())
    before = _read(connection, draft.id)
    if before.version != draft.version:
        raise Conflict(CHANGED)
    values = changed(keys, sensitive.CUSTOMERS, draft.id, as_written(before, CONTACT), as_written(draft, CONTACT))
    if values:
        connection.execute(update(CUSTOMERS).where(CUSTOMERS.c.id == draft.id).values(values))
    return Changed(draft.id, SUBJECTS)


def _read(connection: Connection, key: UUID) -> ContactDraft:
    columns = (CUSTOMERS.c.version, *(CUSTOMERS.c[name] for name in CONTACT))
    found = connection.execute(select(*columns).where(CUSTOMERS.c.id == key)).mappings().one_or_none()
    row = one_or_gone(found, "customer")
    return ContactDraft(key, row["version"], **texts_of(opened(connection, sensitive.CUSTOMERS, key, row)))


def _known(draft: CustomerDraft) -> Select[Any]:
    """What the database knows that speaks against the draft, in one statement."""
    same = CUSTOMERS.c.sort_code == func.public.sort_key(draft.code.strip())
    taken = exists().where(same, CUSTOMERS.c.id.is_distinct_from(draft.id))
    return select(func.can("customers.edit").label("may_edit"), taken.label("taken"))

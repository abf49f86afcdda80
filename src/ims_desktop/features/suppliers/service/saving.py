"""Suppliers are made and changed; nobody deletes one, because its deliveries and prices stay."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, exists, func, insert, select, update

from ims_desktop.database.listing import one_or_gone
from ims_desktop.database.sensitive_rows import as_written
from ims_desktop.domain.errors import Conflict, Denied, Problem, UserError
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.suppliers.rules import LONGEST_TEXT, STATES, StatusDraft, SupplierDraft, problems_of_supplier
from ims_desktop.features.suppliers.service.contact import SUBJECTS
from ims_desktop.features.suppliers.tables import SUPPLIERS

OWN = tuple(name for name in SupplierDraft.__slots__ if name not in ("id", "version"))
CHANGED = "Somebody else changed this supplier meanwhile. Reload and look again."


@dataclass(frozen=True, slots=True)
class SavedSupplier:
    """What was saved."""

    id: UUID
    name: str


@read
def supplier_terms(connection: Connection, key: UUID | str) -> SupplierDraft:
    """What the form begins with."""
    columns = (SUPPLIERS.c[name] for name in ("id", "version", *OWN))
    found = connection.execute(select(*columns).where(SUPPLIERS.c.id == UUID(str(key)))).mappings().one_or_none()
    row = dict(one_or_gone(found, "supplier"))
    return SupplierDraft(**{**row, "order_days": tuple(row["order_days"])})


def save_supplier(connection: Connection, draft: SupplierDraft) -> Changed:
    """Add a supplier, or change the terms of one."""
    problems = problems_of_supplier(draft)
    known = connection.execute(_known(draft)).one()
    if not known.may_edit:
        raise Denied("Your roles do not allow changing suppliers.")
    if known.taken:
        problems.append(Problem("Another supplier has this code.", "code"))
    if problems:
        raise UserError("This supplier cannot be saved yet.", problems)
    values = _values(draft)
    if draft.id is None:
        made = connection.execute(insert(SUPPLIERS).values(values).returning(SUPPLIERS.c.id)).scalar_one()
        return Changed(SavedSupplier(made, values["name"]), SUBJECTS)
    mine = update(SUPPLIERS).where(SUPPLIERS.c.id == draft.id, SUPPLIERS.c.version == draft.version)
    if not connection.execute(mine.values(values)).rowcount:
        raise Conflict(CHANGED)
    return Changed(SavedSupplier(draft.id, values["name"]), SUBJECTS)


def set_status(connection: Connection, draft: StatusDraft) -> Changed:
    """Go on ordering from suppliers, wait for a while, or end; whatever they sold stays."""
    reason = draft.status_reason.strip()
    known = draft.status in STATES and len(reason) <= LONGEST_TEXT["status_reason"]
    if not known or (draft.status != "ACTIVE" and not reason):
        said = Problem("Say why nothing is ordered from them, in a short sentence.", "status_reason")
        raise UserError(said.text, [said])
    mine = update(SUPPLIERS).where(SUPPLIERS.c.id.in_(draft.keys))
    count = connection.execute(mine.values(status=draft.status, status_reason=reason)).rowcount
    if count != len(draft.keys):
        raise Denied("Your roles do not allow changing all of these suppliers.")
    return Changed(count, SUBJECTS)


def _values(draft: SupplierDraft) -> dict[str, Any]:
    """The row: texts without blanks around them, the reason only where there is one to give."""
    values = {name: getattr(draft, name) for name in OWN} | as_written(draft, tuple(LONGEST_TEXT))
    values["name"] = " ".join(values["name"].split())
    values["payment_days"] = None if draft.payment_days is None else int(draft.payment_days)
    values["order_days"] = sorted(set(draft.order_days))
    if draft.status == "ACTIVE":
        values["status_reason"] = ""
    return values


def _known(draft: SupplierDraft) -> Select[Any]:
    """What the database knows that speaks against the draft, in one statement."""
    same = func.public.sort_key(SUPPLIERS.c.code) == func.public.sort_key(draft.code.strip())
    taken = exists().where(same, SUPPLIERS.c.id.is_distinct_from(draft.id))
    return select(func.can("suppliers.edit").label("may_edit"), taken.label("taken"))

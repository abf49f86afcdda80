"""Customers, and the people and bank accounts of suppliers, in files: encrypted on this desk like everywhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from ims_desktop.database.sensitive_rows import changed, texts_of
from ims_desktop.database.table_import import Named, TableImport, named
from ims_desktop.database.tenant_key import keys_on, opened, sealed
from ims_desktop.domain import sensitive
from ims_desktop.domain.contact import CONTACT
from ims_desktop.domain.contact import LONGEST as LONGEST_CONTACT
from ims_desktop.domain.errors import Problem
from ims_desktop.domain.import_kinds import NAME, WHOLE, WORDS, choice
from ims_desktop.domain.importing import Change, ImportField, ImportRow, ImportSpec, Known, Record
from ims_desktop.domain.wording import say
from ims_desktop.features.customers import rules as customers
from ims_desktop.features.customers.tables import CUSTOMERS
from ims_desktop.features.exchange.service.price_lists import SUPPLIER
from ims_desktop.features.suppliers.rules import BANK, LONGEST, ContactDraft, masked, problems_of
from ims_desktop.features.suppliers.service.contact import opened_fields
from ims_desktop.features.suppliers.tables import SUPPLIER_BANKS, SUPPLIERS

ACCOUNT = replace(WORDS, write=masked)
REACHED = (
    ImportField("contact", "Person", aliases=("contact", "contact person"), example="Gina Gusto",
                longest=LONGEST_CONTACT["contact"]),
    ImportField("email", "E-mail", aliases=("mail",), example="orders@example.com", longest=LONGEST_CONTACT["email"]),
    ImportField("phone", "Phone", aliases=("telephone", "tel"), example="+1 555 010 7788",
                longest=LONGEST_CONTACT["phone"]),
)  # fmt: skip
HASHED = ("email_hash", "phone_hash")

# Customers ------------------------------------------------------------------------------------------------------

_CUSTOMERS = TableImport(
    CUSTOMERS,
    "customers.edit",
    {key: key for key in ("id", "code", "name", "kind", "tax_id", "payment_days", "note", *CONTACT, *HASHED)},
    ("code",),
    finds={"code": "sort_code"},
)


def _known_customers(connection: Connection, rows: Sequence[ImportRow]) -> Known:
    """The customers of these codes; how they are reached in plain, where the file speaks of it."""
    known = _CUSTOMERS.known(connection, rows)
    speaks = any(key in row.given for row in rows for key in CONTACT)
    records = {
        number: Record(record.id, {**record.values, **(_in_plain(connection, record) if speaks else {})})
        for number, record in known.records.items()
    }
    return Known(records, known.rows, known.problems)


def _in_plain(connection: Connection, record: Record) -> Mapping[str, str]:
    return texts_of(opened(connection, sensitive.CUSTOMERS, record.id[0], record.values))


def _customer_problems(_connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    found = []
    for change in changes:
        if not change.differences:
            continue
        whole = {key: value for key, value in change.whole.items() if value is not None}
        draft = {key: whole[key] for key in ("code", "name", "kind", "tax_id", "payment_days", "note") if key in whole}
        draft.setdefault("code", change.row.given.get("code") or "")
        said = customers.problems_of(customers.CustomerDraft(**{"name": "", **draft}))
        reached = {key: change.values.get(key) or "" for key in CONTACT}
        said += customers.problems_of_contact(customers.ContactDraft(UUID(int=0), 0, **reached))
        found += [Problem(one.text, one.field, change.row.number) for one in said]
    return found


def _write_customers(connection: Connection, changes: Sequence[Change]) -> None:
    _CUSTOMERS.write(connection, [_sealed_customer(connection, change) for change in changes])


def _sealed_customer(connection: Connection, change: Change) -> Change:
    """The change with encrypted texts and the hashes they are found by."""
    key = change.record.id[0] if change.record else uuid4()
    texts = {name: change.values[name] or "" for name in CONTACT if name in change.values}
    own = {"id": key} if change.is_new else {}
    return change.with_values(
        {**own, **(sealed(keys_on(connection), sensitive.CUSTOMERS, key, texts) if texts else {})}
    )


CUSTOMERS_IMPORT = ImportSpec(
    "customers",
    "Customers",
    ("customer", "customers"),
    ("code",),
    (
        ImportField("code", "Code", required=True, aliases=("customer code", "number"), example="HARBOUR", longest=40),
        ImportField("name", "Name", required=True, aliases=("customer",), example="Harbour Hotel", longest=200),
        ImportField("kind", "Kind", choice(customers.KINDS), keep=True, example="Catering"),
        ImportField("tax_id", "Tax number", aliases=("vat number", "vat id"), example="US-12345", longest=40),
        ImportField("payment_days", "Payment days", WHOLE, aliases=("terms",), example="30"),
        *REACHED,
        ImportField("note", "Note", aliases=("notes", "remark"), longest=2000),
    ),
    "customers.edit",
    frozenset({"customers"}),
    _known_customers,
    _write_customers,
    _customer_problems,
)

# People and bank accounts of suppliers --------------------------------------------------------------------------

_FULL = select(
    SUPPLIERS.c.id, *(SUPPLIERS.c[name] for name in CONTACT), *(SUPPLIER_BANKS.c[name] for name in BANK)
).select_from(SUPPLIERS.outerjoin(SUPPLIER_BANKS, SUPPLIER_BANKS.c.supplier_id == SUPPLIERS.c.id))


def _known_contacts(connection: Connection, rows: Sequence[ImportRow]) -> Known:
    """The suppliers these rows name, with what this PC can open of them."""
    words = {str(row.given["supplier"]) for row in rows if row.given.get("supplier")}
    found = named(connection, SUPPLIER, {(None, word) for word in words})
    keys = {name.id for name in found.values()}
    there = {
        row["id"]: texts_of(opened_fields(connection, row["id"], dict(row)))
        for row in connection.execute(_FULL.where(SUPPLIERS.c.id.in_(keys))).mappings()
    }
    records, made, problems = dict[int, Record](), list[ImportRow](), list[Problem]()
    for row in rows:
        word = row.given.get("supplier")
        name = found.get((None, str(word)))
        made.append(ImportRow(row.number, {**row.given, "supplier": name}))
        if name is not None and name.id in there:
            records[row.number] = Record((name.id,), {"supplier": name, **there[name.id]})
        elif word:
            problems.append(Problem(say("There is no supplier “{word}”.", word=word), "supplier", row.number))
    return Known(records, made, problems)


def _draft_of(change: Change) -> ContactDraft:
    texts: dict[str, Any] = {name: change.whole.get(name) or "" for name in (*CONTACT, *BANK)}
    return ContactDraft(change.record.id[0] if change.record else UUID(int=0), 0, **texts)


def _contact_problems(_connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    return [
        Problem(one.text, one.field, change.row.number)
        for change in changes
        if change.differences and change.record is not None
        for one in problems_of(_draft_of(change))
    ]


def _write_contacts(connection: Connection, changes: Sequence[Change]) -> None:
    keys = keys_on(connection)
    for change in changes:
        if change.record is None:
            continue
        key, texts = change.record.id[0], {name: change.values[name] or "" for name in change.values}
        was = {name: change.record.values.get(name) or "" for name in (*CONTACT, *BANK)}
        now = {**was, **texts}
        if reached := changed(keys, sensitive.SUPPLIERS, key, was, now):
            connection.execute(update(SUPPLIERS).where(SUPPLIERS.c.id == key).values(reached))
        if bank := changed(keys, sensitive.SUPPLIER_BANKS, key, was, now):
            row = insert(SUPPLIER_BANKS).values(supplier_id=key, **bank)
            connection.execute(row.on_conflict_do_update(index_elements=["supplier_id"], set_=bank))


def _no_longer_named(value: Any) -> str:
    return value.name if isinstance(value, Named) else str(value)


CONTACTS_IMPORT = ImportSpec(
    "supplier_contacts",
    "Contacts and bank accounts of suppliers",
    ("supplier", "suppliers"),
    ("supplier",),
    (
        ImportField("supplier", "Supplier", replace(NAME, write=_no_longer_named), required=True,
                    aliases=("code", "vendor"), help="Its name or code.", example="Gusto Foods"),
        *REACHED,
        ImportField("account", "Account", ACCOUNT, aliases=("iban", "account number"), example="GB33BUKB20201555555555",
                    longest=LONGEST["account"]),
        ImportField("account_holder", "Account holder", example="Gusto Foods Ltd", longest=LONGEST["account_holder"]),
        ImportField("bank_name", "Bank", example="Barclays", longest=LONGEST["bank_name"]),
        ImportField("bank_code", "BIC", aliases=("bank code", "swift"), example="BUKBGB22",
                    longest=LONGEST["bank_code"]),
    ),
    "suppliers.edit",
    frozenset({"suppliers"}),
    _known_contacts,
    _write_contacts,
    _contact_problems,
)  # fmt: skip

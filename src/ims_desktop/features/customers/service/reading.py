"""Customers as a list and one by one; found also by exactly their e-mail address or phone number."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.database.sensitive_rows import has_value, keys_to_search
from ims_desktop.database.tenant_key import Opened, opened, own_fingerprint
from ims_desktop.domain import sensitive
from ims_desktop.domain.contact import CONTACT
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.option import Option
from ims_desktop.domain.work import read
from ims_desktop.features.customers.rules import KINDS
from ims_desktop.features.customers.tables import CUSTOMERS


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer in the list."""

    id: UUID
    code: str
    name: str
    kind: str
    tax_id: str
    payment_days: int | None
    is_active: bool

    @property
    def state(self) -> str:
        """Whether anything is still sold to them."""
        return "active" if self.is_active else "archived"


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer; what this PC cannot open is said to be locked."""

    id: UUID
    code: str
    name: str
    kind: str
    contact: Opened
    email: Opened
    phone: Opened
    tax_id: str
    payment_days: int | None
    note: str
    is_active: bool
    version: int
    created_at: datetime
    asks_as: str = ""  # the fingerprint of this PC, where it lacks the key

    @property
    def state(self) -> str:
        """Whether anything is still sold to them."""
        return "active" if self.is_active else "archived"


SOURCE: ListSource[CustomerRow] = ListSource(
    row=CustomerRow,
    select=select(*(CUSTOMERS.c[name] for name in CustomerRow.__slots__)),
    key=CUSTOMERS.c.id,
    sorts={
        "name": CUSTOMERS.c.sort_name,
        "code": CUSTOMERS.c.sort_code,
        "payment_days": func.coalesce(CUSTOMERS.c.payment_days, -1),
    },
    default=(Sort("name"),),
    filters={"kind": CUSTOMERS.c.kind, "active": CUSTOMERS.c.is_active},
    finds=(CUSTOMERS.c.sort_name, CUSTOMERS.c.sort_code),
)


@read
def customers(connection: Connection, query: ListQuery) -> Page[CustomerRow]:
    """A page of customers."""
    source, query = _found(connection, query)
    return source.page(connection, query)


@read
def customers_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many customers the query selects."""
    source, query = _found(connection, query)
    return source.summary(connection, query)


def _found(connection: Connection, query: ListQuery) -> tuple[ListSource[CustomerRow], ListQuery]:
    """The list, or what is left of it when exactly somebody's e-mail address or phone number is searched."""
    keys = keys_to_search(connection, query.search)
    if keys is None:
        return SOURCE, query
    same = has_value(keys, CUSTOMERS, sensitive.CUSTOMERS, query.search)
    equal = list(connection.execute(select(CUSTOMERS.c.id).where(same)).scalars())
    if not equal:
        return SOURCE, query
    return replace(SOURCE, select=SOURCE.select.where(CUSTOMERS.c.id.in_(equal))), replace(query, search="")


@read
def customer_counts(connection: Connection, _query: ListQuery) -> Mapping[str, int]:
    """How many customers each tab holds."""
    active = CUSTOMERS.c.is_active
    counts = {kind.lower(): func.count().filter(active, CUSTOMERS.c.kind == kind) for kind in KINDS}
    counted = select(
        func.count().filter(active).label("active"),
        func.count().filter(~active).label("archived"),
        *(count.label(name) for name, count in counts.items()),
    )
    return dict(connection.execute(counted).one()._mapping)


@read
def customer(connection: Connection, key: UUID | str) -> Customer:
    """One customer, as far as this PC can open them."""
    columns = (CUSTOMERS.c[name] for name in Customer.__slots__ if name != "asks_as")
    found = connection.execute(select(*columns).where(CUSTOMERS.c.id == UUID(str(key)))).mappings().one_or_none()
    row = dict(one_or_gone(found, "customer"))
    fields = opened(connection, sensitive.CUSTOMERS, row["id"], {name: row[name] for name in CONTACT})
    locked = any(value.is_locked for value in fields.values())
    return Customer(**{**row, **fields}, asks_as=own_fingerprint(connection) if locked else "")


@read
def customer_choices(connection: Connection) -> list[Option]:
    """Active customers by name."""
    rows = connection.execute(
        select(CUSTOMERS.c.id, CUSTOMERS.c.name, CUSTOMERS.c.code)
        .where(CUSTOMERS.c.is_active)
        .order_by(CUSTOMERS.c.sort_name)
    )
    return [Option(row.id, row.name, row.code) for row in rows]

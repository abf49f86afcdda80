"""The suppliers as a list, found also by exactly their e-mail address, phone or account number."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, text

from ims_desktop.database.listing import ListSource
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.wording import Words, commas, say, word
from ims_desktop.domain.work import read
from ims_desktop.features.suppliers.service.contact import with_equal_value
from ims_desktop.features.suppliers.tables import SUPPLIER_ITEMS, SUPPLIERS

WEEKDAYS: tuple[Words, ...] = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def weekdays(days: tuple[int, ...]) -> Words:
    """Order days in words, such as "Mon, Thu"; nothing where none is agreed."""
    return say("Every day") if len(set(days)) == 7 else commas(word(WEEKDAYS[day - 1]) for day in sorted(set(days)))


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """A supplier in the list; `order_days` are ISO weekdays, 1 = Monday."""

    id: UUID
    code: str
    name: str
    status: str
    status_reason: str
    order_days: tuple[int, ...]
    order_cutoff: time | None
    minimum_order: Decimal | None
    payment_days: int | None
    currency: str
    items: int
    rating: Decimal | None

    @property
    def order_days_text(self) -> str:
        """The order days in words."""
        return weekdays(self.order_days)


_ITEMS = (
    select(func.count(SUPPLIER_ITEMS.c.item_id.distinct()))
    .where(SUPPLIER_ITEMS.c.supplier_id == SUPPLIERS.c.id, SUPPLIER_ITEMS.c.is_active)
    .correlate(SUPPLIERS)
    .scalar_subquery()
)
SOURCE = ListSource(
    row=SupplierRow,
    shape=lambda row: SupplierRow(**{**_named(row), "order_days": tuple(row.order_days)}),
    select=select(
        SUPPLIERS.c.id,
        SUPPLIERS.c.code,
        SUPPLIERS.c.name,
        SUPPLIERS.c.status,
        SUPPLIERS.c.status_reason,
        SUPPLIERS.c.order_days,
        SUPPLIERS.c.order_cutoff,
        SUPPLIERS.c.minimum_order,
        SUPPLIERS.c.payment_days,
        SUPPLIERS.c.currency,
        _ITEMS.label("items"),
        SUPPLIERS.c.rating,
    ),
    key=SUPPLIERS.c.id,
    sorts={
        "name": SUPPLIERS.c.sort_name,
        "code": SUPPLIERS.c.code,
        "items": _ITEMS,
        "minimum_order": func.coalesce(SUPPLIERS.c.minimum_order, -1),
        "payment_days": func.coalesce(SUPPLIERS.c.payment_days, -1),
        "rating": func.coalesce(SUPPLIERS.c.rating, -1),
    },
    default=(Sort("name"),),
    filters={"status": SUPPLIERS.c.status, "currency": SUPPLIERS.c.currency},
    finds=(SUPPLIERS.c.sort_name, func.lower(SUPPLIERS.c.code)),
)


def _named(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if not name.startswith("_k")}


@read
def suppliers(connection: Connection, query: ListQuery) -> Page[SupplierRow]:
    """A page of suppliers."""
    source, query = _found(connection, query)
    return source.page(connection, query)


@read
def suppliers_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many suppliers the query selects."""
    source, query = _found(connection, query)
    return source.summary(connection, query)


def _found(connection: Connection, query: ListQuery) -> tuple[ListSource[SupplierRow], ListQuery]:
    """The list, or what is left of it when exactly somebody's e-mail address, phone or account number is searched."""
    equal = with_equal_value(connection, query.search)
    if not equal:
        return SOURCE, query
    return replace(SOURCE, select=SOURCE.select.where(SUPPLIERS.c.id.in_(equal))), replace(query, search="")


_COUNTS = text("SELECT status, count(*) AS suppliers FROM suppliers GROUP BY status")


@read
def supplier_counts(connection: Connection, _query: ListQuery) -> Mapping[str, int]:
    """How many suppliers there are of each status."""
    counts: dict[str, int] = {row.status: row.suppliers for row in connection.execute(_COUNTS)}
    return {
        "all": sum(counts.values()),
        "active": counts.get("ACTIVE", 0),
        "hold": counts.get("ON_HOLD", 0),
        "ended": counts.get("ENDED", 0),
    }

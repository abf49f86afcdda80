"""Whom the largest orders were for, what is promised for next week, and what the till sold that nobody knows.

Guests at a table stay nobody.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from uuid import UUID, uuid4

from sqlalchemy import Connection, select

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.table_file import fold_header
from ims_desktop.features.customers.service import customer_choices
from ims_desktop.features.sales.rules import UnmappedLine
from ims_desktop.features.sales.service import (
    EnteredLine,
    KeptChunk,
    OrderCustomer,
    OrderDraft,
    Sellable,
    find_menu_items,
    keep_chunk,
    save_order,
    set_customer,
)
from ims_desktop.features.sales.tables import ORDERS

MOST = 120
PLANNED, COURSES, GUESTS = 1, 4, 40
UNKNOWN = (
    ("Gift card", Decimal("50.00")),
    ("Lunch special", Decimal("14.50")),
    ("Lunch special", Decimal("14.50")),
    ("Garlic knots", Decimal("6.00")),
)


def name_customers(desk: TenantDatabase) -> None:
    """Say of the largest orders, as somebody who imports sales does afterwards, whose they were."""
    whom = cycle(choice.value for choice in desk.run(customer_choices))
    for order, customer in zip(desk.run(_largest), whom, strict=False):
        desk.run(set_customer, OrderCustomer(order.order_id, order.version, customer))


def _largest(connection: Connection) -> list[OrderCustomer]:
    columns = ORDERS.c.id, ORDERS.c.version, ORDERS.c.customer_id
    largest = select(*columns).order_by(ORDERS.c.net_total.desc(), ORDERS.c.id).limit(MOST)
    return [OrderCustomer(*row) for row in connection.execute(largest)]


def plan_catering(desk: TenantDatabase, site: UUID) -> None:
    """A catering that somebody promised for next week: open, and nothing has left the stock for it."""
    whom = desk.run(customer_choices)[0]
    at = datetime.now(UTC) + timedelta(days=7)
    found = desk.run(find_menu_items, site, at.date(), "")[:COURSES]
    lines = tuple(_course(item, item.price) for item in found if item.price is not None)
    draft = OrderDraft(
        uuid4(), 0, site, "CATERING", at, lines, "Catering", whom.value, GUESTS, "Buffet, to be ready at noon"
    )
    desk.run(save_order, draft)


def _course(item: Sellable, price: Decimal) -> EnteredLine:
    """One for every guest, with what is asked first besides."""
    besides = item.modifiers[:1]
    return EnteredLine(item, Decimal(GUESTS), item.price_with(besides) or price, modifiers=besides)


def keep_unknown(desk: TenantDatabase, site: UUID, at: datetime) -> None:
    """What the till sold on the last day under words that nobody has put on the menu yet."""
    lines = tuple(
        UnmappedLine(
            row, site, f"X-{row}", at.date(), None, "Till", fold_header(words), words, Decimal(1), price, price
        )
        for row, (words, price) in enumerate(UNKNOWN, 2)
    )
    desk.run(keep_chunk, KeptChunk(site, uuid4(), "till of the last day.csv", lines, (at,) * len(lines)))

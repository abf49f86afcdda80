"""Whom the largest orders were for: a hotel, people who celebrate, the staff; guests at a table stay nobody."""

from itertools import cycle

from sqlalchemy import Connection, select

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.features.customers.service import customer_choices
from ims_desktop.features.sales.service import OrderCustomer, set_customer
from ims_desktop.features.sales.tables import ORDERS

MOST = 120


def name_customers(desk: TenantDatabase) -> None:
    """Say of the largest orders, as somebody who imports sales does afterwards, whose they were."""
    whom = cycle(choice.value for choice in desk.run(customer_choices))
    for order, customer in zip(desk.run(_largest), whom, strict=False):
        desk.run(set_customer, OrderCustomer(order.order_id, order.version, customer))


def _largest(connection: Connection) -> list[OrderCustomer]:
    columns = ORDERS.c.id, ORDERS.c.version, ORDERS.c.customer_id
    largest = select(*columns).order_by(ORDERS.c.net_total.desc(), ORDERS.c.id).limit(MOST)
    return [OrderCustomer(*row) for row in connection.execute(largest)]

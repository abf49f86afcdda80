"""The published year of sales of a pizza restaurant; resources/demo/README.md says by whom, under which licence."""

import csv
import io
import lzma
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files

from ims_desktop.admin.demo.design import SoldLine, SoldOrder

SITE = "Downtown"
FILE_NAME = "pizzaplace.csv"


def sales_file() -> bytes:
    """The file as a till would have written it: order, date, time, code, quantity, price; for the sales import."""
    return lzma.decompress((files(__package__) / f"{FILE_NAME}.xz").read_bytes())


@cache
def sold_orders() -> tuple[SoldOrder, ...]:
    """The same sales as values, in the order of time."""
    orders: dict[str, tuple[datetime, list[SoldLine]]] = {}
    for number, day, clock, code, quantity, price in list(csv.reader(io.StringIO(sales_file().decode())))[1:]:
        _, lines = orders.setdefault(number, (datetime.fromisoformat(f"{day} {clock}"), []))
        lines.append(SoldLine(code, int(quantity), Decimal(price)))
    return tuple(SoldOrder(SITE, number, moment, "", None, tuple(lines)) for number, (moment, lines) in orders.items())

"""What the stock was worth at the end of a business day, by category and item, and what was on the way."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import UUID, Connection, Date, Integer, Numeric, Select, Text, column, func, or_, select, union_all

from ims_desktop.domain.wording import meant
from ims_desktop.features.items.tables import CATEGORIES, ITEMS
from ims_desktop.features.reports.rules import Question, share
from ims_desktop.features.reports.service.ledger import at_site, category_name, scope
from ims_desktop.features.reports.service.parts import by_currency, currencies, grouped, total
from ims_desktop.features.reports.service.together import together
from ims_desktop.features.reports.service.values import Column, Kind, Parameter, Part, ReportSpec, Row, Table
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.stock.tables import COST_LINES, COSTS


def read_stock_value(connection: Connection, question: Question) -> tuple[Part, ...]:
    """Quantity and value of every item at the end of the period, and of every transfer, in one statement."""
    found = together(connection, sites=scope(question), items=_items(question), transfers=_transfers(question))
    items, transfers = by_currency(found["items"]), by_currency(found["transfers"])
    return tuple(
        _part(currency, names, items[currency], transfers[currency])
        for currency, names in currencies(found["sites"], found["items"], found["transfers"]).items()
    )


def _items(question: Question) -> Select[Any]:
    """Level minus later movements."""
    line, k, i, last = COST_LINES.c, COSTS.c, ITEMS.c, question.period.last
    later = (
        select(line.site_id, line.item_id, -func.sum(line.quantity), -func.sum(line.value))
        .where(line.business_day > last, at_site(line.site_id, question))
        .group_by(line.site_id, line.item_id)
    )
    level = select(k.site_id, k.item_id, k.quantity, k.value).where(at_site(k.site_id, question))
    then = union_all(level, later).subquery("then")
    quantity, value = func.sum(then.c.quantity), func.sum(then.c.value)
    place = category_name()
    return (
        select(
            SITES.c.currency, i.id.label("item_id"), i.sku, i.name.label("item"), i.base_unit.label("unit"),
            i.category_id, place.label("category"), quantity.label("quantity"), value.label("value"),
        )
        .join_from(then, SITES, SITES.c.id == then.c.site_id)
        .join(ITEMS, i.id == then.c.item_id)
        .join(CATEGORIES, CATEGORIES.c.id == i.category_id)
        .group_by(SITES.c.currency, i.id, i.sku, i.name, i.base_unit, i.sort_name, i.category_id, place)
        .having(or_(quantity != 0, value != 0))
        .order_by(place, i.sort_name)
    )  # fmt: skip


def _transfers(question: Question) -> Select[Any]:
    """What had left and was not there yet: it is the sender's until it arrives."""
    sent = func.in_transit(question.period.last).table_valued(
        *(column(name, UUID()) for name in ("transfer_id", "site_id", "to_site_id", "item_id")),
        *(column("number", Integer()), column("left_on", Date()), column("value", Numeric())),
    )
    to = SITES.alias("to_sites")
    at = (sent.c.transfer_id, sent.c.left_on, sent.c.number)
    number, receiver = func.concat("#", sent.c.number, type_=Text()), func.coalesce(to.c.name, "")
    return (
        select(
            SITES.c.currency, *at[:2], number.label("transfer"), SITES.c.name.label("site"), receiver.label("to_site"),
            func.count().label("lines"), func.sum(sent.c.value).label("value"),
        )
        .join_from(sent, SITES, SITES.c.id == sent.c.site_id)
        .join(to, to.c.id == sent.c.to_site_id, isouter=True)
        .where(at_site(sent.c.site_id, question))
        .group_by(SITES.c.currency, *at, SITES.c.name, receiver)
        .order_by(sent.c.left_on, sent.c.number)
    )  # fmt: skip


def _part(currency: str, names: tuple[str, ...], items: Sequence[Row], transfers: Sequence[Row]) -> Part:
    value = total(items, "value")
    categories = tuple(
        {
            "category_id": category_id, "category": name,
            "items": len(rows), "value": (here := total(rows, "value")), "share": share(here, value),
            "negative": sum(1 for row in rows if row["quantity"] < 0),
        }
        for (category_id, name), rows in grouped(items, "category_id", "category").items()
    )  # fmt: skip
    negative = sum((row["value"] for row in items if row["value"] < 0), Decimal(0))
    under_way = total(transfers, "value")
    figures = {
        "value": value, "on_the_way": under_way, "together": value + under_way,
        "items_with_stock": len(items), "below_zero": negative,
    }  # fmt: skip
    tables = {"categories": categories, "items": tuple(items), "transfers": tuple(transfers)}
    return Part(currency, names, figures, tables=tables)


_VALUE, _CATEGORY = Column("value", "Value"), Column("category", "Category", Kind.TEXT)

STOCK_VALUE = ReportSpec(
    name="stock-value",
    title="Stock value",
    about="What the stock was worth at the end of a business day, by category and item.",
    parameters=(Parameter.DAY, Parameter.SITE),
    figures=(
        Column("value", "On hand"), Column("on_the_way", "On the way to other sites"), Column("together", "Together"),
        Column("items_with_stock", "Items with stock", Kind.COUNT), Column("below_zero", "Of which below zero"),
    ),
    tables=(
        Table(
            "categories", "By category",
            (
                _CATEGORY, Column("items", "Items", Kind.COUNT), _VALUE, Column("share", "Share", Kind.RATIO),
                Column("negative", "Items below zero", Kind.COUNT),
            ),
            ("items", "value", "negative"),
        ),
        Table(
            "items", "By item",
            (
                Column("sku", "SKU", Kind.TEXT), Column("item", "Item", Kind.TEXT), _CATEGORY,
                Column("quantity", "Quantity", Kind.QUANTITY), _VALUE,
            ),
            ("value",),
        ),
        Table(
            "transfers", "On the way",
            (
                Column("transfer", "Transfer", Kind.TEXT), Column("site", "From", Kind.TEXT),
                Column("to_site", meant("To", "place"), Kind.TEXT), Column("left_on", "Sent", Kind.DAY),
                Column("lines", "Lines", Kind.COUNT), _VALUE,
            ),
            ("lines", "value"),
        ),
    ),
    formula=(
        "Stock at the end of a day = stock now − every movement and correction of a later business day.",
        "The value is what the ledger carries by the cost method of each item.",
        "On the way = what left for another site by the end of the day − what arrived or came back by then."
        " It is the sender's, in the currency of the sender, until it arrives.",
    ),
    permissions=("reports.view", "stock.cost"),
    read=read_stock_value,
)  # fmt: skip

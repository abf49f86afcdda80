"""The usage report: what was used in a period by category, from the stock before and after it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, case, func, literal, select, union_all

from ims_desktop.features.items.tables import CATEGORIES, ITEMS
from ims_desktop.features.reports.rules import Question
from ims_desktop.features.reports.service.ledger import (
    BOUGHT,
    FOOD,
    MOVED,
    NEITHER,
    SOLD,
    WASTE,
    WITH_REASON,
    at_site,
    category_name,
    scope,
)
from ims_desktop.features.reports.service.parts import by_currency, currencies, grouped, total
from ims_desktop.features.reports.service.together import together
from ims_desktop.features.reports.service.values import Column, Kind, Parameter, Part, ReportSpec, Row, Table
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.stock.tables import COST_LINES, COSTS, REASONS

LEVEL, LATER = "level", "later"
RECEIVED, TRANSFERRED, LEFT = "received", "transferred", "left with sales"


def read_usage(connection: Connection, question: Question) -> tuple[Part, ...]:
    """Opening, received, closing and used value of every category, in one statement."""
    found = together(connection, sites=scope(question), values=_values(question))
    values = by_currency(found["values"])
    return tuple(
        _part(currency, names, values[currency])
        for currency, names in currencies(found["sites"], found["values"]).items()
    )


def _values(question: Question) -> Select[Any]:
    """The value by currency, category and what it was: the level now, later, received, sold, or a class of reason."""
    k, kind = COSTS.c, COST_LINES.c.kind
    level = select(k.site_id, k.item_id, literal(LEVEL).label("what"), k.value).where(at_site(k.site_id, question))
    named = case((kind.in_(SOLD), LEFT), (kind.in_(BOUGHT), RECEIVED), (kind.in_(MOVED), TRANSFERRED))
    moved = _summed(named, question).where(~kind.in_(WITH_REASON))
    reasoned = (
        _summed(func.coalesce(REASONS.c.cost_class, FOOD), question)
        .where(kind.in_(WITH_REASON))
        .join(REASONS, REASONS.c.id == COST_LINES.c.reason_id, isouter=True)
    )
    every = union_all(level, moved, reasoned).subquery("every")
    place = category_name()
    return (
        select(
            SITES.c.currency, CATEGORIES.c.id.label("category_id"), place.label("category"), every.c.what,
            func.sum(every.c.value).label("value"),
        )
        .join_from(every, SITES, SITES.c.id == every.c.site_id)
        .join(ITEMS, ITEMS.c.id == every.c.item_id)
        .join(CATEGORIES, CATEGORIES.c.id == ITEMS.c.category_id)
        .group_by(SITES.c.currency, CATEGORIES.c.id, place, every.c.what)
        .order_by(place)
    )  # fmt: skip


def _summed(what: Any, question: Question) -> Select[Any]:
    """The values of what moved and was corrected since the period began, by site, item and what it was."""
    line = COST_LINES.c
    named = case((line.business_day > question.period.last, LATER), else_=what)
    return (
        select(line.site_id, line.item_id, named.label("what"), func.sum(line.value).label("value"))
        .select_from(COST_LINES)
        .where(line.business_day >= question.period.first, at_site(line.site_id, question))
        .group_by(line.site_id, line.item_id, named)
    )


def _part(currency: str, names: tuple[str, ...], values: Sequence[Row]) -> Part:
    rows = [_usage(of, *named) for named, of in grouped(values, "category_id", "category").items()]
    rows = [row for row in rows if any(row[column.key] for column in AMOUNTS)]
    figures = {column.key: total(rows, column.key) for column in AMOUNTS}
    return Part(currency, names, figures, tables={"categories": tuple(rows)})


def _usage(values: Sequence[Row], category_id: UUID, category: str) -> dict[str, Any]:
    def of(what: str) -> Any:
        return total(values, "value", what=what)

    closing = of(LEVEL) - of(LATER)
    received, other, transferred = of(RECEIVED), of(NEITHER), of(TRANSFERRED)
    sold, waste, differences = -of(LEFT), -of(WASTE), -of(FOOD)
    used = sold + waste + differences
    return {
        "category_id": category_id, "category": category,
        "opening": closing + used - received - other - transferred,
        "received": received, "other": other, "transferred": transferred,
        "closing": closing, "used": used, "sold": sold, "waste": waste, "differences": differences,
    }  # fmt: skip


AMOUNTS = (
    Column("opening", "Opening"), Column("received", "Received"), Column("other", "Other uses"),
    Column("transferred", "Transfers and production"),
    Column("closing", "Closing"), Column("used", "Used"), Column("sold", "Left with sales"), Column("waste", "Waste"),
    Column("differences", "Differences"),
)  # fmt: skip

USAGE = ReportSpec(
    name="usage",
    title="Usage",
    about="What was used, by category: the stock before, what came in, and the stock after.",
    parameters=(Parameter.PERIOD, Parameter.SITE),
    figures=AMOUNTS,
    tables=(
        Table(
            "categories",
            "By category",
            (Column("category", "Category", Kind.TEXT), *AMOUNTS),
            tuple(amount.key for amount in AMOUNTS),
        ),
    ),
    formula=(
        "Used = opening + received + other uses + transfers and production − closing, at ledger value.",
        "Received is net of what went back to suppliers, at what the goods cost after all; a correction counts on its"
        " own day.",
        "Other uses are signed: opening stock entered by hand is added, staff meals, gratis, tasting and theft are"
        " taken off.",
        "Used = left with sales + waste + differences of counts and corrected entries.",
    ),
    permissions=("reports.view", "stock.cost"),
    read=read_usage,
)

"""Every movement of stock, newest first, and the document each belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Date, Select, and_, case, cast, func, literal, or_, select, true

from ims_desktop.database.listing import ListSource
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.work import read
from ims_desktop.features.items.rules import places
from ims_desktop.features.items.service.listing import cost_visible
from ims_desktop.features.items.tables import ITEMS
from ims_desktop.features.sites.service import Option
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.stock.tables import CORRECTIONS, MEMBERS, MOVEMENTS, POSTINGS, REASONS
from ims_desktop.features.storage.tables import LOCATIONS

MOST_TODAY, MOST_CHOICES, LONGEST_NUMBER = 200, 5000, 10
LINEAGE = "lineage"  # the filter that asks for an item together with those that were merged into it
COSTED = ("SALE", "CUSTOMER_RETURN", "WASTE", "ADJUSTMENT", "COUNT", "REVALUATION")  # a cost of some class
UNDOING = MOVEMENTS.alias("undoing")


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One line of the ledger; `value` is its worth with all later corrections, None to those who may not see costs.

    Where business days were asked for, it is what counts in them; a line `counted` False moved on another day, and is
    here for its corrections alone.
    """

    id: int
    posting_id: UUID
    number: int
    effective_at: datetime
    kind: str
    item_id: UUID
    item: str
    sku: str
    site: str
    location: str
    quantity: Decimal
    unit: str
    value: Decimal | None
    reason: str | None
    note: str
    by: str
    reverses_id: int | None
    undone_by: int | None
    counted: bool = True

    @property
    def decimals(self) -> int:
        """How many decimals its quantity shows."""
        return places(self.unit, self.quantity)

    @property
    def where(self) -> str:
        """The SKU and the storage location, for the line under the item."""
        return f"{self.sku} · {self.location}"

    @property
    def what(self) -> str:
        """The kind for the list: an undo is a kind of its own."""
        return "UNDO" if self.reverses_id is not None else self.kind

    @property
    def state(self) -> str | None:
        """Whether it was undone, or undoes another."""
        if not self.counted:
            return "corrected"
        if self.undone_by is not None:
            return "undone"
        return "undo" if self.reverses_id is not None else None

    @property
    def document(self) -> str:
        """The number of its document as people write it."""
        return f"#{self.number}"


@read
def movements(connection: Connection, query: ListQuery) -> Page[MovementRow]:
    """A page of movements."""
    return _page(connection, query)


@read
def movements_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many movements there are; of certain business days also what they come to, where that is one currency."""
    days = _days(query)
    totals = {"value": _added_up(query, days)} if days else {}
    return movement_source(query.search, totals, days, _lineage(query)).summary(connection, _rest(query))


@read
def log(connection: Connection, query: ListQuery) -> Page[MovementRow]:
    """A page of the movements of one kind, the newest first; the query names the kind."""
    return _page(connection, query)


@read
def log_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many movements of a kind there are, and what they are worth together where they share one currency."""
    days = _days(query)
    return movement_source(query.search, {"value": _added_up(query, days)}, days).summary(connection, _rest(query))


Days = tuple[date | None, date | None]


def _page(connection: Connection, query: ListQuery) -> Page[MovementRow]:
    return movement_source(query.search, days=_days(query), lineage=_lineage(query)).page(connection, _rest(query))


def _days(query: ListQuery) -> Days | None:
    """The business days asked for."""
    asked = [chip.values for chip in query.filters if chip.key == "business_day"]
    return (asked[0][0], asked[0][1]) if asked else None


def _rest(query: ListQuery) -> ListQuery:
    """The query without its words, days and lineage, which the source itself asks for."""
    own = ("business_day", LINEAGE)
    return replace(query, search="", filters=tuple(chip for chip in query.filters if chip.key not in own))


def _lineage(query: ListQuery) -> tuple[UUID, ...]:
    """The items asked for together with those that were merged into them."""
    return next((chip.values for chip in query.filters if chip.key == LINEAGE), ())


def _added_up(query: ListQuery, days: Days | None) -> ColumnElement[Any]:
    return worth(days) if query.site is not None else case((_one_currency(), worth(days)))


def movements_today(connection: Connection, kind: str, site: UUID) -> tuple[MovementRow, ...]:
    """The last movements of a kind on the site's present business day, newest first, without those that undo others."""
    here = SITES.alias("here")
    clock = func.timezone(here.c.time_zone, func.now()) - func.make_interval(0, 0, 0, 0, here.c.day_cutover_hour)
    day = select(cast(clock, Date)).where(here.c.id == site).scalar_subquery()
    line = MOVEMENTS.c
    statement = _statement().where(
        line.kind == kind, line.site_id == site, line.business_day == day, line.reverses_id.is_(None)
    )
    found = connection.execute(statement.order_by(line.id.desc()).limit(MOST_TODAY)).mappings()
    return tuple(MovementRow(**row) for row in found)


@read
def reason_choices(connection: Connection) -> tuple[Option, ...]:
    """Every reason by its place in the list."""
    rows = connection.execute(select(REASONS.c.id, REASONS.c.name).order_by(REASONS.c.sort_order, REASONS.c.name))
    return tuple(Option(row.id, row.name) for row in rows)


@read
def person_choices(connection: Connection) -> tuple[Option, ...]:
    """Everybody who may have moved stock."""
    rows = connection.execute(select(MEMBERS.c.id, MEMBERS.c.display_name).order_by(MEMBERS.c.sort_name))
    return tuple(Option(row.id, row.display_name) for row in rows)


@read
def item_filter_choices(connection: Connection) -> tuple[Option, ...]:
    """The items a list may be narrowed to, by name."""
    rows = connection.execute(
        select(ITEMS.c.id, ITEMS.c.name, ITEMS.c.sku).order_by(ITEMS.c.sort_name).limit(MOST_CHOICES)
    )
    return tuple(Option(row.id, row.name, row.sku) for row in rows)


@read
def place_choices(connection: Connection) -> tuple[Option, ...]:
    """Every storage location, in walk order of its site."""
    here = LOCATIONS.c
    rows = connection.execute(
        select(here.id, here.name, SITES.c.name.label("site"))
        .join_from(LOCATIONS, SITES, SITES.c.id == here.site_id)
        .order_by(SITES.c.sort_name, here.walk_order, here.sort_name)
    )
    return tuple(Option(row.id, row.name, row.site) for row in rows)


def worth(days: Days | None = None) -> ColumnElement[Any]:
    """What a movement is worth with its corrections, or what of that counts in certain days, where one may see it."""
    if days is None:
        return MOVEMENTS.c.worth
    later = (
        select(func.sum(CORRECTIONS.c.value))
        .where(CORRECTIONS.c.movement_id == MOVEMENTS.c.id, _within(CORRECTIONS.c.business_day, days))
        .scalar_subquery()
    )
    value = case((_within(MOVEMENTS.c.business_day, days), MOVEMENTS.c.value), else_=0)
    return case((cost_visible(MOVEMENTS.c.site_id), value + func.coalesce(later, 0)))


def _within(day: ColumnElement[Any], days: Days) -> ColumnElement[bool]:
    low, high = days
    return and_(true(), *(day >= one for one in (low,) if one), *(day <= one for one in (high,) if one))


def _counting(days: Days) -> ColumnElement[bool]:
    """What moved in the days, and what only its corrections count in them."""
    corrected = select(CORRECTIONS.c.movement_id).where(_within(CORRECTIONS.c.business_day, days))
    return or_(_within(MOVEMENTS.c.business_day, days), MOVEMENTS.c.id.in_(corrected))


def movement_source(
    search: str = "",
    totals: Mapping[str, ColumnElement[Any]] | None = None,
    days: Days | None = None,
    lineage: Sequence[UUID] = (),
) -> ListSource[MovementRow]:
    """Movements by time; the index on time and id carries every page."""
    what = case((MOVEMENTS.c.reverses_id.is_not(None), "UNDO"), else_=MOVEMENTS.c.kind)
    # What leaves with sales, and a difference without a reason of its own, is cost of food sold: as in the reports.
    food = func.coalesce(REASONS.c.cost_class, "COST_OF_FOOD")
    cost_class = case((MOVEMENTS.c.kind.in_(COSTED), food))
    return ListSource(
        MovementRow,
        _statement(days).where(*(_names(word) for word in search.split()), *_of(lineage)),
        MOVEMENTS.c.id,
        sorts={"effective_at": MOVEMENTS.c.effective_at},
        default=(Sort("effective_at", descending=True),),
        filters={
            "kind": MOVEMENTS.c.kind,
            "what": what,
            "item": MOVEMENTS.c.item_id,
            "reason": MOVEMENTS.c.reason_id,
            "effective_at": MOVEMENTS.c.effective_at,
            "by": MOVEMENTS.c.posted_by,
            "location": MOVEMENTS.c.location_id,
            "posting": MOVEMENTS.c.posting_id,
            "order": MOVEMENTS.c.order_id,
            "category": ITEMS.c.category_id,
            "cost_class": cost_class,
        },
        site=MOVEMENTS.c.site_id,
        totals=totals or {},
    )


def _of(lineage: Sequence[UUID]) -> tuple[ColumnElement[bool], ...]:
    """Movements of these items, and of those that go on as them."""
    family = select(ITEMS.c.id).where(or_(ITEMS.c.id.in_(lineage), ITEMS.c.merged_into_id.in_(lineage)))
    return (MOVEMENTS.c.item_id.in_(family),) if lineage else ()


def _names(word: str) -> ColumnElement[bool]:
    """Whether a word is in the item, the note or the document's number; asked before anything is joined."""
    key = func.public.sort_key(word)
    items = select(ITEMS.c.id).where(or_(ITEMS.c.sort_name.contains(key), ITEMS.c.sort_sku.contains(key)))
    named = [MOVEMENTS.c.item_id.in_(items), func.lower(MOVEMENTS.c.note).contains(word.lower(), autoescape=True)]
    number = word.removeprefix("#")
    if number.isdecimal() and len(number) < LONGEST_NUMBER:
        document = select(POSTINGS.c.id).where(POSTINGS.c.number == int(number))
        named.append(MOVEMENTS.c.posting_id.in_(document))
    return or_(*named)


def _statement(days: Days | None = None) -> Select[Any]:
    line = MOVEMENTS.c
    joined = (
        MOVEMENTS.join(ITEMS, ITEMS.c.id == line.item_id)
        .join(SITES, SITES.c.id == line.site_id)
        .join(LOCATIONS, LOCATIONS.c.id == line.location_id)
        .join(POSTINGS, POSTINGS.c.id == line.posting_id)
        .outerjoin(REASONS, REASONS.c.id == line.reason_id)
        .outerjoin(MEMBERS, MEMBERS.c.id == line.posted_by)
    )
    undone = select(UNDOING.c.id).where(UNDOING.c.reverses_id == line.id).scalar_subquery()
    return (
        select(
            *(
                line[key]
                for key in ("id", "posting_id", "effective_at", "kind", "item_id", "quantity", "note", "reverses_id")
            ),
            POSTINGS.c.number,
            ITEMS.c.name.label("item"),
            ITEMS.c.sku,
            ITEMS.c.base_unit.label("unit"),
            SITES.c.name.label("site"),
            LOCATIONS.c.name.label("location"),
            worth(days).label("value"),
            REASONS.c.name.label("reason"),
            func.coalesce(MEMBERS.c.display_name, "").label("by"),
            undone.label("undone_by"),
            (literal(True) if days is None else _within(line.business_day, days)).label("counted"),
        )
        .select_from(joined)
        .where(*(() if days is None else (_counting(days),)))
    )


def _one_currency() -> ColumnElement[bool]:
    currencies = select(func.count(SITES.c.currency.distinct())).where(SITES.c.is_active).correlate(None)
    return currencies.scalar_subquery() <= 1

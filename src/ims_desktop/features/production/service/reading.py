"""Productions as a list, and one of them: what it was to use and to make, and what it did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, select, text

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.work import read
from ims_desktop.features.items.rules import places
from ims_desktop.features.items.tables import ITEMS
from ims_desktop.features.production.rules import off_by, worth_of_difference
from ims_desktop.features.production.tables import PRODUCTIONS
from ims_desktop.features.recipes.tables import RECIPES, VERSIONS
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.stock.service import PostedDocument, document_of
from ims_desktop.features.stock.tables import MEMBERS, MOVEMENTS, POSTINGS

SUBJECTS = frozenset({"stock", "postings"})
PREP, REPACKED = "prep", "repacked"
MADE, UNDONE = "made", "undone"


@dataclass(frozen=True, slots=True)
class ProductionRow:
    """A production in the list; of several things made the first. `off` is by how much of it more or less came out."""

    id: UUID
    number: int
    site: str
    effective_at: datetime
    posted_at: datetime
    item: str
    origin: str
    kind: str
    made: Decimal
    unit: str
    expected: Decimal | None
    off: Decimal | None
    value: Decimal | None
    difference: Decimal | None
    by: str
    state: str

    @property
    def title(self) -> str:
        """What the ledger calls it."""
        return f"#{self.number}"

    @property
    def decimals(self) -> int:
        """How many decimals its quantities show."""
        return places(self.unit, self.made)


@dataclass(frozen=True, slots=True)
class ProducedPart:
    """A line of a production: signed as it moved, with what the recipe expected, and what it is worth now."""

    id: int
    item_id: UUID
    item: str
    unit: str
    location: str
    quantity: Decimal
    expected: Decimal | None
    value: Decimal | None
    labour: Decimal | None
    lots: str

    @property
    def off(self) -> Decimal | None:
        """By which part it was more or less than expected."""
        return off_by(abs(self.quantity), self.expected)


@dataclass(frozen=True, slots=True)
class Produced:
    """A production as the ledger has it; `recipe` is empty where an item was repacked."""

    document: PostedDocument
    recipe_id: UUID | None
    recipe: str
    reason: str
    parts: tuple[ProducedPart, ...]

    @property
    def id(self) -> UUID:
        """Its key."""
        return self.document.id

    @property
    def used(self) -> tuple[ProducedPart, ...]:
        """What went in."""
        return tuple(part for part in self.parts if part.quantity < 0)

    @property
    def made(self) -> tuple[ProducedPart, ...]:
        """What came out."""
        return tuple(part for part in self.parts if part.quantity > 0)

    @property
    def value(self) -> Decimal | None:
        """What came out is worth: what went in, and labour."""
        return _sum(part.value for part in self.made)

    @property
    def labour(self) -> Decimal:
        """What was added for labour."""
        return sum((part.labour or Decimal(0) for part in self.made), Decimal(0))

    @property
    def off(self) -> Decimal | None:
        """By which part more or less came out than expected."""
        if self.recipe_id is not None:
            return self.made[0].off if self.made else None
        part = self.used[0] if self.used else None
        return None if part is None or part.expected is None else off_by(part.expected, -part.quantity)

    @property
    def difference(self) -> Decimal | None:
        """What came out too much or too little, in money."""
        value, off = self.value, self.off
        return None if value is None or off is None else worth_of_difference(value, 1 + off, Decimal(1))

    @property
    def unit_cost(self) -> Decimal | None:
        """What one of what was made is worth."""
        first = self.made[0] if self.made else None
        return first.value / first.quantity if first is not None and first.value is not None else None


def _sum(values: Any) -> Decimal | None:
    known = tuple(values)
    return None if None in known else sum(known, Decimal(0))


_P = POSTINGS.c
_UNDOING = POSTINGS.alias("undoing")
_IS_UNDONE = select(literal(1)).where(_UNDOING.c.reverses_id == _P.id).correlate(POSTINGS).exists()
_STATE = case((_IS_UNDONE, literal(UNDONE)), else_=literal(MADE))
_KIND = case((PRODUCTIONS.c.recipe_version_id.is_(None), literal(REPACKED)), else_=literal(PREP))


_OUT, _IN = MOVEMENTS.alias("first_made"), MOVEMENTS.alias("first_used")
_EACH = MOVEMENTS.alias("each_line")


def _first(quantity: ColumnElement[bool]) -> ColumnElement[Any]:
    """The first line of a document that was made, or used."""
    return (
        select(func.min(_EACH.c.id)).where(_EACH.c.posting_id == _P.id, quantity).correlate(POSTINGS).scalar_subquery()
    )


def _expected(line: ColumnElement[Any]) -> ColumnElement[Any]:
    """What was expected of a line: they are told by their place in the document."""
    place = select(func.count()).where(_EACH.c.posting_id == _P.id, _EACH.c.id <= line)
    return PRODUCTIONS.c.expected[place.correlate(POSTINGS, _OUT, _IN).scalar_subquery()]


_MADE = _OUT.c.quantity
_OF_MADE, _OF_USED = _expected(_OUT.c.id), _expected(_IN.c.id)
_OFF = case(
    (PRODUCTIONS.c.recipe_version_id.is_(None), _OF_USED / func.nullif(-_IN.c.quantity, 0) - 1),
    else_=_MADE / func.nullif(_OF_MADE, 0) - 1,
)
_VALUE = (
    select(func.sum(_EACH.c.worth))
    .where(_EACH.c.posting_id == _P.id, _EACH.c.quantity > 0)
    .correlate(POSTINGS)
    .scalar_subquery()
)
_FROM = ITEMS.alias("used_item")
_ORIGIN = func.coalesce(RECIPES.c.name, _FROM.c.name, "")
_IS_PRODUCTION = and_(_P.kind == "PRODUCTION", _P.reverses_id.is_(None))
SOURCE: ListSource[ProductionRow] = ListSource(
    row=ProductionRow,
    select=select(
        _P.id,
        _P.number,
        func.coalesce(SITES.c.name, "").label("site"),
        _P.effective_at,
        _P.posted_at,
        func.coalesce(ITEMS.c.name, "").label("item"),
        _ORIGIN.label("origin"),
        _KIND.label("kind"),
        _MADE.label("made"),
        func.coalesce(ITEMS.c.base_unit, "").label("unit"),
        _OF_MADE.label("expected"),
        _OFF.label("off"),
        _VALUE.label("value"),
        (_VALUE * _OFF).label("difference"),
        func.coalesce(MEMBERS.c.display_name, "").label("by"),
        _STATE.label("state"),
    )
    .select_from(
        POSTINGS.join(_OUT, _OUT.c.id == _first(_EACH.c.quantity > 0))
        .join(_IN, _IN.c.id == _first(_EACH.c.quantity < 0))
        .join(PRODUCTIONS, PRODUCTIONS.c.posting_id == _P.id, isouter=True)
        .join(VERSIONS, VERSIONS.c.id == PRODUCTIONS.c.recipe_version_id, isouter=True)
        .join(RECIPES, RECIPES.c.id == VERSIONS.c.recipe_id, isouter=True)
        .join(ITEMS, ITEMS.c.id == _OUT.c.item_id, isouter=True)
        .join(_FROM, _FROM.c.id == _IN.c.item_id, isouter=True)
        .join(SITES, SITES.c.id == _P.site_id, isouter=True)
        .join(MEMBERS, MEMBERS.c.id == _P.posted_by, isouter=True)
    )
    .where(_IS_PRODUCTION),
    key=_P.id,
    sorts={
        "effective_at": _P.effective_at,
        "number": _P.number,
        "item": func.coalesce(ITEMS.c.sort_name, ""),
        "by": func.coalesce(MEMBERS.c.sort_name, ""),
    },
    default=(Sort("effective_at", descending=True),),
    filters={"item": _OUT.c.item_id, "recipe": VERSIONS.c.recipe_id, "site": _P.site_id, "by": _P.posted_by},
    finds=(ITEMS.c.sort_name, RECIPES.c.sort_name, _FROM.c.sort_name),
    site=_P.site_id,
    totals={
        "value": case((_IS_UNDONE, literal(Decimal(0))), else_=_VALUE),
        "difference": case((_IS_UNDONE, literal(Decimal(0))), else_=_VALUE * _OFF),
    },
)

_PARTS = text("""
    SELECT m.id, m.item_id, coalesce(i.name, '') AS item, coalesce(i.base_unit, '') AS unit,
      coalesce(l.name, '') AS location, m.quantity,
      p.expected[row_number() OVER (ORDER BY m.id)] AS expected, m.worth AS value,
      CASE WHEN m.quantity > 0 THEN m.given_value END AS labour,
      coalesce((SELECT string_agg(DISTINCT t.code, ', ') FROM movement_lots x JOIN lots t ON t.id = x.lot_id
        WHERE x.movement_id = m.id), '') AS lots
    FROM valued_movements m LEFT JOIN productions p ON p.posting_id = m.posting_id
    LEFT JOIN items i ON i.id = m.item_id LEFT JOIN storage_locations l ON l.id = m.location_id
    WHERE m.posting_id = :production ORDER BY m.id""")
_HEAD = text("""
    SELECT v.recipe_id, coalesce(r.name, '') AS recipe, coalesce(c.name, '') AS reason
    FROM productions p LEFT JOIN recipe_versions v ON v.id = p.recipe_version_id
    LEFT JOIN recipes r ON r.id = v.recipe_id LEFT JOIN reason_codes c ON c.id = p.reason_id
    WHERE p.posting_id = :production""")


@read
def productions(connection: Connection, query: ListQuery) -> Page[ProductionRow]:
    """A page of productions, the newest first."""
    return SOURCE.page(connection, query)


@read
def productions_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many productions the query selects, and what they made is worth."""
    return SOURCE.summary(connection, query)


@read
def productions_tab_counts(connection: Connection, query: ListQuery) -> Mapping[str, int]:
    """How many there are of each kind."""
    counted = (
        select(
            func.count().label("all"),
            func.count().filter(_KIND == PREP).label(PREP),
            func.count().filter(_KIND == REPACKED).label(REPACKED),
        )
        .select_from(POSTINGS.join(PRODUCTIONS, PRODUCTIONS.c.posting_id == _P.id, isouter=True))
        .where(_IS_PRODUCTION)
    )
    if query.site is not None:
        counted = counted.where(_P.site_id == query.site)
    return dict(connection.execute(counted).one()._mapping)


@read
def production(connection: Connection, key: UUID) -> Produced:
    """A production with its lines, and later corrections of what it made."""
    sent = {"production": key}
    parts = tuple(ProducedPart(**row) for row in connection.execute(_PARTS, sent).mappings())
    first = next((part.id for part in parts if part.quantity > 0), None)
    document: PostedDocument = document_of(connection, one_or_gone(first, "production"))
    head = connection.execute(_HEAD, sent).mappings().one_or_none()
    return Produced(document, parts=parts, **(head or {"recipe_id": None, "recipe": "", "reason": ""}))

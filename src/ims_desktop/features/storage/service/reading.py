"""What is read of storage locations: the list, one with what lies in it, and what another may lie in."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Text, and_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.wording import Words, say
from ims_desktop.domain.work import read
from ims_desktop.features.sites.service import Option
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.storage.tables import ITEMS, LEVELS, LOCATIONS, SETTINGS

SHOWN_ITEMS = 12


@dataclass(frozen=True, slots=True)
class LocationRow:
    """A storage location in the list."""

    id: UUID
    site_id: UUID
    name: str
    inside: str | None
    site: str
    walk_order: int
    stocked: int
    homes: int
    is_active: bool

    @property
    def where(self) -> Words:
        """The line under the name."""
        return say("in {place}", place=self.inside) if self.inside else ""


@dataclass(frozen=True, slots=True)
class StoredItem:
    """Something that lies in a storage location."""

    id: UUID
    name: str
    quantity: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class StorageLocation:
    """A storage location in full."""

    id: UUID
    version: int
    name: str
    site_id: UUID
    site: str
    parent_id: UUID | None
    inside: str | None
    walk_order: int
    is_active: bool
    children: tuple[str, ...]
    stocked: int
    homes: int
    items: tuple[StoredItem, ...]


PARENTS = LOCATIONS.alias("parents")
CHILDREN = LOCATIONS.alias("children")
STOCKED = select(func.count()).where(LEVELS.c.location_id == LOCATIONS.c.id, LEVELS.c.on_hand != 0).scalar_subquery()
HOMES = (
    select(func.count())
    .select_from(SETTINGS.join(ITEMS, ITEMS.c.id == SETTINGS.c.item_id))
    .where(SETTINGS.c.site_id == LOCATIONS.c.site_id, SETTINGS.c.home_location_id == LOCATIONS.c.id, ITEMS.c.is_active)
    .scalar_subquery()
)
WITH_NAMES = LOCATIONS.join(SITES, SITES.c.id == LOCATIONS.c.site_id).outerjoin(
    PARENTS, PARENTS.c.id == LOCATIONS.c.parent_id
)
LIST: ListSource[LocationRow] = ListSource(
    LocationRow,
    select(
        *(LOCATIONS.c[name] for name in ("id", "site_id", "name", "walk_order", "is_active")),
        PARENTS.c.name.label("inside"),
        SITES.c.name.label("site"),
        STOCKED.label("stocked"),
        HOMES.label("homes"),
    ).select_from(WITH_NAMES),
    LOCATIONS.c.id,
    sorts={
        "site": SITES.c.sort_name,
        "walk_order": LOCATIONS.c.walk_order,
        "name": LOCATIONS.c.sort_name,
        "stocked": STOCKED,
        "homes": HOMES,
    },
    default=(Sort("site"), Sort("walk_order"), Sort("name")),
    filters={"site": LOCATIONS.c.site_id, "is_active": LOCATIONS.c.is_active},
    finds=(LOCATIONS.c.sort_name, SITES.c.sort_name),
    site=LOCATIONS.c.site_id,
)


@read
def locations(connection: Connection, query: ListQuery) -> Page[LocationRow]:
    """A page of storage locations, in walk order unless asked otherwise."""
    return LIST.page(connection, query)


@read
def locations_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many there are."""
    return LIST.summary(connection, query)


@read
def locations_tab_counts(connection: Connection, query: ListQuery) -> Mapping[str, int]:
    """How many are open and closed at the site."""
    active = LOCATIONS.c.is_active
    counts = select(func.count().filter(active).label("open"), func.count().filter(~active).label("closed"))
    if query.site is not None:
        counts = counts.where(LOCATIONS.c.site_id == query.site)
    return dict(connection.execute(counts).one()._mapping)


@read
def location(connection: Connection, key: UUID) -> StorageLocation:
    """Everything about one storage location, with the first items in it."""
    statement = (
        select(
            *(LOCATIONS.c[n] for n in ("id", "version", "name", "site_id", "parent_id", "walk_order", "is_active")),
            SITES.c.name.label("site"),
            PARENTS.c.name.label("inside"),
            STOCKED.label("stocked"),
            HOMES.label("homes"),
            _children().label("children"),
            _contents().label("items"),
        )
        .select_from(WITH_NAMES)
        .where(LOCATIONS.c.id == key)
    )
    row = one_or_gone(connection.execute(statement).one_or_none(), "storage location")
    items = tuple(StoredItem(UUID(i["id"]), i["name"], Decimal(i["quantity"]), i["unit"]) for i in row.items or ())
    return StorageLocation(**{**row._mapping, "children": tuple(row.children or ()), "items": items})


@read
def parent_choices(connection: Connection) -> list[Option]:
    """Open locations that another one may lie in."""
    rows = connection.execute(
        select(LOCATIONS.c.id, LOCATIONS.c.name, SITES.c.name.label("site"))
        .join_from(LOCATIONS, SITES, SITES.c.id == LOCATIONS.c.site_id)
        .where(LOCATIONS.c.is_active)
        .order_by(SITES.c.sort_name, LOCATIONS.c.walk_order, LOCATIONS.c.sort_name)
    )
    return [Option(row.id, row.name, row.site) for row in rows]


def _children() -> ColumnElement[Any]:
    order = aggregate_order_by(CHILDREN.c.name, CHILDREN.c.walk_order, CHILDREN.c.sort_name)
    inside = and_(CHILDREN.c.parent_id == LOCATIONS.c.id, CHILDREN.c.is_active)
    return select(func.array_agg(order, type_=ARRAY(Text))).where(inside).scalar_subquery()


def _contents() -> ColumnElement[Any]:
    """The first items in it; quantities as text, because JSON would make them binary fractions."""
    first = (
        select(ITEMS.c.id, ITEMS.c.name, ITEMS.c.sort_name, ITEMS.c.base_unit, LEVELS.c.on_hand)
        .join_from(LEVELS, ITEMS, ITEMS.c.id == LEVELS.c.item_id)
        .where(LEVELS.c.location_id == LOCATIONS.c.id, LEVELS.c.on_hand != 0)
        .order_by(ITEMS.c.sort_name)
        .limit(SHOWN_ITEMS)
        .correlate(LOCATIONS)
        .subquery("first")
    )
    one = func.json_build_object(
        "id", first.c.id, "name", first.c.name, "quantity", cast(first.c.on_hand, Text), "unit", first.c.base_unit
    )
    listed = func.json_agg(aggregate_order_by(one, first.c.sort_name), type_=JSONB)
    return select(listed).scalar_subquery()

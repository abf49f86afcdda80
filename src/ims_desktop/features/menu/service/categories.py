"""The list of menu categories, in the order of the menu."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, func, select

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.work import read
from ims_desktop.features.menu.rules import HUNDRED
from ims_desktop.features.menu.tables import CATEGORIES, MENU_ITEMS


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category with what is in it; `target` is a ratio, None: as the site aims."""

    id: UUID
    name: str
    place: int
    target: Decimal | None
    dishes: int
    is_active: bool
    version: int


_DISHES = (
    select(func.count()).where(MENU_ITEMS.c.category_id == CATEGORIES.c.id, MENU_ITEMS.c.is_active).scalar_subquery()
)
_ROWS = select(
    CATEGORIES.c.id,
    CATEGORIES.c.name,
    CATEGORIES.c.sort_order.label("place"),
    (CATEGORIES.c.food_cost_target / HUNDRED).label("target"),
    _DISHES.label("dishes"),
    CATEGORIES.c.is_active,
    CATEGORIES.c.version,
).select_from(CATEGORIES)
_SOURCE = ListSource(
    row=CategoryRow,
    select=_ROWS,
    key=CATEGORIES.c.id,
    sorts={"place": CATEGORIES.c.sort_order, "name": CATEGORIES.c.sort_name},
    default=(Sort("place"), Sort("name")),
    filters={"is_active": CATEGORIES.c.is_active},
    finds=(CATEGORIES.c.sort_name,),
)


@read
def category_list(connection: Connection, query: ListQuery) -> Page[CategoryRow]:
    """A page of categories."""
    return _SOURCE.page(connection, query)


@read
def category_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many categories the query selects."""
    return _SOURCE.summary(connection, query)


@read
def category_counts(connection: Connection, _query: ListQuery) -> Mapping[str, int]:
    """How many categories are used, and how many no more."""
    active = CATEGORIES.c.is_active
    counts = select(func.count().filter(active).label("used"), func.count().filter(~active).label("archived"))
    return dict(connection.execute(counts.select_from(CATEGORIES)).mappings().one())


@read
def category(connection: Connection, key: UUID) -> CategoryRow:
    """One category, as its form begins with it."""
    row = one_or_gone(connection.execute(_ROWS.where(CATEGORIES.c.id == key)).one_or_none(), "menu category")
    return CategoryRow(*row)

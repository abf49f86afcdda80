"""The list of recipes as they are made today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Integer, func, literal_column, select, text, true

from ims_desktop.database.listing import ListSource
from ims_desktop.domain.listing import Filter, ListQuery, Match, Page, Sort, Summary
from ims_desktop.domain.work import read
from ims_desktop.features.recipes.service.costing import ABOVE, cost_of_one, here
from ims_desktop.features.recipes.tables import LINES, RECIPES, VERSIONS


@dataclass(frozen=True, slots=True)
class RecipeRow:
    """A recipe in the list, as it is made today; `cost` is of one unit of the yield, None while it is not known."""

    id: UUID
    name: str
    kind: str
    yield_quantity: Decimal | None
    yield_unit: str | None
    valid_from: date | None
    ingredients: int
    used_by: int
    is_active: bool
    cost: Decimal | None

    @property
    def yields(self) -> str:
        """What a batch gives, in words."""
        if self.yield_quantity is None:
            return "no version valid today"
        return f"{self.yield_quantity.normalize():f} {self.yield_unit}"


_USED_BY: ColumnElement[Any] = literal_column(
    f"({ABOVE.format(recipe='recipes.id')}"
    " SELECT count(*) FROM menu_items m WHERE m.recipe_id IN (SELECT id FROM above))",
    Integer(),
)
_TODAY = (
    select(VERSIONS)
    .where(VERSIONS.c.recipe_id == RECIPES.c.id, VERSIONS.c.valid_from <= func.current_date())
    .order_by(VERSIONS.c.valid_from.desc())
    .limit(1)
    .lateral("today")
)
_INGREDIENTS = select(func.count()).where(LINES.c.version_id == _TODAY.c.id).correlate(_TODAY).scalar_subquery()


ARCHIVED = Filter("archived", Match.IN, (True,))


def _asks_for_archived(query: ListQuery) -> bool:
    return any(asked.key == ARCHIVED.key and True in asked.values for asked in query.filters)


def _source(query: ListQuery) -> ListSource[RecipeRow]:
    place = here(query.site)
    cost = cost_of_one("recipes.id")
    return ListSource(
        row=RecipeRow,
        select=select(
            RECIPES.c.id,
            RECIPES.c.name,
            RECIPES.c.kind,
            _TODAY.c.yield_quantity,
            _TODAY.c.yield_unit,
            _TODAY.c.valid_from,
            _INGREDIENTS.label("ingredients"),
            _USED_BY.label("used_by"),
            RECIPES.c.is_active,
            cost.label("cost"),
        )
        .select_from(RECIPES.outerjoin(_TODAY, true()).outerjoin(place, true()))
        .where(RECIPES.c.is_active != _asks_for_archived(query)),
        key=RECIPES.c.id,
        sorts={
            "name": RECIPES.c.sort_name,
            "ingredients": _INGREDIENTS,
            "used_by": _USED_BY,
            "cost": func.coalesce(cost, 0),
        },
        default=(Sort("name"),),
        filters={"kind": RECIPES.c.kind, "archived": ~RECIPES.c.is_active},
        finds=(RECIPES.c.sort_name,),
    )


@read
def recipes(connection: Connection, query: ListQuery) -> Page[RecipeRow]:
    """A page of recipes with what one portion costs, in one statement."""
    return _source(query).page(connection, query)


@read
def recipes_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many recipes the query selects."""
    return _source(query).summary(connection, query)


_COUNTS = text(
    "SELECT CASE WHEN is_active THEN kind ELSE 'ARCHIVED' END AS kind, count(*) AS recipes FROM recipes GROUP BY 1"
)
_TABS = {"DISH": "dishes", "SUB_RECIPE": "sub", "PREP": "preps", "ARCHIVED": "archived"}


@read
def recipe_counts(connection: Connection, _query: ListQuery) -> Mapping[str, int]:
    """How many recipes of each kind there are."""
    counts: dict[str, int] = {row.kind: row.recipes for row in connection.execute(_COUNTS)}
    return {
        "all": sum(counts.values()) - counts.get("ARCHIVED", 0),
        **{tab: counts.get(kind, 0) for kind, tab in _TABS.items()},
    }

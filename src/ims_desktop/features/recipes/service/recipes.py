"""The list of recipes and one recipe taken apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Integer, func, literal_column, select, text, true

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.work import read
from ims_desktop.features.recipes.service.costing import (
    KNOWN_COST,
    NEXT_ITEM,
    NEXT_QUANTITY,
    NEXT_RECIPE,
    STEP,
    cost_of_one,
    here,
)
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
    cost: Decimal | None

    @property
    def yields(self) -> str:
        """What a batch gives, in words."""
        if self.yield_quantity is None:
            return "no version valid today"
        return f"{self.yield_quantity.normalize():f} {self.yield_unit}"


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A line of the recipe, or of a sub-recipe `depth` levels down.

    `quantity` and `unit` are as written in its own recipe; `used` is what the whole batch takes of it, in `base_unit`.
    """

    depth: int
    path: str
    name: str
    is_recipe: bool
    key: UUID
    quantity: Decimal
    unit: str
    yield_percent: Decimal
    used: Decimal
    base_unit: str
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class RecipeVersion:
    """From when on it is made in this way."""

    valid_from: date
    yield_quantity: Decimal
    yield_unit: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class User:
    """A menu item or recipe that uses the recipe."""

    key: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """One recipe taken apart: what a batch takes and costs today."""

    id: UUID
    name: str
    kind: str
    is_active: bool
    site: str | None
    currency: str | None
    yield_quantity: Decimal | None
    yield_unit: str
    method: str
    output_item: str | None
    cost_of_one: Decimal | None
    ingredients: tuple[Ingredient, ...]
    versions: tuple[RecipeVersion, ...]
    menu_items: tuple[User, ...]
    recipes: tuple[User, ...]
    allergens: tuple[str, ...]

    @property
    def cost(self) -> Decimal | None:
        """What a whole batch costs."""
        whole = self.cost_of_one
        return None if whole is None or self.yield_quantity is None else whole * self.yield_quantity

    def share(self, ingredient: Ingredient) -> Decimal | None:
        """The part of the batch's cost that an ingredient makes up."""
        return ingredient.cost / self.cost if self.cost and ingredient.cost is not None else None


# Menu items that use the recipe of the outer row today, directly or through other recipes.
_ABOVE = """
    WITH RECURSIVE above AS (
      SELECT {recipe} AS id
      UNION
      SELECT v.recipe_id FROM above a
      JOIN recipe_lines l ON l.sub_recipe_id = a.id
      JOIN recipe_versions v ON v.id = l.version_id
      WHERE v.valid_from = (SELECT max(x.valid_from) FROM recipe_versions x
                            WHERE x.recipe_id = v.recipe_id AND x.valid_from <= current_date))
"""
_USED_BY: ColumnElement[Any] = literal_column(
    f"({_ABOVE.format(recipe='recipes.id')}"
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
            cost.label("cost"),
        )
        .select_from(RECIPES.outerjoin(_TODAY, true()).outerjoin(place, true()))
        .where(RECIPES.c.is_active),
        key=RECIPES.c.id,
        sorts={
            "name": RECIPES.c.sort_name,
            "ingredients": _INGREDIENTS,
            "used_by": _USED_BY,
            "cost": func.coalesce(cost, 0),
        },
        default=(Sort("name"),),
        filters={"kind": RECIPES.c.kind},
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


_COUNTS = text("SELECT kind, count(*) AS recipes FROM recipes WHERE is_active GROUP BY kind")
_TABS = {"DISH": "dishes", "SUB_RECIPE": "sub", "PREP": "preps"}


@read
def recipe_counts(connection: Connection, _query: ListQuery) -> Mapping[str, int]:
    """How many recipes of each kind there are."""
    counts: dict[str, int] = {row.kind: row.recipes for row in connection.execute(_COUNTS)}
    return {"all": sum(counts.values()), **{tab: counts.get(kind, 0) for kind, tab in _TABS.items()}}


# `place` is where the ingredient stands in the tree, so that sub-recipes unfold under their own line.
_RECIPE = text(f"""
    WITH RECURSIVE here AS (
      SELECT s.id, s.name, s.currency FROM sites s
      WHERE CASE WHEN CAST(:site AS uuid) IS NULL THEN s.is_active ELSE s.id = :site END
      ORDER BY s.is_default DESC, s.sort_name LIMIT 1
    ), today AS (
      SELECT v.* FROM recipe_versions v WHERE v.recipe_id = :key AND v.valid_from <= current_date
      ORDER BY v.valid_from DESC LIMIT 1
    ), steps AS (
      SELECT CAST(:key AS uuid) AS recipe_id, NULL::uuid AS item_id, t.yield_quantity::numeric AS quantity,
        '{{}}'::uuid[] AS way, '{{}}'::int[] AS place, '{{}}'::text[] AS names,
        NULL::numeric AS written, ''::text AS unit, 100::numeric AS yield_percent
      FROM today t
      UNION ALL
      SELECT {NEXT_RECIPE}, {NEXT_ITEM}, {NEXT_QUANTITY}, s.way || s.recipe_id, s.place || l.line,
        s.names || (SELECT r.name FROM recipes r WHERE r.id = s.recipe_id),
        l.quantity::numeric, l.unit, l.yield_percent::numeric
      FROM steps s {STEP}
    ), tree AS (
      SELECT s.*, i.name AS item, i.base_unit, r.name AS recipe, i.allergens,
        s.quantity * {KNOWN_COST} AS item_cost,
        (SELECT z.yield_unit FROM recipe_versions z WHERE z.recipe_id = s.recipe_id AND z.valid_from <= current_date
         ORDER BY z.valid_from DESC LIMIT 1) AS yield_unit
      FROM steps s
      LEFT JOIN items i ON i.id = s.item_id
      LEFT JOIN recipes r ON r.id = s.recipe_id
      LEFT JOIN here h ON true
      LEFT JOIN valued_stock c ON c.site_id = h.id AND c.item_id = s.item_id
    ), costed AS (
      SELECT t.*, (SELECT CASE WHEN count(*) = count(b.item_cost) THEN sum(b.item_cost) END
                   FROM tree b WHERE b.item_id IS NOT NULL AND b.place[1:cardinality(t.place)] = t.place) AS cost
      FROM tree t
    ), {_ABOVE.format(recipe="CAST(:key AS uuid)").strip().removeprefix("WITH RECURSIVE ")}
    SELECT r.id, r.name, r.kind, r.is_active, (SELECT name FROM here) AS site, (SELECT currency FROM here) AS currency,
      t.yield_quantity, coalesce(t.yield_unit, '') AS yield_unit, coalesce(t.method, '') AS method,
      o.name AS output_item,
      (SELECT c.cost / t.yield_quantity FROM costed c WHERE c.place = '{{}}') AS cost_of_one,
      (SELECT coalesce(json_agg(json_build_array(cardinality(c.place) - 1, array_to_string(c.names[2:], ' › '),
                coalesce(c.item, c.recipe), c.item_id IS NULL, coalesce(c.item_id, c.recipe_id),
                c.written::text, c.unit, c.yield_percent::text, c.quantity::text,
                coalesce(c.base_unit, c.yield_unit, ''), c.cost::text)
                ORDER BY c.place), '[]') FROM costed c WHERE c.place <> '{{}}') AS ingredients,
      (SELECT coalesce(json_agg(json_build_array(v.valid_from, v.yield_quantity::text, v.yield_unit, v.id = t.id)
                ORDER BY v.valid_from DESC), '[]') FROM recipe_versions v WHERE v.recipe_id = r.id) AS versions,
      (SELECT coalesce(json_agg(json_build_array(m.id, m.code, btrim(concat_ws(' ', m.name, m.size)))
                ORDER BY m.sort_name, m.sort_code), '[]')
       FROM menu_items m WHERE m.recipe_id IN (SELECT id FROM above)) AS menu_items,
      (SELECT coalesce(json_agg(json_build_array(x.id, '', x.name) ORDER BY x.sort_name), '[]')
       FROM recipes x WHERE x.id IN (SELECT id FROM above) AND x.id <> r.id) AS recipes,
      (SELECT coalesce(json_agg(DISTINCT a), '[]') FROM tree b CROSS JOIN unnest(b.allergens) AS a) AS allergens
    FROM recipes r
    LEFT JOIN today t ON true
    LEFT JOIN items o ON o.id = r.output_item_id
    WHERE r.id = :key
""")


@read
def recipe(connection: Connection, key: UUID | str, site: UUID | None = None) -> Recipe:
    """One recipe taken apart at a site's costs, in one statement."""
    found = connection.execute(_RECIPE, {"key": UUID(str(key)), "site": site}).mappings().one_or_none()
    row = dict(one_or_gone(found, "recipe"))
    row["ingredients"] = tuple(map(_ingredient, row["ingredients"]))
    row["versions"] = tuple(
        RecipeVersion(date.fromisoformat(since), Decimal(quantity), unit, current)
        for since, quantity, unit, current in row["versions"]
    )
    row["menu_items"] = tuple(User(UUID(key), code, name) for key, code, name in row["menu_items"])
    row["recipes"] = tuple(User(UUID(key), code, name) for key, code, name in row["recipes"])
    return Recipe(**{**row, "allergens": tuple(row["allergens"])})


def _ingredient(values: list[Any]) -> Ingredient:
    depth, path, name, is_recipe, key, quantity, unit, share, used, base_unit, cost = values
    figures = Decimal(quantity), unit, Decimal(share), Decimal(used), base_unit
    return Ingredient(depth, path, name, is_recipe, UUID(key), *figures, None if cost is None else Decimal(cost))

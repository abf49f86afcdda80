"""One recipe taken apart: what a batch takes and costs, its versions, its allergens, and who uses it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, text

from ims_desktop.database.listing import one_or_gone
from ims_desktop.domain.work import read
from ims_desktop.features.recipes.rules import Difference, VersionLine, cost_of_version, difference
from ims_desktop.features.recipes.service.allergens import declared_allergens
from ims_desktop.features.recipes.service.costing import (
    ABOVE,
    KNOWN_COST,
    NEXT_ITEM,
    NEXT_QUANTITY,
    NEXT_RECIPE,
    STEP,
    cost_of_one,
)
from ims_desktop.features.recipes.tables import RECIPES


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
    is_planned: bool
    method: str
    lines: tuple[VersionLine, ...]

    @property
    def cost_of_one(self) -> Decimal | None:
        """What one unit of the yield costs, at today's costs of what it takes."""
        return cost_of_version(self.lines, self.yield_quantity)


@dataclass(frozen=True, slots=True)
class AllergenSource:
    """An allergen of an item: in the recipe itself, or through one of its sub-recipes."""

    allergen: str
    item: str
    through: str


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
    version: int
    name: str
    kind: str
    is_active: bool
    has_image: bool
    site: str | None
    currency: str | None
    yield_quantity: Decimal | None
    yield_unit: str
    method: str
    output_item_id: UUID | None
    output_item: str | None
    cost_of_one: Decimal | None
    ingredients: tuple[Ingredient, ...]
    versions: tuple[RecipeVersion, ...]
    menu_items: tuple[User, ...]
    recipes: tuple[User, ...]
    allergen_sources: tuple[AllergenSource, ...]

    @property
    def allergens(self) -> tuple[str, ...]:
        """All allergens, its own and those of its sub-recipes."""
        return tuple(sorted({source.allergen for source in self.allergen_sources}))

    @property
    def own_allergens(self) -> tuple[str, ...]:
        """Those of its own ingredients."""
        return tuple(sorted({source.allergen for source in self.allergen_sources if not source.through}))

    @property
    def current(self) -> "RecipeVersion | None":
        """The version that holds today."""
        return next((version for version in self.versions if version.is_current), None)

    @property
    def changes(self) -> tuple[tuple[RecipeVersion, Difference | None], ...]:
        """Every version, the newest first, with what it changed of the one before."""
        before = (*self.versions[1:], None)
        return tuple(
            (now, difference((was.lines, was.yield_quantity), (now.lines, now.yield_quantity)) if was else None)
            for now, was in zip(self.versions, before, strict=True)
        )

    @property
    def cost(self) -> Decimal | None:
        """What a whole batch costs."""
        whole = self.cost_of_one
        return None if whole is None or self.yield_quantity is None else whole * self.yield_quantity

    def share(self, ingredient: Ingredient) -> Decimal | None:
        """The part of the batch's cost that an ingredient makes up."""
        return ingredient.cost / self.cost if self.cost and ingredient.cost is not None else None


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
    ), {ABOVE.format(recipe="CAST(:key AS uuid)").strip().removeprefix("WITH RECURSIVE ")}
    , declared AS {declared_allergens("CAST(:key AS uuid)")}
    SELECT r.id, r.version, r.name, r.kind, r.is_active, r.image IS NOT NULL AS has_image,
      (SELECT name FROM here) AS site, (SELECT currency FROM here) AS currency,
      t.yield_quantity, coalesce(t.yield_unit, '') AS yield_unit, coalesce(t.method, '') AS method,
      r.output_item_id, o.name AS output_item,
      (SELECT c.cost / t.yield_quantity FROM costed c WHERE c.place = '{{}}') AS cost_of_one,
      (SELECT coalesce(json_agg(json_build_array(cardinality(c.place) - 1, array_to_string(c.names[2:], ' › '),
                coalesce(c.item, c.recipe), c.item_id IS NULL, coalesce(c.item_id, c.recipe_id),
                c.written::text, c.unit, c.yield_percent::text, c.quantity::text,
                coalesce(c.base_unit, c.yield_unit, ''), c.cost::text)
                ORDER BY c.place), '[]') FROM costed c WHERE c.place <> '{{}}') AS ingredients,
      (SELECT coalesce(json_agg(json_build_array(v.valid_from, v.yield_quantity::text, v.yield_unit, v.id = t.id,
                v.valid_from > current_date, v.method,
                (SELECT coalesce(json_agg(json_build_array(coalesce(l.item_id, l.sub_recipe_id),
                    coalesce(i.name, x.name), l.quantity::text, l.unit, l.base_quantity::text,
                    l.yield_percent::text, (CASE WHEN l.item_id IS NULL
                      THEN {cost_of_one("l.sub_recipe_id", "(SELECT id FROM here)")} ELSE {KNOWN_COST} END)::text)
                    ORDER BY l.line), '[]')
                 FROM recipe_lines l
                 LEFT JOIN items i ON i.id = l.item_id
                 LEFT JOIN recipes x ON x.id = l.sub_recipe_id
                 LEFT JOIN valued_stock c ON c.site_id = (SELECT id FROM here) AND c.item_id = l.item_id
                 WHERE l.version_id = v.id))
                ORDER BY v.valid_from DESC), '[]') FROM recipe_versions v WHERE v.recipe_id = r.id) AS versions,
      (SELECT coalesce(json_agg(json_build_array(m.id, m.code, btrim(concat_ws(' ', m.name, m.size)))
                ORDER BY m.sort_name, m.sort_code), '[]')
       FROM menu_items m WHERE m.recipe_id IN (SELECT id FROM above)) AS menu_items,
      (SELECT coalesce(json_agg(json_build_array(x.id, '', x.name) ORDER BY x.sort_name), '[]')
       FROM recipes x WHERE x.id IN (SELECT id FROM above) AND x.id <> r.id) AS recipes,
      (SELECT coalesce(json_agg(json_build_array(d.allergen, d.item, d.through)
                ORDER BY d.through, d.item, d.allergen), '[]')
       FROM declared d) AS allergen_sources
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
    row["versions"] = tuple(map(_version, row["versions"]))
    row["menu_items"] = tuple(User(UUID(key), code, name) for key, code, name in row["menu_items"])
    row["recipes"] = tuple(User(UUID(key), code, name) for key, code, name in row["recipes"])
    row["allergen_sources"] = tuple(AllergenSource(*source) for source in row["allergen_sources"])
    return Recipe(**row)


@read
def recipe_image(connection: Connection, key: UUID) -> bytes | None:
    """The photo of a recipe."""
    found: bytes | None = connection.execute(select(RECIPES.c.image).where(RECIPES.c.id == key)).scalar_one_or_none()
    return found


def _version(values: list[Any]) -> RecipeVersion:
    since, quantity, unit, current, planned, method, lines = values
    made = tuple(map(_version_line, lines))
    return RecipeVersion(date.fromisoformat(since), Decimal(quantity), unit, current, planned, method, made)


def _version_line(values: list[Any]) -> VersionLine:
    key, name, quantity, unit, base_quantity, share, cost = values
    figures = Decimal(quantity), unit, Decimal(base_quantity), Decimal(share)
    return VersionLine(UUID(key), name, *figures, None if cost is None else Decimal(cost))


def _ingredient(values: list[Any]) -> Ingredient:
    depth, path, name, is_recipe, key, quantity, unit, share, used, base_unit, cost = values
    figures = Decimal(quantity), unit, Decimal(share), Decimal(used), base_unit
    return Ingredient(depth, path, name, is_recipe, UUID(key), *figures, None if cost is None else Decimal(cost))

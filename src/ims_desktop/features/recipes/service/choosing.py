"""What a line of a recipe may take: items and other recipes, with their units and what one of them costs."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from ims_desktop.domain.work import read
from ims_desktop.features.items.rules import item_units
from ims_desktop.features.items.service.choosing import packs_from
from ims_desktop.features.recipes.rules import HUNDRED, Usable, units_of_yield
from ims_desktop.features.recipes.service.costing import cost_of_one

MOST = 20
_HERE = """
    here AS (
      SELECT s.id FROM sites s
      WHERE CASE WHEN CAST(:site AS uuid) IS NULL THEN s.is_active ELSE s.id = :site END
      ORDER BY s.is_default DESC, s.sort_name LIMIT 1
    )
"""
_ITEMS = """
    SELECT i.id, i.name, i.sku AS code, false AS is_recipe, i.base_unit AS unit,
      i.grams_per_millilitre, i.grams_per_each, i.yield_percent, i.sort_name,
      (SELECT json_agg(json_build_array(p.name, p.quantity::text, p.of_unit) ORDER BY p.name)
       FROM item_units p WHERE p.item_id = i.id) AS packs,
      (SELECT c.average_cost FROM valued_stock c WHERE c.site_id = (SELECT id FROM here) AND c.item_id = i.id
       AND (c.average_cost > 0 OR c.quantity > 0)) AS cost
    FROM items i
"""
_RECIPES = f"""
    SELECT r.id, r.name, r.kind, true, v.yield_unit, NULL, NULL, 100, r.sort_name, NULL,
      {cost_of_one("r.id", "(SELECT id FROM here)")}
    FROM recipes r
    CROSS JOIN LATERAL (SELECT x.yield_unit FROM recipe_versions x WHERE x.recipe_id = r.id
      ORDER BY x.valid_from <= current_date DESC, CASE WHEN x.valid_from <= current_date THEN x.valid_from END DESC,
        x.valid_from LIMIT 1) v
"""
_FOUND = text(f"""
    WITH {_HERE}, words AS (SELECT public.sort_key(w) AS word FROM unnest(CAST(:words AS text[])) AS w)
    SELECT * FROM (
      ({_ITEMS} WHERE i.is_active AND (i.id IN (SELECT b.item_id FROM item_barcodes b WHERE b.gtin = :typed)
        OR NOT EXISTS (SELECT FROM words w WHERE strpos(i.sort_name, w.word) = 0 AND strpos(i.sort_sku, w.word) = 0))
       ORDER BY NOT starts_with(i.sort_name, public.sort_key(:typed)), i.sort_name LIMIT {MOST})
      UNION ALL
      ({_RECIPES} WHERE r.is_active AND r.kind <> 'DISH' AND r.id IS DISTINCT FROM CAST(:recipe AS uuid)
        AND NOT EXISTS (SELECT FROM words w WHERE strpos(r.sort_name, w.word) = 0)
       ORDER BY NOT starts_with(r.sort_name, public.sort_key(:typed)), r.sort_name LIMIT {MOST})) f
    ORDER BY NOT starts_with(f.sort_name, public.sort_key(:typed)), f.sort_name LIMIT {MOST}
""")
_THESE = text(f"""
    WITH {_HERE}
    {_ITEMS} WHERE i.id = ANY (CAST(:items AS uuid[]))
    UNION ALL
    {_RECIPES} WHERE r.id = ANY (CAST(:recipes AS uuid[]))
""")


@read
def usable_choices(
    connection: Connection, typed: str, site: UUID | None = None, recipe: UUID | None = None
) -> tuple[Usable, ...]:
    """Active items and sub-recipes whose name or SKU holds every word, those that begin with the text first; or the
    item whose barcode it is. `recipe` is the one that asks: it is not offered to itself."""
    asked = {"typed": typed.strip(), "words": typed.split(), "site": site, "recipe": recipe}
    return tuple(_usable(row) for row in connection.execute(_FOUND, asked))


def usables(
    connection: Connection, items: Iterable[UUID], recipes: Iterable[UUID], site: UUID | None = None
) -> dict[UUID, Usable]:
    """These items and recipes, in one statement; what does not exist is left out."""
    asked = {"items": list(items), "recipes": list(recipes), "site": site}
    return {row.id: _usable(row) for row in connection.execute(_THESE, asked)}


def _usable(row: Any) -> Usable:
    if row.is_recipe:
        units = units_of_yield(row.unit)
    else:
        units = item_units(row.unit, packs_from(row.packs), row.grams_per_millilitre, row.grams_per_each)
    share = Decimal(row.yield_percent or HUNDRED)
    return Usable(row.id, row.name, row.code, row.is_recipe, units, share, row.cost)

"""What a recipe costs: taken apart as at a sale, valued at the average cost of one site."""

from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Numeric, literal, literal_column, select

from ims_desktop.features.recipes.tables import SITES

# One step of taking a recipe apart: from `s` (recipe_id, quantity of its yield, way) to its lines, with the version
# that is valid today. A prep is stocked, so it stands for its own item where its yield can be told in its unit.
STEP = """
    CROSS JOIN LATERAL (
      SELECT x.id, x.yield_quantity FROM recipe_versions x
      WHERE x.recipe_id = s.recipe_id AND x.valid_from <= current_date ORDER BY x.valid_from DESC LIMIT 1) v
    JOIN recipe_lines l ON l.version_id = v.id
    LEFT JOIN LATERAL (
      SELECT r.output_item_id AS item_id, CASE WHEN y.yield_unit = i.base_unit THEN 1
        WHEN u.dimension = b.dimension THEN u.numerator * b.denominator / (u.denominator * b.numerator) END AS factor
      FROM recipes r
      JOIN items i ON i.id = r.output_item_id
      JOIN units b ON b.code = i.base_unit
      CROSS JOIN LATERAL (SELECT z.yield_unit FROM recipe_versions z
        WHERE z.recipe_id = r.id AND z.valid_from <= current_date ORDER BY z.valid_from DESC LIMIT 1) y
      LEFT JOIN units u ON u.code = y.yield_unit
      WHERE r.id = l.sub_recipe_id AND r.kind = 'PREP') p ON p.factor IS NOT NULL
    WHERE s.recipe_id IS NOT NULL AND s.recipe_id <> ALL (s.way)
"""
NEXT_ITEM = "coalesce(l.item_id, p.item_id)"
NEXT_RECIPE = "CASE WHEN p.item_id IS NULL THEN l.sub_recipe_id END"
NEXT_QUANTITY = "s.quantity * l.base_quantity * coalesce(p.factor, 1) * 100 / (v.yield_quantity * l.yield_percent)"

# An average cost of zero says nothing about an item that was never received.
KNOWN_COST = "CASE WHEN c.average_cost > 0 OR c.quantity > 0 THEN c.average_cost END"

# Menu items that use the recipe of the outer row today, directly or through other recipes.
ABOVE = """
    WITH RECURSIVE above AS (
      SELECT {recipe} AS id
      UNION
      SELECT v.recipe_id FROM above a
      JOIN recipe_lines l ON l.sub_recipe_id = a.id
      JOIN recipe_versions v ON v.id = l.version_id
      WHERE v.valid_from = (SELECT max(x.valid_from) FROM recipe_versions x
                            WHERE x.recipe_id = v.recipe_id AND x.valid_from <= current_date))
"""

_COST_OF_ONE = """(
    WITH RECURSIVE steps AS (
      SELECT {recipe} AS recipe_id, NULL::uuid AS item_id, 1::numeric AS quantity, '{{}}'::uuid[] AS way
      UNION ALL
      SELECT {next_recipe}, {next_item}, {next_quantity}, s.way || s.recipe_id FROM steps s {step})
    SELECT CASE WHEN count(*) = count({known}) THEN sum(s.quantity * c.average_cost) END
    FROM steps s LEFT JOIN valued_stock c ON c.site_id = {site} AND c.item_id = s.item_id
    WHERE s.item_id IS NOT NULL)"""


def cost_of_one(recipe: str, site: str = "here.id") -> ColumnElement[object]:
    """What one portion (one unit of the yield) costs, for the recipe a column of the outer query names.

    Unknown as long as the cost of any ingredient is. Taken apart row by row, so that a page only costs its own rows.
    """
    sql = _COST_OF_ONE.format(
        recipe=recipe,
        site=site,
        step=STEP,
        next_recipe=NEXT_RECIPE,
        next_item=NEXT_ITEM,
        next_quantity=NEXT_QUANTITY,
        known=KNOWN_COST,
    )
    return literal_column(sql, Numeric())


def here(site: UUID | None) -> FromClause:
    """The site whose costs and prices are meant, as `here`: the chosen one, otherwise the default or the first."""
    return (
        select(SITES)
        .where(SITES.c.is_active if site is None else SITES.c.id == literal(site))
        .order_by(SITES.c.is_default.desc(), SITES.c.sort_name)
        .limit(1)
        .subquery("here")
    )

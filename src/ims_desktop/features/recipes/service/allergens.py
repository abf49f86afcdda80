"""Which allergens a recipe holds: those of its items, and of everything its sub-recipes are made of."""

_DECLARED = """(
    WITH RECURSIVE below AS (
      SELECT {recipe} AS id, ''::text AS through
      UNION
      SELECT l.sub_recipe_id, coalesce(nullif(b.through, ''), x.name)
      FROM below b
      CROSS JOIN LATERAL (SELECT z.id FROM recipe_versions z WHERE z.recipe_id = b.id AND z.valid_from <= current_date
        ORDER BY z.valid_from DESC LIMIT 1) v
      JOIN recipe_lines l ON l.version_id = v.id
      JOIN recipes x ON x.id = l.sub_recipe_id
    )
    SELECT DISTINCT a.allergen, i.name AS item, b.through
    FROM below b
    JOIN recipes x ON x.id = b.id
    LEFT JOIN LATERAL (SELECT z.id FROM recipe_versions z WHERE z.recipe_id = b.id AND z.valid_from <= current_date
      ORDER BY z.valid_from DESC LIMIT 1) v ON true
    LEFT JOIN recipe_lines l ON l.version_id = v.id
    JOIN items i ON i.id = l.item_id OR i.id = x.output_item_id
    CROSS JOIN unnest(i.allergens) AS a (allergen))"""


def declared_allergens(recipe: str) -> str:
    """SQL: rows (allergen, item, through) of the recipe that this expression names; `through` is the sub-recipe."""
    return _DECLARED.format(recipe=recipe)

-- What one portion of each menu item, one of each modifier, and one of what each recipe yields, takes out of stock on a business day: counted items in base
-- units, with the recipe versions of that day and the yield of every step. A sub-recipe is taken apart; a prep is stocked, so it
-- counts as its own item wherever its yield can be told in that item's base unit. What a modifier leaves out is below zero.
CREATE FUNCTION tenant_schema.explode_recipes(
  _menu_items uuid[], _days date[], _modifiers uuid[] DEFAULT NULL, _modifier_days date[] DEFAULT NULL,
  _recipes uuid[] DEFAULT NULL, _recipe_days date[] DEFAULT NULL)
RETURNS TABLE (sold_id uuid, business_day date, item_id uuid, quantity numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE preps AS (
    SELECT r.id AS recipe_id, r.output_item_id AS item_id, v.valid_from,
      lead(v.valid_from) OVER (PARTITION BY r.id ORDER BY v.valid_from) AS valid_until,
      CASE WHEN v.yield_unit = i.base_unit THEN 1
           WHEN y.dimension = b.dimension THEN y.numerator * b.denominator / (y.denominator * b.numerator) END AS factor
    FROM tenant_schema.recipes r
    JOIN tenant_schema.recipe_versions v ON v.recipe_id = r.id
    JOIN tenant_schema.items i ON i.id = r.output_item_id
    JOIN tenant_schema.units b ON b.code = i.base_unit
    LEFT JOIN tenant_schema.units y ON y.code = v.yield_unit
    WHERE r.kind = 'PREP'
  ), started AS (
    SELECT w.sold_id, w.business_day, NULL::uuid AS item_id, m.recipe_id, m.portions::numeric AS quantity
    FROM (SELECT DISTINCT u.sold_id, u.business_day FROM unnest(_menu_items, _days) AS u (sold_id, business_day)) w
    JOIN tenant_schema.menu_items m ON m.id = w.sold_id
    WHERE m.recipe_id IS NOT NULL
    UNION ALL
    SELECT w.sold_id, w.business_day, coalesce(l.item_id, p.item_id), CASE WHEN p.item_id IS NULL THEN l.sub_recipe_id END,
      l.base_quantity * coalesce(p.factor, 1) * 100 / l.yield_percent
    FROM (SELECT DISTINCT u.sold_id, u.business_day FROM unnest(_modifiers, _modifier_days) AS u (sold_id, business_day)) w
    JOIN tenant_schema.modifier_lines l ON l.modifier_id = w.sold_id
    LEFT JOIN preps p ON p.recipe_id = l.sub_recipe_id AND p.factor IS NOT NULL AND p.valid_from <= w.business_day
      AND (p.valid_until IS NULL OR p.valid_until > w.business_day)
    UNION ALL
    SELECT w.sold_id, w.business_day, p.item_id, CASE WHEN p.item_id IS NULL THEN w.sold_id END, coalesce(p.factor, 1)
    FROM (SELECT DISTINCT u.sold_id, u.business_day FROM unnest(_recipes, _recipe_days) AS u (sold_id, business_day)) w
    LEFT JOIN preps p ON p.recipe_id = w.sold_id AND p.factor IS NOT NULL AND p.valid_from <= w.business_day
      AND (p.valid_until IS NULL OR p.valid_until > w.business_day)
  ), steps AS (
    SELECT s.*, '{}'::uuid[] AS way FROM started s
    UNION ALL
    SELECT s.sold_id, s.business_day, coalesce(l.item_id, p.item_id), CASE WHEN p.item_id IS NULL THEN l.sub_recipe_id END,
      s.quantity * l.base_quantity * coalesce(p.factor, 1) * 100 / (v.yield_quantity * l.yield_percent), s.way || s.recipe_id
    FROM steps s
    CROSS JOIN LATERAL (
      SELECT x.id, x.yield_quantity FROM tenant_schema.recipe_versions x
      WHERE x.recipe_id = s.recipe_id AND x.valid_from <= s.business_day ORDER BY x.valid_from DESC LIMIT 1) v
    JOIN tenant_schema.recipe_lines l ON l.version_id = v.id
    LEFT JOIN preps p ON p.recipe_id = l.sub_recipe_id AND p.factor IS NOT NULL AND p.valid_from <= s.business_day
      AND (p.valid_until IS NULL OR p.valid_until > s.business_day)
    WHERE CASE WHEN s.recipe_id = ANY (s.way) THEN tenant_schema.refuse_circle(s.recipe_id) ELSE true END
  )
  SELECT s.sold_id, s.business_day, s.item_id, sum(s.quantity) FROM steps s
  WHERE s.item_id IS NOT NULL GROUP BY s.sold_id, s.business_day, s.item_id
$$;

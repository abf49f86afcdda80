-- What one portion of each menu item takes out of stock on a business day: counted items in base units, through sub-recipes,
-- with the recipe version of that day and the yield of every step.
CREATE FUNCTION tenant_schema.explode_recipes(_menu_items uuid[], _days date[])
RETURNS TABLE (menu_item_id uuid, business_day date, item_id uuid, quantity numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE wanted AS (
    SELECT DISTINCT w.menu_item_id, w.business_day FROM unnest(_menu_items, _days) AS w (menu_item_id, business_day)
  ), steps AS (
    SELECT w.menu_item_id, w.business_day, l.item_id, l.sub_recipe_id,
      m.portions * l.base_quantity / (v.yield_quantity * l.yield_percent / 100) AS quantity, 1 AS depth
    FROM wanted w
    JOIN tenant_schema.menu_items m ON m.id = w.menu_item_id
    CROSS JOIN LATERAL (SELECT x.id, x.yield_quantity FROM tenant_schema.recipe_versions x
      WHERE x.recipe_id = m.recipe_id AND x.valid_from <= w.business_day ORDER BY x.valid_from DESC LIMIT 1) v
    JOIN tenant_schema.recipe_lines l ON l.version_id = v.id
    UNION ALL
    SELECT s.menu_item_id, s.business_day, l.item_id, l.sub_recipe_id,
      s.quantity * l.base_quantity / (v.yield_quantity * l.yield_percent / 100), s.depth + 1
    FROM steps s
    CROSS JOIN LATERAL (SELECT x.id, x.yield_quantity FROM tenant_schema.recipe_versions x
      WHERE x.recipe_id = s.sub_recipe_id AND x.valid_from <= s.business_day ORDER BY x.valid_from DESC LIMIT 1) v
    JOIN tenant_schema.recipe_lines l ON l.version_id = v.id
    WHERE s.sub_recipe_id IS NOT NULL AND s.depth < 20
  )
  SELECT s.menu_item_id, s.business_day, s.item_id, sum(s.quantity) FROM steps s
  WHERE s.item_id IS NOT NULL GROUP BY s.menu_item_id, s.business_day, s.item_id
$$;

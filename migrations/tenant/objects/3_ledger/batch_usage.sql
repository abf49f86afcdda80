-- What one batch of a prep takes out of stock at a site by the recipe of the business day of a moment: counted items in base units, in
-- the order of the recipe; a sub-recipe is taken apart, its items by name, a prep that is stocked is taken as its item. For whoever may produce there
-- and see recipes.
CREATE FUNCTION tenant_schema.batch_usage(_site uuid, _recipe uuid, _at timestamptz DEFAULT NULL)
RETURNS TABLE (version_id uuid, item_id uuid, quantity numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.sites := tenant_schema.require_site(_site, 'production.record');
  _day date := tenant_schema.business_day(coalesce(_at, clock_timestamp()), _row.time_zone, _row.day_cutover_hour);
  _version uuid := (SELECT v.id FROM tenant_schema.recipe_versions v JOIN tenant_schema.recipes r ON r.id = v.recipe_id
    WHERE r.id = _recipe AND r.kind = 'PREP' AND v.valid_from <= _day ORDER BY v.valid_from DESC LIMIT 1);
  _parts uuid[] := ARRAY(SELECT DISTINCT l.sub_recipe_id FROM tenant_schema.recipe_lines l WHERE l.version_id = _version AND l.sub_recipe_id IS NOT NULL);
BEGIN
  IF NOT tenant_schema.can('recipes.view') THEN
    PERFORM tenant_schema.refuse('Your roles do not show you recipes.', NULL, 'IM403');
  END IF;
  RETURN QUERY
    SELECT _version, i.id, sum(l.base_quantity * 100 / l.yield_percent * coalesce(x.quantity, 1))
    FROM tenant_schema.recipe_lines l
    LEFT JOIN tenant_schema.explode_recipes(NULL, NULL, NULL, NULL, _parts, array_fill(_day, ARRAY[cardinality(_parts)])) x ON x.sold_id = l.sub_recipe_id
    JOIN tenant_schema.items i ON i.id = coalesce(l.item_id, x.item_id)
    WHERE l.version_id = _version
    GROUP BY i.id ORDER BY min(l.line), i.sort_name, i.id;
END $$;

-- What one of each dish (menu item or recipe) takes out of stock at a moment, as waste of it would be recorded at a site: for
-- whoever may record waste there and see recipes.
CREATE FUNCTION tenant_schema.dish_usage(_site uuid, _dishes uuid[], _at timestamptz DEFAULT NULL)
RETURNS TABLE (dish_id uuid, item_id uuid, quantity numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.sites := tenant_schema.require_site(_site, 'waste.record');
  _day date := tenant_schema.business_day(coalesce(_at, clock_timestamp()), _row.time_zone, _row.day_cutover_hour);
  _of_menu uuid[] := ARRAY(SELECT m.id FROM tenant_schema.menu_items m WHERE m.id = ANY (_dishes));
  _of_kitchen uuid[] := ARRAY(SELECT r.id FROM tenant_schema.recipes r WHERE r.id = ANY (_dishes));
BEGIN
  IF NOT tenant_schema.can('recipes.view') THEN
    PERFORM tenant_schema.refuse('Your roles do not show you recipes.', NULL, 'IM403');
  END IF;
  RETURN QUERY SELECT x.sold_id, x.item_id, x.quantity
    FROM tenant_schema.explode_recipes(_of_menu, array_fill(_day, ARRAY[cardinality(_of_menu)]), NULL, NULL,
      _of_kitchen, array_fill(_day, ARRAY[cardinality(_of_kitchen)])) x;
END $$;

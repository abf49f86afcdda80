-- The lines of a document of waste with its dishes taken apart: a line whose dish is a menu item or a recipe becomes one of each
-- counted item that so many of it take by the recipe of the day, from the location of the line or else from each item's home. Their
-- notes begin with what was wasted: 3 × Margherita. `rows` says which line each of them was; all else stays as it was.
CREATE FUNCTION tenant_schema.wasted_lines(
  _site uuid, _day date, _dishes uuid[], _items uuid[], _locations uuid[], _quantities numeric[], _unit_costs numeric[], _reasons uuid[],
  _notes text[], _entered_quantities numeric[], _entered_units text[],
  OUT items uuid[], OUT locations uuid[], OUT quantities numeric[], OUT unit_costs numeric[], OUT reasons uuid[], OUT notes text[],
  OUT entered_quantities numeric[], OUT entered_units text[], OUT rows int[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _of_menu uuid[] := ARRAY(SELECT m.id FROM tenant_schema.menu_items m WHERE m.id = ANY (_dishes));
  _of_kitchen uuid[] := ARRAY(SELECT r.id FROM tenant_schema.recipes r WHERE r.id = ANY (_dishes));
  _used_of uuid[];
  _used_items uuid[];
  _used numeric[];
  _problems jsonb;
BEGIN
  IF NOT tenant_schema.can('recipes.view') THEN
    PERFORM tenant_schema.refuse('Your roles do not show you recipes, so a dish cannot be taken apart: enter its items.', NULL, 'IM403');
  END IF;
  SELECT array_agg(x.sold_id), array_agg(x.item_id), array_agg(x.quantity) INTO _used_of, _used_items, _used
    FROM tenant_schema.explode_recipes(_of_menu, array_fill(_day, ARRAY[cardinality(_of_menu)]), NULL, NULL,
      _of_kitchen, array_fill(_day, ARRAY[cardinality(_of_kitchen)])) x;
  SELECT jsonb_agg(jsonb_build_object('row', l.n, 'field', p.field, 'text', p.text) ORDER BY l.n) INTO _problems
    FROM unnest(_dishes, _items, _quantities) WITH ORDINALITY AS l (dish, item_id, quantity, n)
    CROSS JOIN LATERAL (VALUES
      ('item', CASE WHEN l.item_id IS NOT NULL THEN 'Choose either an item or a dish.'
                    WHEN l.dish <> ALL (_of_menu || _of_kitchen) THEN 'This dish does not exist.'
                    WHEN l.dish <> ALL (coalesce(_used_of, '{}')) THEN 'On that day nothing that is stocked goes into it: enter its items.' END),
      ('quantity', CASE WHEN l.quantity IS NULL OR l.quantity = 'NaN' OR l.quantity >= 0 THEN 'Type how much was wasted.'
                        WHEN l.quantity <= -1000000 THEN 'This quantity is absurdly large.' END)) AS p (field, text)
    WHERE l.dish IS NOT NULL AND p.text IS NOT NULL;
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This was not posted: something has to be put right first.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  SELECT array_agg(x.item_id ORDER BY x.n, x.item_id), array_agg(x.location_id ORDER BY x.n, x.item_id),
      array_agg(x.quantity ORDER BY x.n, x.item_id), array_agg(x.unit_cost ORDER BY x.n, x.item_id),
      array_agg(x.reason_id ORDER BY x.n, x.item_id), array_agg(x.note ORDER BY x.n, x.item_id),
      array_agg(x.entered_quantity ORDER BY x.n, x.item_id), array_agg(x.entered_unit ORDER BY x.n, x.item_id),
      array_agg(x.n::int ORDER BY x.n, x.item_id)
    INTO items, locations, quantities, unit_costs, reasons, notes, entered_quantities, entered_units, rows
    FROM (
      SELECT l.n, coalesce(u.item_id, l.item_id) AS item_id,
        CASE WHEN l.dish IS NULL THEN l.location_id ELSE coalesce(l.location_id, h.id, f.id) END AS location_id,
        CASE WHEN l.dish IS NULL THEN l.quantity ELSE round(l.quantity * u.quantity, 6) END AS quantity,
        l.unit_cost, l.reason_id, CASE WHEN l.dish IS NULL THEN l.note ELSE left(concat_ws(' · ', w.words, nullif(l.note, '')), 1000) END AS note,
        l.entered_quantity, l.entered_unit, l.dish
      FROM unnest(_dishes, _items, _locations, _quantities, _unit_costs, _reasons, _notes, _entered_quantities, _entered_units)
        WITH ORDINALITY AS l (dish, item_id, location_id, quantity, unit_cost, reason_id, note, entered_quantity, entered_unit, n)
      LEFT JOIN unnest(_used_of, _used_items, _used) AS u (dish, item_id, quantity) ON u.dish = l.dish
      LEFT JOIN tenant_schema.item_site_settings s ON s.site_id = _site AND s.item_id = u.item_id
      LEFT JOIN tenant_schema.storage_locations h ON h.id = s.home_location_id AND h.is_active
      LEFT JOIN LATERAL (SELECT w.id FROM tenant_schema.storage_locations w WHERE w.site_id = _site AND w.is_active
        ORDER BY w.walk_order, w.id LIMIT 1) f ON true
      LEFT JOIN LATERAL (SELECT tenant_schema.wasted_words(l.dish, _day, -l.quantity) AS words) w ON l.dish IS NOT NULL
    ) x
    WHERE x.dish IS NULL OR x.quantity <> 0;
END $$;

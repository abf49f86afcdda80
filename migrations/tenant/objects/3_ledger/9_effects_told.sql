-- What effects_of() saw, beside what there is now that it was taken back: for those who may see stock at the site of each row,
-- costs for those who may see them. Plates by what the dishes of today take of the items whose cost would change.
CREATE FUNCTION tenant_schema.effects_told(_seen jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _own uuid := (_seen ->> 'site')::uuid;
  _sees uuid[] := tenant_schema.stock_sites(); -- nothing of where somebody counts blind
  _costs uuid[] := tenant_schema.scope('stock.cost');
  _dishes uuid[] := '{}';
BEGIN
  IF (_seen ->> 'others')::boolean AND _own = ANY (_costs) AND tenant_schema.can('menu.view') THEN
    _dishes := ARRAY(SELECT m.id FROM tenant_schema.menu_items m WHERE m.recipe_id IS NOT NULL AND m.is_active);
  END IF;
  RETURN (
    WITH after AS (
      SELECT o.site, o.item, o.quantity, o.value, o.cost, o.site = ANY (_costs) AS seen, coalesce(c.quantity, 0) AS old_quantity,
        coalesce(c.value, 0) AS old_value, coalesce(c.average_cost, 0) AS old_cost
      FROM jsonb_to_recordset(_seen -> 'objects') AS o (site uuid, item uuid, quantity numeric, value numeric, cost numeric)
      LEFT JOIN tenant_schema.stock_costs c ON c.site_id = o.site AND c.item_id = o.item
      WHERE o.site = ANY (_sees)
    ), plates AS (
      SELECT x.sold_id, sum(x.quantity * coalesce(a.old_cost, c.average_cost)) AS old_cost, sum(x.quantity * coalesce(a.cost, c.average_cost)) AS cost
      FROM tenant_schema.explode_recipes(_dishes, ARRAY(SELECT current_date FROM unnest(_dishes))) x
      LEFT JOIN tenant_schema.stock_costs c ON c.site_id = _own AND c.item_id = x.item_id
      LEFT JOIN after a ON a.site = _own AND a.item = x.item_id
      WHERE EXISTS (SELECT FROM after t WHERE t.site = _own AND t.cost <> t.old_cost)
      GROUP BY x.sold_id
      HAVING count(*) = count(c.average_cost)
    )
    SELECT jsonb_build_object(
      'others', (_seen ->> 'others')::boolean OR _seen -> 'closed' <> '[]' OR EXISTS (
        SELECT FROM jsonb_to_recordset(_seen -> 'short') AS h (site uuid) WHERE h.site = ANY (_sees)),
      'stock', (SELECT jsonb_agg(jsonb_build_object('site', s.name, 'currency', s.currency, 'item_id', i.id, 'item', i.name, 'unit', i.base_unit,
          'quantity', a.quantity::text, 'old_quantity', a.old_quantity::text,
          'value', CASE WHEN a.seen THEN a.value::text END, 'old_value', CASE WHEN a.seen THEN a.old_value::text END)
          ORDER BY s.sort_name, i.sort_name, i.id)
        FROM after a JOIN tenant_schema.sites s ON s.id = a.site JOIN tenant_schema.items i ON i.id = a.item
        WHERE a.quantity <> a.old_quantity OR a.seen AND a.value <> a.old_value),
      'weeks', (SELECT jsonb_agg(jsonb_build_object('site', s.name, 'currency', s.currency, 'day', w.day, 'cost', w.cost, 'variance', w.variance)
          ORDER BY s.sort_name, w.day)
        FROM jsonb_to_recordset(_seen -> 'weeks') AS w (site uuid, day date, cost text, variance text)
        JOIN tenant_schema.sites s ON s.id = w.site WHERE w.site = ANY (_costs)),
      'closed', (SELECT jsonb_agg(jsonb_build_object('site', s.name, 'currency', s.currency,
          'day', tenant_schema.business_day(tenant_schema.open_from(s.id), s.time_zone, s.day_cutover_hour),
          'value', CASE WHEN x.site = ANY (_costs) THEN x.value END) ORDER BY s.sort_name)
        FROM jsonb_to_recordset(_seen -> 'closed') AS x (site uuid, value text)
        JOIN tenant_schema.sites s ON s.id = x.site WHERE x.site = ANY (_sees)),
      'short', (SELECT jsonb_agg(jsonb_build_object('item', i.name, 'unit', i.base_unit, 'at', h.at, 'quantity', h.quantity) ORDER BY h.at, i.sort_name)
        FROM jsonb_to_recordset(_seen -> 'short') AS h (site uuid, item uuid, at timestamptz, quantity text)
        JOIN tenant_schema.items i ON i.id = h.item WHERE h.site = ANY (_sees)),
      'plates', (SELECT jsonb_agg(jsonb_build_object('dish', m.name, 'size', m.size, 'old_cost', p.old_cost::text, 'cost', p.cost::text)
          ORDER BY abs(p.cost - p.old_cost) DESC, m.sort_name, m.id)
        FROM plates p JOIN tenant_schema.menu_items m ON m.id = p.sold_id WHERE p.cost <> p.old_cost)));
END $$;

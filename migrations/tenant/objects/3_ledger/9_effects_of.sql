-- What a posting changed, as long as it stands there: whether anything besides its own lines, what there is of the items it
-- touched, the cost of food and the variance by week, what closed periods hand on to the first open day, and what runs short
-- later. For the transaction that wrote it: see effects_told(). Figures are texts, because those of JSON would become floats.
CREATE FUNCTION tenant_schema.effects_of(_key uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    WITH changed AS MATERIALIZED (
      SELECT m.site_id, m.item_id, m.business_day, m.kind, m.reason_id, m.value, NULL::timestamptz AS applies_at, false AS is_other
      FROM tenant_schema.stock_movements m WHERE m.posting_id = _key
      UNION ALL
      SELECT k.site_id, k.item_id, k.business_day, m.kind, m.reason_id, k.value, k.applies_at, m.posting_id <> _key AND NOT EXISTS (
        SELECT FROM tenant_schema.price_changes c WHERE c.posting_id = _key AND c.movement_id = k.movement_id)
      FROM tenant_schema.cost_corrections k JOIN tenant_schema.stock_movements m ON m.id = k.movement_id WHERE k.posting_id = _key
    ), leaving AS (
      SELECT m.site_id, m.item_id, min(m.effective_at) AS since, sum(m.quantity) AS quantity
      FROM tenant_schema.stock_movements m WHERE m.posting_id = _key GROUP BY m.site_id, m.item_id HAVING sum(m.quantity) < 0
    ), later AS (
      SELECT l.site_id, l.item_id, l.quantity AS own, m.posting_id, m.effective_at, c.quantity + m.quantity
        - sum(m.quantity) OVER (PARTITION BY m.item_id ORDER BY m.effective_at DESC, m.id DESC) AS quantity
      FROM leaving l
      JOIN tenant_schema.stock_costs c ON c.site_id = l.site_id AND c.item_id = l.item_id
      JOIN tenant_schema.stock_movements m ON m.site_id = l.site_id AND m.item_id = l.item_id AND m.effective_at >= l.since
    )
    SELECT jsonb_build_object(
      'site', p.site_id,
      'others', EXISTS (SELECT FROM changed c WHERE c.is_other),
      'objects', (SELECT coalesce(jsonb_agg(jsonb_build_object('site', k.site_id, 'item', k.item_id, 'quantity', k.quantity::text,
          'value', k.value::text, 'cost', k.average_cost::text)), '[]')
        FROM tenant_schema.stock_costs k WHERE (k.site_id, k.item_id) IN (SELECT c.site_id, c.item_id FROM changed c)),
      'weeks', (SELECT coalesce(jsonb_agg(jsonb_build_object('site', w.site_id, 'day', w.day, 'cost', w.cost::text, 'variance', w.variance::text)), '[]')
        FROM (
          SELECT c.site_id, date_trunc('week', c.business_day)::date AS day,
            coalesce(-sum(c.value) FILTER (WHERE c.kind IN ('SALE', 'CUSTOMER_RETURN')
              OR c.kind IN ('WASTE', 'ADJUSTMENT', 'COUNT', 'REVALUATION') AND coalesce(r.class, 'COST_OF_FOOD') <> 'NEITHER'), 0) AS cost,
            coalesce(-sum(c.value) FILTER (WHERE c.kind IN ('WASTE', 'ADJUSTMENT', 'COUNT', 'REVALUATION')
              AND coalesce(r.class, 'COST_OF_FOOD') = 'COST_OF_FOOD'), 0) AS variance
          FROM changed c LEFT JOIN tenant_schema.reason_codes r ON r.id = c.reason_id
          GROUP BY c.site_id, date_trunc('week', c.business_day)) w
        WHERE w.cost <> 0 OR w.variance <> 0),
      'closed', (SELECT coalesce(jsonb_agg(jsonb_build_object('site', x.site_id, 'value', x.value::text)), '[]')
        FROM (SELECT c.site_id, sum(c.value) AS value FROM changed c
              WHERE c.applies_at < tenant_schema.open_from(c.site_id) GROUP BY c.site_id) x),
      'short', (SELECT coalesce(jsonb_agg(jsonb_build_object('site', s.site_id, 'item', s.item_id, 'at', s.effective_at, 'quantity', s.quantity::text)), '[]')
        FROM (SELECT DISTINCT ON (l.site_id, l.item_id) l.site_id, l.item_id, l.effective_at, l.quantity FROM later l
              WHERE l.posting_id <> _key AND l.quantity < 0 AND l.quantity - l.own >= 0
              ORDER BY l.site_id, l.item_id, l.effective_at) s))
    FROM tenant_schema.postings p WHERE p.id = _key);
END $$;

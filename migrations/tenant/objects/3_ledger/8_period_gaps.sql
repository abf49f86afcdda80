-- What is not done yet of the days up to one at a site, before they are closed: a list of {what, count}, without what is in order.
CREATE FUNCTION tenant_schema.period_gaps(_site uuid, _day date) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.sites := tenant_schema.require_site(_site, 'periods.close');
  _end timestamptz := (_day + 1 + make_interval(hours => _row.day_cutover_hour)) AT TIME ZONE _row.time_zone;
  _begin timestamptz := tenant_schema.open_from(_site);
BEGIN
  RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_object('what', g.what, 'count', g.count) ORDER BY g.place), '[]')
    FROM (
      SELECT 1 AS place, 'open_orders' AS what, count(*) AS count FROM tenant_schema.orders o
        WHERE o.site_id = _site AND o.state = 'OPEN' AND o.business_day <= _day
      UNION ALL
      SELECT 0, 'open_counts', count(*) FROM tenant_schema.count_sheets c
        WHERE c.site_id = _site AND c.state IN ('OPEN', 'REVIEW') AND c.started_at < _end
      UNION ALL
      SELECT 2, 'unmapped_sales', count(*) FROM (
        SELECT u.site_id, u.state, u.business_day FROM tenant_schema.unmapped_sales u
        UNION ALL SELECT m.site_id, m.state, m.business_day FROM tenant_schema.unmapped_modifiers m) u
        WHERE u.site_id = _site AND u.state = 'WAITING' AND u.business_day <= _day
      UNION ALL
      SELECT 3, 'without_invoice', count(*) FROM tenant_schema.postings p
        WHERE p.site_id = _site AND p.kind = 'DELIVERY' AND p.reference = '' AND p.business_day <= _day AND p.effective_at >= _begin
          AND p.reverses_id IS NULL AND NOT EXISTS (SELECT FROM tenant_schema.postings r WHERE r.reverses_id = p.id)
          AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements m JOIN tenant_schema.price_changes c ON c.movement_id = m.id
                          WHERE m.posting_id = p.id)
      UNION ALL
      SELECT 4, 'negative_stock', count(*) FROM tenant_schema.stock_costs c
        WHERE c.site_id = _site AND c.quantity < coalesce((SELECT sum(m.quantity) FROM tenant_schema.stock_movements m
          WHERE m.site_id = _site AND m.item_id = c.item_id AND m.effective_at >= _end), 0)
      UNION ALL
      SELECT 5, 'on_the_way', count(*) FROM tenant_schema.stock_movements m
        WHERE m.site_id = _site AND m.kind = 'TRANSFER_OUT' AND m.quantity < 0 AND m.business_day <= _day AND m.effective_at >= _begin
          AND m.reverses_id IS NULL AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id)
          AND -m.quantity > coalesce((SELECT sum(t.quantity) FROM tenant_schema.stock_movements t -- of a transfer that came in parts
            WHERE t.of_id = m.id AND t.reverses_id IS NULL
              AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = t.id)), 0)
      UNION ALL
      SELECT 6, 'not_counted', count(*) FROM tenant_schema.stock_costs c
        WHERE c.site_id = _site AND c.quantity <> 0 AND (c.last_counted_at IS NULL OR c.last_counted_at < _begin)) g
    WHERE g.count > 0);
END $$;

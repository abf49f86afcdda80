-- What was under way between sites at the end of a business day, with its value as it was known then: line by line of the transfers, in the
-- currency of the sender, whose it is until it arrives, for those who see costs there. What is under way now, and whatever
-- arrived, came back or was corrected later, is looked at; no other transfer can have been under way then.
CREATE FUNCTION tenant_schema.in_transit(_day date) RETURNS TABLE (
  transfer_id uuid, number bigint, left_on date, site_id uuid, to_site_id uuid, item_id uuid, quantity numeric, value numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH seen AS MATERIALIZED (
    SELECT s.id FROM tenant_schema.sites s
    WHERE s.id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) AND s.id = ANY ((SELECT tenant_schema.stock_sites())::uuid[])
  ), looked_at AS MATERIALIZED (
    SELECT w.movement_id AS id FROM tenant_schema.under_way w
    UNION
    SELECT t.of_id FROM tenant_schema.sites s JOIN tenant_schema.stock_movements t ON t.site_id = s.id AND t.business_day > _day
    WHERE t.kind IN ('TRANSFER_IN', 'TRANSFER_OUT') AND t.of_id IS NOT NULL
    UNION
    SELECT coalesce(m.of_id, m.id) FROM tenant_schema.sites s
    JOIN tenant_schema.cost_corrections k ON k.site_id = s.id AND k.business_day > _day
    JOIN tenant_schema.stock_movements m ON m.id = k.movement_id
    WHERE m.kind IN ('TRANSFER_IN', 'TRANSFER_OUT')
  )
  SELECT x.transfer_id, x.number, x.left_on, x.site_id, x.to_site_id, x.item_id, x.quantity, x.value
  FROM (
    SELECT m.posting_id AS transfer_id, p.number, p.business_day AS left_on, m.site_id, p.to_site_id, m.item_id, -m.quantity - c.quantity AS quantity,
      w.value - c.back - CASE WHEN p.to_rate IS NULL THEN c.arrived ELSE tenant_schema.quotient(w.value * c.away, -m.quantity, 6) END AS value
    FROM looked_at l
    JOIN tenant_schema.stock_movements m ON m.id = l.id
    JOIN tenant_schema.postings p ON p.id = m.posting_id
    CROSS JOIN LATERAL (
      SELECT -m.value - coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k
        WHERE k.movement_id = m.id AND k.business_day <= _day), 0) AS value) w
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(t.quantity), 0) AS quantity, coalesce(sum(t.quantity) FILTER (WHERE t.site_id <> m.site_id), 0) AS away,
        coalesce(sum(t.value) FILTER (WHERE t.site_id = m.site_id), 0) AS back, coalesce(sum(t.value) FILTER (WHERE t.site_id <> m.site_id), 0) AS arrived
      FROM (
        SELECT i.site_id, i.quantity, i.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k
          WHERE k.movement_id = i.id AND k.business_day <= _day), 0) AS value
        FROM tenant_schema.stock_movements i
        WHERE i.of_id = m.id AND i.reverses_id IS NULL AND i.business_day <= _day
          AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements v WHERE v.reverses_id = i.id)) t) c
    WHERE m.kind = 'TRANSFER_OUT' AND m.quantity < 0 AND m.reverses_id IS NULL AND m.business_day <= _day
      AND m.site_id IN (SELECT s.id FROM seen s)
      AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements u WHERE u.reverses_id = m.id)) x
  WHERE x.quantity <> 0 OR x.value <> 0
$$;

-- Lines of stock of additions, where one that would bring something back is tied to what its order took out: it comes back from there
-- at that cost, and never more than is still out. `_bases` names the order of each addition. `reverses_id` of a line is the movement.
CREATE FUNCTION tenant_schema.put_back(_lines tenant_schema.posting_line[], _additions uuid[], _bases uuid[])
RETURNS tenant_schema.posting_line[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT array_agg(ROW(l.item_id, coalesce(m.location_id, l.location_id), least(l.quantity, coalesce(m.left_out, l.quantity)), NULL, NULL,
      l.reason_id, l.note, NULL, NULL, l.effective_at, l.order_id, m.id)::tenant_schema.posting_line ORDER BY l.ordinality)
  FROM unnest(_lines) WITH ORDINALITY l
  JOIN unnest(_additions, _bases) AS a (id, base_id) ON a.id = l.order_id
  LEFT JOIN LATERAL (
    SELECT x.id, x.location_id, -x.quantity - coalesce((
        SELECT sum(y.quantity) FROM tenant_schema.stock_movements y
        WHERE y.of_id = x.id AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements z WHERE z.reverses_id = y.id)), 0) AS left_out
    FROM tenant_schema.orders o JOIN tenant_schema.stock_movements x ON x.order_id = o.id
    WHERE (o.id = a.base_id OR (o.part_of_id = a.base_id AND o.kind = 'ADDITION')) AND o.state = 'CLOSED' AND x.item_id = l.item_id
      AND x.quantity < 0 AND x.reverses_id IS NULL
    ORDER BY x.quantity, x.id LIMIT 1) m ON l.quantity > 0
  WHERE l.quantity < 0 OR m.left_out > 0
$$;

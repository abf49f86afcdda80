-- What these lines change, and from when: nothing that was posted before where they are the last of their item (infinity); what
-- is later where they are not, or undo something; and what brought back other parts of the same issues later.
CREATE FUNCTION tenant_schema.touched_costs(_site uuid, _lines tenant_schema.posting_line[], _of bigint[]) RETURNS tenant_schema.cost_object[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(ROW(t.site_id, t.item_id, t.from_at, NULL, NULL, NULL, NULL)::tenant_schema.cost_object), '{}')
  FROM (
    SELECT c.site_id, c.item_id,
      CASE WHEN l.undoes OR l.at < c.last_movement_at THEN l.at
           WHEN c.quantity < 0 THEN tenant_schema.short_since(c.site_id, c.item_id)
           ELSE 'infinity' END AS from_at
    FROM (SELECT u.item_id, min(u.effective_at) AS at, bool_or(u.reverses_id IS NOT NULL) AS undoes FROM unnest(_lines) u GROUP BY u.item_id) l
    CROSS JOIN LATERAL (SELECT * FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = l.item_id LIMIT 1) c
    UNION ALL
    SELECT t.site_id, t.item_id, t.effective_at
    FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
      entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
    JOIN unnest(_of) WITH ORDINALITY AS o (of_id, n) ON o.n = l.n
    CROSS JOIN LATERAL (SELECT * FROM tenant_schema.stock_movements t WHERE t.of_id = o.of_id AND t.effective_at > l.effective_at OFFSET 0) t
    UNION ALL
    SELECT t.site_id, t.item_id, t.effective_at
    FROM unnest(_lines) l
    CROSS JOIN LATERAL (SELECT * FROM tenant_schema.stock_movements r WHERE r.id = l.reverses_id AND r.of_id IS NOT NULL OFFSET 0) r
    CROSS JOIN LATERAL (SELECT * FROM tenant_schema.stock_movements t
      WHERE t.of_id = r.of_id AND t.effective_at >= r.effective_at AND t.id <> r.id OFFSET 0) t) t
$$;

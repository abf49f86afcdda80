-- The lines of a receipt with what is known of what they are of; fields are null where there is nothing of that name.
CREATE FUNCTION tenant_schema.arriving_lines(
  _transfer uuid, _of bigint[], _quantities numeric[], _locations uuid[], _rests text[], _reasons uuid[]) RETURNS tenant_schema.arriving_line[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT array_agg(ROW(u.n, u.of_id, m.item_id, m.location_id, u.location_id, -m.quantity, w.worth, -m.quantity - w.come, round(u.quantity, 6),
    u.rest, u.reason_id)::tenant_schema.arriving_line ORDER BY u.n)
  FROM unnest(_of, _quantities, _locations, _rests, _reasons) WITH ORDINALITY AS u (of_id, quantity, location_id, rest, reason_id, n)
  LEFT JOIN tenant_schema.stock_movements m ON m.id = u.of_id AND m.posting_id = _transfer AND m.quantity < 0
    AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id)
  LEFT JOIN LATERAL (
    SELECT -m.value - coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0) AS worth,
      coalesce((SELECT sum(t.quantity) FROM tenant_schema.stock_movements t WHERE t.of_id = m.id AND t.reverses_id IS NULL
        AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = t.id)), 0) AS come) w ON m.id IS NOT NULL);

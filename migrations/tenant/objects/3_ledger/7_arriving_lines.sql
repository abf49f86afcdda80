-- The lines of a receipt with what is known of what they are of; fields are null where there is nothing of that name. Where `_lots`
-- has something for a line, the line stands for one lot of what was sent, {lot, arrived, expires}, or with no lot for what is of none.
CREATE FUNCTION tenant_schema.arriving_lines(
  _transfer uuid, _of bigint[], _quantities numeric[], _locations uuid[], _rests text[], _reasons uuid[], _lots jsonb)
RETURNS tenant_schema.arriving_line[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT array_agg(ROW(u.n, u.of_id, m.item_id, m.location_id, u.location_id, -m.quantity, w.worth,
    CASE WHEN said.lot IS NULL THEN -m.quantity - w.come
         WHEN said.lot ->> 'lot' IS NULL THEN greatest(-m.quantity - w.come - of_lots.all_of_them, 0)
         ELSE least(coalesce(of_lots.one, 0), -m.quantity - w.come) END,
    round(u.quantity, 6), u.rest, u.reason_id, i.tracks_lots, said.lot IS NOT NULL, said.lot ->> 'lot',
    nullif(btrim(said.lot ->> 'arrived'), ''), said.lot ->> 'expires')::tenant_schema.arriving_line ORDER BY u.n)
  FROM unnest(_of, _quantities, _locations, _rests, _reasons) WITH ORDINALITY AS u (of_id, quantity, location_id, rest, reason_id, n)
  LEFT JOIN tenant_schema.stock_movements m ON m.id = u.of_id AND m.posting_id = _transfer AND m.quantity < 0
    AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id)
  LEFT JOIN tenant_schema.items i ON i.id = m.item_id
  CROSS JOIN LATERAL (SELECT nullif(_lots -> (u.n - 1)::int, 'null') AS lot) said
  LEFT JOIN LATERAL (
    SELECT coalesce(sum(-l.rest) FILTER (WHERE l.rest < 0), 0) AS all_of_them, sum(-l.rest) FILTER (WHERE t.code = said.lot ->> 'lot') AS one
    FROM tenant_schema.lots_left(m.id) l JOIN tenant_schema.lots t ON t.id = l.lot_id) of_lots ON said.lot IS NOT NULL
  LEFT JOIN LATERAL (
    SELECT -m.value - coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0) AS worth,
      coalesce((SELECT sum(t.quantity) FROM tenant_schema.stock_movements t WHERE t.of_id = m.id AND t.reverses_id IS NULL
        AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = t.id)), 0) AS come) w ON m.id IS NOT NULL);

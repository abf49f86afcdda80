-- Of which lots the differences of a count are, in their order, as write_lots() takes them: a finding of a lot is of that lot. What
-- was counted without one is more of none, or less of what no other finding names: what expires first before what is of no lot.
CREATE FUNCTION tenant_schema.lots_counted(_found tenant_schema.count_finding[], _differs tenant_schema.count_finding[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH named AS MATERIALIZED (
    SELECT f.location_id, f.item_id, array_agg(f.lot) AS lots FROM unnest(_found) f WHERE f.lot IS NOT NULL GROUP BY f.location_id, f.item_id
  )
  SELECT jsonb_agg(CASE
      WHEN d.lot IS NOT NULL THEN jsonb_build_array(jsonb_build_object('code', d.lot, 'expires', d.expires_on))
      WHEN d.counted >= d.expected OR n.lots IS NULL THEN NULL
      WHEN d.entries = 0 THEN '[{"code": null}]'
      ELSE (SELECT coalesce(jsonb_agg(jsonb_build_object('code', t.code, 'quantity', x.on_hand) ORDER BY x.place), '[]')
            FROM tenant_schema.next_lots(d.location_id, d.item_id, d.counted_at) WITH ORDINALITY AS x (lot_id, on_hand, place)
            JOIN tenant_schema.lots t ON t.id = x.lot_id WHERE t.code <> ALL (n.lots)) || '[{"code": null}]'
    END ORDER BY d.n)
  FROM unnest(_differs) WITH ORDINALITY AS d (location_id, item_id, lot, expires_on, entries, last_entry, counted, first_at, counted_at,
    expected, difference, unit_cost, is_over, is_recounted, has_moved, n)
  LEFT JOIN named n ON n.location_id = d.location_id AND n.item_id = d.item_id
  HAVING count(n.lots) > 0
$$;

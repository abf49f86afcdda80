-- Keeps what objects are worth, with their layers or what is short of them; and of those that lines are about, when they moved and were
-- counted last. All at once: a row that one transaction changes twice has its foreign keys checked again.
CREATE FUNCTION tenant_schema.write_costs(_posting tenant_schema.postings, _ends tenant_schema.cost_object[], _part_objects int[],
  _part_ids bigint[], _part_quantities numeric[], _part_values numeric[], _lines tenant_schema.posting_line[] DEFAULT '{}',
  _counted_at timestamptz DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _had boolean;
BEGIN
  WITH was AS (
    SELECT e.*, l.at, c.quantity < 0 OR c.is_fifo OR c.unsettled_from IS NOT NULL AS parts FROM unnest(_ends) e
    JOIN tenant_schema.stock_costs c ON c.site_id = e.site_id AND c.item_id = e.item_id
    LEFT JOIN (SELECT u.item_id, max(u.effective_at) AS at FROM unnest(_lines) u GROUP BY u.item_id) l
      ON l.item_id = e.item_id AND e.site_id = _posting.site_id
  ), kept AS (
    UPDATE tenant_schema.stock_costs c SET quantity = w.quantity, value = w.value, average_cost = w.cost, is_fifo = w.is_fifo,
      last_movement_at = greatest(c.last_movement_at, w.at),
      last_counted_at = greatest(c.last_counted_at, CASE WHEN w.at IS NOT NULL THEN _counted_at END)
    FROM was w WHERE c.site_id = w.site_id AND c.item_id = w.item_id)
  SELECT bool_or(w.parts) INTO _had FROM was w;
  IF _had OR cardinality(_part_ids) > 0 THEN
    WITH parts AS (
      SELECT e.site_id, e.item_id, row_number() OVER (PARTITION BY p.o ORDER BY p.n)::int AS place, p.id, p.quantity, p.value
      FROM unnest(_part_objects, _part_ids, _part_quantities, _part_values) WITH ORDINALITY AS p (o, id, quantity, value, n)
      JOIN unnest(_ends) WITH ORDINALITY AS e (site_id, item_id, from_at, q, v, a, f, o) ON e.o = p.o
    ), gone AS (
      DELETE FROM tenant_schema.cost_layers l USING unnest(_ends) e
      WHERE l.site_id = e.site_id AND l.item_id = e.item_id AND NOT EXISTS (
        SELECT FROM parts p WHERE p.site_id = l.site_id AND p.item_id = l.item_id AND p.place = l.place))
    INSERT INTO tenant_schema.cost_layers AS l (site_id, item_id, place, movement_id, quantity, value)
    SELECT p.site_id, p.item_id, p.place, p.id, p.quantity, p.value FROM parts p
    ON CONFLICT (site_id, item_id, place) DO UPDATE SET movement_id = excluded.movement_id, quantity = excluded.quantity, value = excluded.value
    WHERE (l.movement_id, l.quantity, l.value) IS DISTINCT FROM (excluded.movement_id, excluded.quantity, excluded.value);
  END IF;
END $$;

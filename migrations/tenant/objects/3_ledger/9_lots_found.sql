-- The lots that somebody named while counting, for the lines of what the count found: what is more than there was is of the lot
-- that was named there first.
CREATE FUNCTION tenant_schema.lots_found(_counted tenant_schema.posting_line[], _lots jsonb, _found tenant_schema.posting_line[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN _lots IS NOT NULL THEN (
  SELECT jsonb_agg(CASE WHEN f.quantity > 0 THEN (
      SELECT jsonb_build_array((_lots -> (c.n - 1)::int -> 0) - 'quantity')
      FROM unnest(_counted) WITH ORDINALITY AS c (item_id, location_id, quantity, value, unit_cost, reason_id, note, entered_quantity,
        entered_unit, effective_at, order_id, reverses_id, n)
      WHERE c.item_id = f.item_id AND c.location_id = f.location_id AND jsonb_typeof(_lots -> (c.n - 1)::int -> 0) = 'object'
      ORDER BY c.n LIMIT 1) END ORDER BY f.n)
  FROM unnest(_found) WITH ORDINALITY AS f (item_id, location_id, quantity, value, unit_cost, reason_id, note, entered_quantity,
    entered_unit, effective_at, order_id, reverses_id, n)) END;

-- What a count found, for whoever may post it, with costs for those who may see them; others are told that it is hidden. It can be
-- looked at while counting goes on.
CREATE FUNCTION tenant_schema.count_review(_sheet uuid)
RETURNS TABLE (location_id uuid, item_id uuid, lot text, expires_on date, entries bigint, last_entry bigint, counted numeric, first_at timestamptz, counted_at timestamptz,
  expected numeric, difference numeric, unit_cost numeric, is_over boolean, is_recounted boolean, has_moved boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.count_sheets := tenant_schema.count_for(_sheet, 'counts.post', '{OPEN,REVIEW,POSTED,DISCARDED}', false);
  _costs boolean := _row.site_id = ANY (tenant_schema.scope('stock.cost'));
  _found tenant_schema.count_finding[] := tenant_schema.count_findings(_row); -- asked by the query itself, the planner would ask too
BEGIN
  RETURN QUERY
    SELECT f.location_id, f.item_id, f.lot, f.expires_on, f.entries, f.last_entry, f.counted, f.first_at, f.counted_at, f.expected, f.difference,
      CASE WHEN _costs THEN f.unit_cost END, f.is_over, f.is_recounted, f.has_moved
    FROM unnest(_found) f;
END $$;

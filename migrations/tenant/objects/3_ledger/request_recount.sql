-- Asks for lines to be counted again: what was entered for them so far stays and counts no more. Answers how many.
CREATE FUNCTION tenant_schema.request_recount(_sheet uuid, _locations uuid[], _items uuid[]) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _asked int;
BEGIN
  PERFORM tenant_schema.count_for(_sheet, 'counts.post', '{OPEN,REVIEW}', true);
  UPDATE tenant_schema.count_lines l SET recount_after = n.last, recount_by = tenant_schema.me(), recount_at = clock_timestamp()
  FROM (SELECT e.location_id, e.item_id, max(e.id) AS last
        FROM unnest(_locations, _items) AS u (location_id, item_id)
        JOIN tenant_schema.count_entries e ON e.sheet_id = _sheet AND e.location_id = u.location_id AND e.item_id = u.item_id
        GROUP BY e.location_id, e.item_id) n
  WHERE l.sheet_id = _sheet AND l.location_id = n.location_id AND l.item_id = n.item_id AND l.recount_after IS DISTINCT FROM n.last;
  GET DIAGNOSTICS _asked = ROW_COUNT;
  UPDATE tenant_schema.count_areas a SET finished_by = NULL, finished_at = NULL
  WHERE _asked > 0 AND a.sheet_id = _sheet AND a.location_id = ANY (_locations) AND a.finished_at IS NOT NULL;
  RETURN _asked;
END $$;

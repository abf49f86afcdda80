-- Says that an area of a count is done, or is not after all; which is what its progress shows, and keeps nobody from entering.
CREATE FUNCTION tenant_schema.finish_area(_sheet uuid, _location uuid, _done boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM tenant_schema.count_for(_sheet, 'counts.enter', '{OPEN,REVIEW}', false);
  UPDATE tenant_schema.count_areas a SET finished_by = CASE WHEN _done THEN tenant_schema.me() END,
    finished_at = CASE WHEN _done THEN clock_timestamp() END
  WHERE a.sheet_id = _sheet AND a.location_id = _location AND (a.finished_at IS NOT NULL) IS DISTINCT FROM _done;
END $$;

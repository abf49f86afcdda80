-- A count that is being reviewed goes back to those who count.
CREATE FUNCTION tenant_schema.reopen_count(_sheet uuid, _version int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM tenant_schema.count_for(_sheet, 'counts.post', '{REVIEW}', true, _version);
  UPDATE tenant_schema.count_sheets s SET state = 'OPEN', counted_by = NULL, counted_at = NULL WHERE s.id = _sheet;
END $$;

-- Counting is done: the count goes to its review, and is entered no more, except for what is counted again.
CREATE FUNCTION tenant_schema.hand_over_count(_sheet uuid, _version int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM tenant_schema.count_for(_sheet, 'counts.enter', '{OPEN}', true, _version);
  IF NOT EXISTS (SELECT FROM tenant_schema.count_entries e WHERE e.sheet_id = _sheet) THEN
    RAISE EXCEPTION 'Nothing was counted yet.' USING ERRCODE = 'IM400';
  END IF;
  UPDATE tenant_schema.count_sheets s SET state = 'REVIEW', counted_by = tenant_schema.me(), counted_at = clock_timestamp() WHERE s.id = _sheet;
END $$;

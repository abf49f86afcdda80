-- Ends a count without posting it, with a reason. Whoever may post counts does so; one's own on which nothing was entered anybody.
CREATE FUNCTION tenant_schema.discard_count(_sheet uuid, _version int, _reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.count_sheets := tenant_schema.count_for(_sheet, 'counts.enter', '{OPEN,REVIEW}', true, _version);
BEGIN
  IF _row.started_by <> tenant_schema.me() OR EXISTS (SELECT FROM tenant_schema.count_entries e WHERE e.sheet_id = _sheet) THEN
    PERFORM tenant_schema.require_site(_row.site_id, 'counts.post');
  END IF;
  IF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this count is discarded.' USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "reason", "text": "Say why this count is discarded."}]';
  END IF;
  UPDATE tenant_schema.count_sheets s SET state = 'DISCARDED', reason = trim(_reason), ended_by = tenant_schema.me(),
    ended_at = clock_timestamp() WHERE s.id = _sheet;
END $$;

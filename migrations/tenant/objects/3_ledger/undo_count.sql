-- Undoes the posting of a count with a reason: its movements are reversed by new ones, and the count is back in its review, where
-- it can be put right and posted again, or discarded.
CREATE FUNCTION tenant_schema.undo_count(_key uuid, _sheet uuid, _version int, _reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _first tenant_schema.postings;
  _row tenant_schema.count_sheets;
  _movements bigint[];
  _result jsonb;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(_key::text, 0));
  SELECT p.* INTO _first FROM tenant_schema.postings p JOIN tenant_schema.postings c ON c.id = p.reverses_id AND c.kind = 'COUNT'
   WHERE p.id = _key AND p.posted_by = tenant_schema.me(); -- sent again
  IF _first.id IS NOT NULL THEN
    RETURN tenant_schema.posting_result(_first);
  END IF;
  _row := tenant_schema.count_for(_sheet, 'counts.post', '{POSTED}', true, _version);
  IF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why the posting is undone.' USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "reason", "text": "Say why the posting is undone."}]';
  END IF;
  _movements := ARRAY(SELECT m.id FROM tenant_schema.stock_movements m WHERE m.posting_id = _row.posting_id
    AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id) ORDER BY m.id);
  IF cardinality(_movements) > 0 THEN
    _result := tenant_schema.reverse_movements(_key, _movements, _reason);
  END IF;
  UPDATE tenant_schema.count_sheets s SET state = 'REVIEW', posting_id = NULL, blanks = NULL, approved_by = NULL, approved_at = NULL,
    approved_hash = NULL, approved_up_to = NULL, ended_by = NULL, ended_at = NULL, reason = trim(_reason) WHERE s.id = _sheet;
  RETURN _result;
END $$;

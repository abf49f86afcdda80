-- Posts a count that was reviewed, as one posting: by how much each line differs at its own time. `_seen` is the last entry the
-- person saw; `_blanks` says what becomes of lines that nobody counted: LEAVE them as they are, or ZERO. What is over the tolerance
-- was counted again or approved; what is worth more than the person's limit was approved, line by line as it is posted, by somebody
-- whose limit of that day reaches. What lots were counted differs lot by lot.
CREATE FUNCTION tenant_schema.post_count(_key uuid, _sheet uuid, _version int, _seen bigint, _blanks text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('count', _sheet, _version, _seen, _blanks)::text, 'UTF8'));
  _row tenant_schema.count_sheets;
  _posting tenant_schema.postings;
  _lines tenant_schema.posting_line[];
  _items uuid[];
  _counted uuid[];
  _limited boolean;
  _found tenant_schema.count_finding[];
  _differs tenant_schema.count_finding[];
  _problems jsonb;
  _approved boolean;
  _amount numeric;
  _result jsonb;
BEGIN
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  _row := tenant_schema.count_for(_sheet, 'counts.post', '{REVIEW}', true, _version);
  PERFORM tenant_schema.refuse_unseen(_sheet, _seen);
  _limited := tenant_schema.lock_limit('counts.post', _row.site_id);
  IF _row.approved_by <> tenant_schema.me() THEN -- whose limit is used
    PERFORM pg_advisory_xact_lock(hashtextextended(format('limit of tenant_schema %s counts.post %s', _row.approved_by, _row.site_id), 0));
  END IF;
  SELECT array_agg(DISTINCT c.item_id), min(c.counted_at) INTO _items, _posting.effective_at -- one heap and no join, see count_findings()
    FROM (SELECT e.item_id, e.counted_at FROM tenant_schema.count_entries e WHERE e.sheet_id = _sheet
          UNION ALL SELECT l.item_id, NULL FROM tenant_schema.count_lines l WHERE l.sheet_id = _sheet AND _blanks = 'ZERO') c;
  PERFORM tenant_schema.lock_costs(_row.site_id, _items, least(_posting.effective_at, _row.counted_at));
  _found := tenant_schema.count_findings(_row);
  _approved := _row.approved_hash IS NOT NULL AND _row.approved_hash = tenant_schema.findings_hash(_found);
  _problems := tenant_schema.count_problems(_row, _found, _approved, _blanks);
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This count was not posted: something has to be decided first.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  SELECT coalesce(array_agg(ROW(f.item_id, f.location_id, coalesce(f.counted, 0), NULL, NULL, NULL, '', NULL, NULL, f.counted_at, NULL, NULL)
      ::tenant_schema.posting_line ORDER BY f.location_id, f.item_id), '{}'),
    coalesce(array_agg(f.item_id), '{}'), max(f.counted_at),
    coalesce(array_agg(f ORDER BY f.location_id, f.item_id, f.lot) FILTER (WHERE coalesce(f.counted, 0) <> f.expected), '{}')
    INTO _lines, _counted, _posting.effective_at, _differs
    FROM unnest(_found) f WHERE f.counted IS NOT NULL OR _blanks = 'ZERO';
  _problems := tenant_schema.check_lines('COUNT', _row.site_id, _lines);
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This count was not posted.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  _posting.id := _key;
  _posting.kind := 'COUNT';
  _posting.site_id := _row.site_id;
  _posting.reference := 'CNT-' || _row.number;
  _posting.note := _row.name;
  _posting.content_hash := _content;
  _lines := ARRAY(SELECT ROW(f.item_id, f.location_id, coalesce(f.counted, 0) - f.expected, NULL, NULL, NULL, '', coalesce(f.counted, 0), NULL,
      f.counted_at, NULL, NULL)::tenant_schema.posting_line FROM unnest(_differs) WITH ORDINALITY AS f (location_id, item_id, lot, expires_on,
      entries, last_entry, counted, first_at, counted_at, expected, difference, unit_cost, is_over, is_recounted, has_moved, n) ORDER BY f.n);
  PERFORM tenant_schema.keep_counted(_posting, _counted, _lines);
  _result := tenant_schema.post_lines(_posting, _lines, NULL, NULL, NULL, tenant_schema.lots_counted(_found, _differs));
  UPDATE tenant_schema.count_sheets s SET state = 'POSTED', posting_id = _key, blanks = _blanks, ended_by = tenant_schema.me(),
    ended_at = clock_timestamp(), reason = '' WHERE s.id = _sheet;
  _approved := _approved AND _row.approved_by <> tenant_schema.me()
    AND EXISTS (SELECT FROM tenant_schema.members m WHERE m.id = _row.approved_by AND m.is_active) AND (_row.approved_up_to IS NULL
      OR (tenant_schema.used_today(_row.approved_by, 'counts.post', _row.site_id)).amount <= _row.approved_up_to)
    AND NOT (_blanks = 'ZERO' AND EXISTS (SELECT FROM unnest(_found) f WHERE f.counted IS NULL AND f.expected <> 0)); -- nobody approved that
  IF _approved IS NOT TRUE THEN
    UPDATE tenant_schema.count_sheets s SET approved_hash = NULL, approved_up_to = NULL
     WHERE s.id = _sheet AND s.approved_hash IS NOT NULL; -- it is on whoever posts it
    IF _limited THEN
      SELECT coalesce(sum(abs(m.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0))), 0)
        INTO _amount FROM tenant_schema.stock_movements m WHERE m.posting_id = _key;
      PERFORM tenant_schema.require_limit('counts.post', _row.site_id, _amount);
    END IF;
  END IF;
  RETURN _result;
END $$;

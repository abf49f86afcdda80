-- Undoes movements of one posting by new ones that name them, with a reason, under a reference of its own or that of the posting. A person may undo what they posted themselves;
-- what others posted needs documents.reverse, and nobody undoes more than their money limit lets them do. Sales are undone by
-- void_order alone. What another movement brought back or carried on is undone after that one. In a closed period nothing
-- changes: what was posted there is undone as of the first open day, by bringing back what left and giving back what came.
CREATE FUNCTION tenant_schema.reverse_movements(_key uuid, _movements bigint[], _reason text, _reference text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('reverse', _movements, _reason, _reference)::text, 'UTF8'));
  _posting tenant_schema.postings;
  _first tenant_schema.postings;
  _items uuid[];
  _found int;
  _postings int;
  _permission text;
  _limited boolean;
  _open timestamptz;
  _lines tenant_schema.posting_line[];
  _of bigint[];
  _result jsonb;
BEGIN
  IF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this is undone.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "reason", "text": "Say why this is undone."}]';
  END IF;
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  SELECT count(*), count(DISTINCT m.posting_id), array_agg(m.item_id) INTO _found, _postings, _items
    FROM tenant_schema.stock_movements m
   WHERE m.id = ANY (_movements) AND m.kind <> 'SALE' AND m.order_id IS NULL AND m.reverses_id IS NULL
     AND (m.posted_by = tenant_schema.me() OR m.site_id = ANY (tenant_schema.scope('stock.view'))); -- others do not exist
  IF _found = 0 OR _found <> cardinality(_movements) OR _postings <> 1 THEN
    RAISE EXCEPTION 'Only movements of one document that are not undone themselves can be undone.' USING ERRCODE = 'IM400';
  END IF;
  SELECT p.* INTO STRICT _first FROM tenant_schema.postings p
    JOIN tenant_schema.stock_movements m ON m.posting_id = p.id WHERE m.id = _movements[1];
  IF EXISTS (SELECT FROM tenant_schema.stock_movements m LEFT JOIN tenant_schema.reason_codes r ON r.id = m.reason_id
      JOIN tenant_schema.items i ON i.id = m.item_id
      WHERE m.id = ANY (_movements) AND (i.merged_into_id IS NOT NULL OR r.code = 'REPACKING')) THEN
    RAISE EXCEPTION 'This belongs to items that were merged. Adjust the one that is left instead.' USING ERRCODE = 'IM400';
  END IF;
  _permission := tenant_schema.permission_of(_first.kind);
  PERFORM tenant_schema.require_site(_first.site_id,
    CASE WHEN _first.posted_by = tenant_schema.me() THEN _permission ELSE 'documents.reverse' END);
  _limited := _permission IN ('waste.record', 'adjustments.record', 'transfers.send', 'counts.post', 'production.record') AND tenant_schema.lock_limit(_permission, _first.site_id);
  PERFORM tenant_schema.lock_costs(_first.site_id, _items, _first.effective_at,
    ARRAY(SELECT m.of_id FROM tenant_schema.stock_movements m WHERE m.id = ANY (_movements) AND m.of_id IS NOT NULL));
  IF EXISTS (SELECT FROM tenant_schema.stock_movements m WHERE m.reverses_id = ANY (_movements)) THEN
    RAISE EXCEPTION 'This was already undone.' USING ERRCODE = 'IM409';
  END IF;
  IF _first.kind IN ('PRODUCTION', 'MOVE') AND _found <> _first.line_count THEN
    RAISE EXCEPTION 'What belongs together is undone together: choose all lines of the document.' USING ERRCODE = 'IM400';
  END IF;
  IF EXISTS (SELECT FROM tenant_schema.stock_movements t WHERE t.of_id = ANY (_movements) AND t.reverses_id IS NULL
             AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = t.id)) THEN
    RAISE EXCEPTION 'Something of this came back or arrived elsewhere: undo that first.' USING ERRCODE = 'IM409';
  END IF;
  IF _first.kind <> 'PRODUCTION' AND EXISTS (SELECT FROM tenant_schema.stock_movements m WHERE m.id = ANY (_movements) AND m.weight = 0) THEN
    RAISE EXCEPTION 'This was missing when a transfer arrived: undo its receipt instead.' USING ERRCODE = 'IM409';
  END IF;
  _lines := tenant_schema.reversed_lines(_movements, _reason);
  _open := tenant_schema.open_from(_first.site_id);
  _posting.id := _key;
  _posting.kind := _first.kind;
  _posting.site_id := _first.site_id;
  _posting.effective_at := _first.effective_at;
  _posting.supplier_id := _first.supplier_id;
  _posting.reference := left(coalesce(_reference, _first.reference), 200);
  _posting.note := _reason;
  _posting.reverses_id := _first.id;
  _posting.content_hash := _content;
  _posting.to_site_id := _first.to_site_id;
  _posting.to_rate := _first.to_rate;
  IF _first.effective_at < _open THEN
    IF _first.kind = 'TRANSFER_IN' THEN -- what arrived in closed days cannot be under way in open ones
      RAISE EXCEPTION 'This arrived in days that are closed: send it back as a transfer of its own.' USING ERRCODE = 'IM400';
    END IF;
    _posting.effective_at := _open;
    _of := ARRAY(SELECT l.reverses_id FROM unnest(_lines) l);
    _lines := ARRAY(SELECT ROW(l.item_id, l.location_id, l.quantity, NULL, NULL, l.reason_id, l.note, l.entered_quantity, l.entered_unit, _open,
      l.order_id, NULL)::tenant_schema.posting_line FROM unnest(_lines) l);
  END IF;
  _result := tenant_schema.post_lines(_posting, _lines, _of);
  IF _limited THEN
    PERFORM tenant_schema.require_limit(_permission, _first.site_id,
      (SELECT sum(abs(m.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0)))
       FROM tenant_schema.stock_movements m WHERE m.posting_id = _key AND NOT (m.kind = 'PRODUCTION' AND m.value < 0)));
  END IF;
  RETURN _result;
END $$;

-- Undoes a change of prices (PRICE or LANDED) by one that takes back what it changed, with a reason: what was received is worth
-- again what it was, what is still there of it and what was used. A person may undo what they posted themselves; what others
-- posted needs documents.reverse. In a closed period nothing changes: what was dated there is undone as of the first open day.
CREATE FUNCTION tenant_schema.undo_prices(_key uuid, _posting_id uuid, _reason text, _reference text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('undo prices', _posting_id, _reason, _reference)::text, 'UTF8'));
  _first tenant_schema.postings;
  _posting tenant_schema.postings;
  _items uuid[];
  _from timestamptz;
  _limited boolean;
  _seeds tenant_schema.cost_object[];
  _result jsonb;
BEGIN
  IF _key IS NULL OR length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this is undone.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "reason", "text": "Say why this is undone."}]';
  END IF;
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  SELECT p.* INTO _first FROM tenant_schema.postings p
   WHERE p.id = _posting_id AND p.kind IN ('PRICE', 'LANDED') AND p.reverses_id IS NULL
     AND (p.posted_by = tenant_schema.me() OR p.site_id = ANY (tenant_schema.scope('stock.cost'))); -- others do not exist
  IF _first.id IS NULL THEN
    RAISE EXCEPTION 'Only a change of prices that is no undoing itself can be undone here.' USING ERRCODE = 'IM400';
  END IF;
  PERFORM tenant_schema.require_site(_first.site_id,
    CASE WHEN _first.posted_by = tenant_schema.me() THEN 'adjustments.record' ELSE 'documents.reverse' END);
  PERFORM tenant_schema.require_site(_first.site_id, 'stock.cost');
  _limited := tenant_schema.lock_limit('adjustments.record', _first.site_id);
  SELECT array_agg(m.item_id), min(m.effective_at),
      array_agg(ROW(m.site_id, m.item_id, m.effective_at, NULL, NULL, NULL, NULL)::tenant_schema.cost_object)
    INTO _items, _from, _seeds
    FROM tenant_schema.price_changes c JOIN tenant_schema.stock_movements m ON m.id = c.movement_id WHERE c.posting_id = _first.id;
  PERFORM tenant_schema.lock_costs(_first.site_id, coalesce(_items, '{}'), _from);
  IF EXISTS (SELECT FROM tenant_schema.postings p WHERE p.reverses_id = _first.id) THEN
    RAISE EXCEPTION 'This was already undone.' USING ERRCODE = 'IM409';
  END IF;
  INSERT INTO tenant_schema.price_changes (movement_id, posting_id, site_id, amount)
  SELECT c.movement_id, _key, c.site_id, -c.amount FROM tenant_schema.price_changes c WHERE c.posting_id = _first.id ORDER BY c.id;
  IF EXISTS (SELECT FROM tenant_schema.price_changes n JOIN tenant_schema.stock_movements m ON m.id = n.movement_id
             WHERE n.posting_id = _key AND m.given_value + (SELECT sum(c.amount) FROM tenant_schema.price_changes c
               WHERE c.movement_id = m.id) < 0) THEN
    RAISE EXCEPTION 'Nothing is worth less than nothing: prices were changed again since. Undo that first.' USING ERRCODE = 'IM409';
  END IF;
  _posting.id := _key;
  _posting.kind := _first.kind;
  _posting.site_id := _first.site_id;
  _posting.effective_at := greatest(_first.effective_at, tenant_schema.open_from(_first.site_id));
  _posting.supplier_id := _first.supplier_id;
  _posting.reference := left(coalesce(_reference, _first.reference), 200);
  _posting.note := trim(_reason);
  _posting.reverses_id := _first.id;
  _posting.content_hash := _content;
  _result := tenant_schema.post_lines(_posting, '{}', NULL, NULL, coalesce(_seeds, '{}'));
  IF _limited THEN
    PERFORM tenant_schema.require_limit('adjustments.record', _first.site_id,
      (SELECT coalesce(sum(abs(c.amount)), 0) FROM tenant_schema.price_changes c WHERE c.posting_id = _key));
  END IF;
  RETURN _result;
END $$;

-- Voids an order: its sale no longer counts and what it used comes back at the cost it left with.
CREATE FUNCTION tenant_schema.void_order(_key uuid, _order uuid, _reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('void', _order, _reason)::text, 'UTF8'));
  _row tenant_schema.orders;
  _movements bigint[];
  _items uuid[];
  _posting tenant_schema.postings;
  _result jsonb;
BEGIN
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  SELECT * INTO _row FROM tenant_schema.orders o WHERE o.id = _order AND o.site_id = ANY (tenant_schema.scope('sales.void')) FOR UPDATE;
  IF _row.id IS NULL THEN
    RAISE EXCEPTION 'This order does not exist, or your roles do not allow voiding it.' USING ERRCODE = 'IM403';
  END IF;
  IF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this order is voided.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "reason", "text": "Say why this order is voided."}]';
  END IF;
  PERFORM tenant_schema.refuse_void(_row);
  SELECT coalesce(array_agg(m.id), '{}'), coalesce(array_agg(m.item_id), '{}') INTO _movements, _items
    FROM tenant_schema.stock_movements m WHERE m.order_id = _order AND m.reverses_id IS NULL;
  PERFORM tenant_schema.lock_limit('sales.void', _row.site_id);
  PERFORM tenant_schema.lock_costs(_row.site_id, _items, _row.placed_at);
  _posting.id := _key;
  _posting.kind := (SELECT p.kind FROM tenant_schema.postings p WHERE p.id = _row.posting_id);
  _posting.site_id := _row.site_id;
  _posting.effective_at := _row.placed_at;
  _posting.reference := _row.number;
  _posting.note := _reason;
  _posting.reverses_id := _row.posting_id;
  _posting.content_hash := _content;
  UPDATE tenant_schema.orders o SET state = 'VOIDED', void_posting_id = _key, void_reason = _reason, version = o.version + 1
   WHERE o.id = _order RETURNING sha256(convert_to(tenant_schema.void_line(o), 'UTF8')) INTO _posting.orders_hash;
  _result := tenant_schema.post_lines(_posting, coalesce(tenant_schema.reversed_lines(_movements, _reason), '{}'));
  PERFORM tenant_schema.require_limit('sales.void', _row.site_id, abs(_row.net_total + _row.tax_total));
  RETURN _result;
END $$;

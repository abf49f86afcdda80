-- Gives a part of an order back: an order of its own with negative lines, which names the one it is a part of. What the refunded
-- lines used comes back into stock at the cost it left with (rule 8); where the food is lost all the same, `_wastes` names the
-- reason and it leaves again as waste. Never more than was sold. Answers id, number, value and lines of the posting.
CREATE FUNCTION tenant_schema.refund_order(
  _key uuid, _order uuid, _lines int[], _quantities numeric[], _wastes uuid[], _reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('refund', _order, _lines, _quantities, _wastes, _reason)::text, 'UTF8'));
  _row tenant_schema.orders;
  _refund tenant_schema.orders;
  _site tenant_schema.sites;
  _items tenant_schema.order_items[];
  _returned tenant_schema.posting_line[];
  _posting tenant_schema.postings;
  _waste tenant_schema.postings;
  _wasting boolean := EXISTS (SELECT FROM unnest(_wastes) w WHERE w IS NOT NULL);
  _problems jsonb;
  _result jsonb;
BEGIN
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  SELECT * INTO _row FROM tenant_schema.orders o WHERE o.id = _order AND o.site_id = ANY (tenant_schema.scope('sales.void')) FOR UPDATE;
  IF _row.id IS NULL THEN
    RAISE EXCEPTION 'This order does not exist, or your roles do not allow refunding it.' USING ERRCODE = 'IM403';
  ELSIF _row.state <> 'CLOSED' OR _row.kind = 'REFUND' THEN
    RAISE EXCEPTION 'Order % cannot be refunded: only a posted order that stands can.', _row.number USING ERRCODE = 'IM409';
  END IF;
  _site := tenant_schema.require_site(_row.site_id, 'sales.void');
  IF _wasting THEN
    PERFORM tenant_schema.require_site(_row.site_id, 'waste.record');
  END IF;
  IF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this is refunded.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "reason", "text": "Say why this is refunded."}]';
  ELSIF coalesce(cardinality(_lines), 0) NOT BETWEEN 1 AND 500 OR cardinality(_quantities) IS DISTINCT FROM cardinality(_lines)
     OR cardinality(_wastes) IS DISTINCT FROM cardinality(_lines) THEN
    RAISE EXCEPTION 'Say how much of which line is refunded.' USING ERRCODE = 'IM400';
  END IF;
  _problems := tenant_schema.check_refund(_order, _lines, _quantities, _wastes);
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This cannot be refunded.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  PERFORM tenant_schema.lock_limit('sales.void', _site.id);
  IF _wasting THEN
    PERFORM tenant_schema.lock_limit('waste.record', _site.id);
  END IF;
  PERFORM tenant_schema.lock_costs(_site.id, ARRAY(SELECT m.item_id FROM tenant_schema.stock_movements m WHERE m.order_id = _order));

  _refund := _row;
  _refund.id := gen_random_uuid();
  _refund.kind := 'REFUND';
  _refund.part_of_id := _order;
  _refund.placed_at := clock_timestamp();
  _refund.business_day := tenant_schema.business_day(_refund.placed_at, _site.time_zone, _site.day_cutover_hour);
  _refund.number := left(_row.number, 90) || '/R' || 1 + (
    SELECT count(*) FROM tenant_schema.orders o WHERE o.part_of_id = _order AND o.kind = 'REFUND');
  _refund.covers := NULL;
  _refund.import_id := NULL;
  _refund.posting_id := _key;
  _refund.note := trim(_reason);
  _returned := tenant_schema.returned_lines(_row, _refund.id, _refund.placed_at, _lines, _quantities, _wastes);
  _items := tenant_schema.refund_items(_row, _refund.id, _refund.business_day, _lines, _quantities);
  _posting.id := _key;
  _posting.kind := (SELECT p.kind FROM tenant_schema.postings p WHERE p.id = _row.posting_id);
  _posting.site_id := _site.id;
  _posting.effective_at := _refund.placed_at;
  _posting.reference := _refund.number;
  _posting.note := _refund.note;
  _posting.reverses_id := _row.posting_id;
  _posting.content_hash := _content;
  _posting.orders_hash := tenant_schema.add_orders(ARRAY[_refund], _items);
  UPDATE tenant_schema.orders o SET version = o.version + 1,
    refunded = o.refunded - (SELECT sum(i.net_amount + i.tax_amount) FROM unnest(_items) i) WHERE o.id = _order;
  _result := tenant_schema.post_lines(_posting, ARRAY(
      SELECT ROW(l.item_id, l.location_id, l.quantity, NULL, NULL, l.reason_id, _refund.note, NULL, NULL, l.effective_at,
        l.order_id, NULL)::tenant_schema.posting_line FROM unnest(_returned) WITH ORDINALITY l ORDER BY l.ordinality),
    ARRAY(SELECT l.reverses_id FROM unnest(_returned) WITH ORDINALITY l ORDER BY l.ordinality));
  IF _wasting AND EXISTS (SELECT FROM unnest(_returned) l WHERE l.note <> '') THEN
    _waste := _posting;
    _waste.id := gen_random_uuid();
    _waste.kind := 'WASTE';
    _waste.number := NULL;
    _waste.reverses_id := NULL;
    _waste.orders_hash := NULL;
    PERFORM tenant_schema.post_lines(_waste, (
      SELECT array_agg(ROW(l.item_id, l.location_id, -l.quantity, NULL, NULL, l.note::uuid, _refund.note, NULL, NULL, l.effective_at,
        NULL, NULL)::tenant_schema.posting_line) FROM unnest(_returned) l WHERE l.note <> ''));
    PERFORM tenant_schema.require_limit('waste.record', _site.id,
      (SELECT sum(abs(m.value)) FROM tenant_schema.stock_movements m WHERE m.posting_id = _waste.id));
  END IF;
  PERFORM tenant_schema.require_limit('sales.void', _site.id, (SELECT abs(sum(i.net_amount + i.tax_amount)) FROM unnest(_items) i));
  RETURN _result;
END $$;

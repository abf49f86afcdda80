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
  _returned tenant_schema.posting_line[];
  _waste tenant_schema.postings;
  _wasting boolean := EXISTS (SELECT FROM unnest(_wastes) w WHERE w IS NOT NULL);
  _problems jsonb;
  _result jsonb;
BEGIN
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  _row := tenant_schema.refundable_order(_order, _reason);
  IF _wasting THEN
    PERFORM tenant_schema.require_site(_row.site_id, 'waste.record');
  END IF;
  IF coalesce(cardinality(_lines), 0) NOT BETWEEN 1 AND 500 OR cardinality(_quantities) IS DISTINCT FROM cardinality(_lines)
     OR cardinality(_wastes) IS DISTINCT FROM cardinality(_lines) THEN
    RAISE EXCEPTION 'Say how much of which line is refunded.' USING ERRCODE = 'IM400';
  END IF;
  _problems := tenant_schema.check_refund(_order, _lines, _quantities, _wastes);
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This cannot be refunded.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  PERFORM tenant_schema.lock_limit('sales.void', _row.site_id);
  IF _wasting THEN
    PERFORM tenant_schema.lock_limit('waste.record', _row.site_id);
  END IF;
  PERFORM tenant_schema.lock_costs(_row.site_id, ARRAY(SELECT m.item_id FROM tenant_schema.stock_movements m WHERE m.order_id = _order));
  _refund := tenant_schema.new_refund(_row, _key, _reason);
  _returned := tenant_schema.returned_lines(_row, _refund.id, _refund.placed_at, _lines, _quantities, _wastes);
  _result := tenant_schema.post_refund(_row, _refund,
    tenant_schema.refund_items(_row, _refund.id, _refund.business_day, _lines, _quantities), _content, _returned);
  IF _wasting AND EXISTS (SELECT FROM unnest(_returned) l WHERE l.note <> '') THEN
    _waste.id := gen_random_uuid();
    _waste.kind := 'WASTE';
    _waste.site_id := _row.site_id;
    _waste.effective_at := _refund.placed_at;
    _waste.reference := _refund.number;
    _waste.note := _refund.note;
    _waste.content_hash := _content;
    PERFORM tenant_schema.post_lines(_waste, (
      SELECT array_agg(ROW(l.item_id, l.location_id, -l.quantity, NULL, NULL, l.note::uuid, _refund.note, NULL, NULL, l.effective_at,
        NULL, NULL)::tenant_schema.posting_line) FROM unnest(_returned) l WHERE l.note <> ''));
    PERFORM tenant_schema.require_limit('waste.record', _row.site_id,
      (SELECT sum(abs(m.value)) FROM tenant_schema.stock_movements m WHERE m.posting_id = _waste.id));
  END IF;
  RETURN _result;
END $$;

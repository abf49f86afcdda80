-- Records a refund with its lines, and brings what `_returned` names back into stock: `reverses_id` of a line is the movement at
-- whose cost it comes back. Answers what its posting answers.
CREATE FUNCTION tenant_schema.post_refund(
  _order tenant_schema.orders, _refund tenant_schema.orders, _items tenant_schema.order_items[], _content bytea,
  _returned tenant_schema.posting_line[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _posting tenant_schema.postings;
  _result jsonb;
BEGIN
  _posting.id := _refund.posting_id;
  _posting.kind := (SELECT p.kind FROM tenant_schema.postings p WHERE p.id = _order.posting_id);
  _posting.site_id := _order.site_id;
  _posting.effective_at := _refund.placed_at;
  _posting.reference := _refund.number;
  _posting.note := _refund.note;
  _posting.reverses_id := _order.posting_id;
  _posting.content_hash := _content;
  _posting.orders_hash := tenant_schema.add_orders(ARRAY[_refund], _items);
  UPDATE tenant_schema.orders o SET version = o.version + 1,
    refunded = o.refunded - (SELECT sum(i.net_amount + i.tax_amount) FROM unnest(_items) i) WHERE o.id = _order.id;
  _result := tenant_schema.post_lines(_posting, ARRAY(
      SELECT ROW(l.item_id, l.location_id, l.quantity, NULL, NULL, l.reason_id, _refund.note, NULL, NULL, l.effective_at,
        l.order_id, NULL)::tenant_schema.posting_line FROM unnest(_returned) WITH ORDINALITY l ORDER BY l.ordinality),
    ARRAY(SELECT l.reverses_id FROM unnest(_returned) WITH ORDINALITY l ORDER BY l.ordinality));
  PERFORM tenant_schema.require_limit('sales.void', _order.site_id,
    (SELECT abs(sum(i.net_amount + i.tax_amount)) FROM unnest(_items) i));
  RETURN _result;
END $$;

-- Voids an order, with the lines and modifiers of it that were mapped later: none of it counts as sold any more, and what it used
-- comes back at the cost it left with. What still waits to be mapped of it waits no longer.
CREATE FUNCTION tenant_schema.void_order(_key uuid, _order uuid, _reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('void', _order, _reason)::text, 'UTF8'));
  _row tenant_schema.orders;
  _part tenant_schema.orders;
  _parts tenant_schema.orders[]; -- the order itself, and its additions
  _ids uuid[];
  _movements bigint[];
  _items uuid[];
  _posting tenant_schema.postings;
  _result jsonb;
BEGIN
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  SELECT * INTO _row FROM tenant_schema.orders o WHERE o.id = _order AND o.site_id = ANY (tenant_schema.scope('sales.void'));
  IF _row.id IS NULL THEN
    RAISE EXCEPTION 'This order does not exist, or your roles do not allow voiding it.' USING ERRCODE = 'IM403';
  END IF;
  IF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this order is voided.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "reason", "text": "Say why this order is voided."}]';
  END IF;
  PERFORM tenant_schema.lock_unmapped(_row.site_id); -- nothing is added to it meanwhile
  PERFORM FROM tenant_schema.orders o WHERE o.id = _order OR (o.part_of_id = _order AND o.kind = 'ADDITION') ORDER BY o.id FOR UPDATE;
  _parts := ARRAY(SELECT o FROM tenant_schema.orders o
    WHERE o.id = _order OR (o.part_of_id = _order AND o.kind = 'ADDITION' AND o.state = 'CLOSED') ORDER BY o.id <> _order, o.id);
  _row := _parts[1];
  PERFORM tenant_schema.refuse_part(_row);
  FOREACH _part IN ARRAY _parts LOOP
    PERFORM tenant_schema.refuse_void(_part);
  END LOOP;
  _ids := ARRAY(SELECT p.id FROM unnest(_parts) p);
  SELECT coalesce(array_agg(m.id), '{}'), coalesce(array_agg(m.item_id), '{}') INTO _movements, _items
    FROM tenant_schema.stock_movements m WHERE m.order_id = ANY (_ids) AND m.reverses_id IS NULL;
  PERFORM tenant_schema.lock_limit('sales.void', _row.site_id);
  PERFORM tenant_schema.lock_costs(_row.site_id, _items, (SELECT min(p.placed_at) FROM unnest(_parts) p));
  _posting.id := _key;
  _posting.kind := (SELECT p.kind FROM tenant_schema.postings p WHERE p.id = _row.posting_id);
  _posting.site_id := _row.site_id;
  _posting.effective_at := _row.placed_at;
  _posting.reference := _row.number;
  _posting.note := _reason;
  _posting.reverses_id := _row.posting_id;
  _posting.content_hash := _content;
  WITH voided AS (
    UPDATE tenant_schema.orders o SET state = 'VOIDED', void_posting_id = _key, void_reason = _reason, version = o.version + 1
     WHERE o.id = ANY (_ids) RETURNING o.id, tenant_schema.void_line(o) AS words)
  SELECT sha256(convert_to(string_agg(v.words, E'\n' ORDER BY v.id), 'UTF8')) INTO _posting.orders_hash FROM voided v;
  UPDATE tenant_schema.unmapped_sales u SET state = 'VOIDED'
   WHERE u.site_id = _row.site_id AND u.business_day = _row.business_day AND u.number = _row.number AND _row.kind = 'SALE'
     AND u.state IN ('WAITING', 'IGNORED');
  UPDATE tenant_schema.unmapped_modifiers u SET state = 'VOIDED' WHERE u.order_id = ANY (_ids) AND u.state IN ('WAITING', 'IGNORED');
  _result := tenant_schema.post_lines(_posting, coalesce(tenant_schema.reversed_lines(_movements, _reason), '{}'));
  PERFORM tenant_schema.require_limit('sales.void', _row.site_id,
    (SELECT sum(abs(p.net_total + p.tax_total)) FROM unnest(_parts) p));
  RETURN _result;
END $$;

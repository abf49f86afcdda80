-- Posts an open order: its lines are sold, and what they use leaves the stock at once, with the recipes of its business day. One
-- planned for later today is posted now; one planned for another day waits for that day. A staff meal is no sale: what it uses
-- leaves with the reason for staff meals, within what the person may adjust. Answers id, number, value, lines of the posting.
CREATE FUNCTION tenant_schema.post_order(_key uuid, _order uuid, _version int) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('order', _order, _version)::text, 'UTF8'));
  _row tenant_schema.orders;
  _site tenant_schema.sites;
  _items tenant_schema.order_items[];
  _lines tenant_schema.posting_line[];
  _posting tenant_schema.postings;
  _meal boolean;
  _result jsonb;
BEGIN
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  SELECT * INTO _row FROM tenant_schema.orders o WHERE o.id = _order AND o.site_id = ANY (tenant_schema.scope('sales.enter')) FOR UPDATE;
  IF _row.id IS NULL THEN
    RAISE EXCEPTION 'This order does not exist, or your roles do not allow posting it.' USING ERRCODE = 'IM403';
  ELSIF _row.state <> 'OPEN' THEN
    RAISE EXCEPTION 'Order % is no longer open.', _row.number USING ERRCODE = 'IM409';
  ELSIF _row.version IS DISTINCT FROM _version THEN
    RAISE EXCEPTION 'Somebody else changed this order meanwhile. Reload it.' USING ERRCODE = 'IM409';
  END IF;
  _meal := _row.kind = 'STAFF_MEAL';
  _site := tenant_schema.require_site(_row.site_id, CASE WHEN _meal THEN 'adjustments.record' ELSE 'sales.enter' END);
  IF _row.business_day > tenant_schema.business_day(clock_timestamp(), _site.time_zone, _site.day_cutover_hour) THEN
    RAISE EXCEPTION 'Order % is planned for %: it is posted on that day.', _row.number, _row.business_day USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "placed_at", "text": "This day has not come yet."}]';
  END IF;
  _row.placed_at := least(_row.placed_at, clock_timestamp());
  SELECT array_agg(ROW(_order, l.line, _site.id, _row.business_day, l.menu_item_id, l.quantity, l.unit_price, t.net, t.tax, l.modifiers, l.note,
      NULL)::tenant_schema.order_items ORDER BY l.line) INTO _items
    FROM (SELECT p.*, row_number() OVER (ORDER BY p.line) AS n FROM tenant_schema.planned_lines p WHERE p.order_id = _order) l
    JOIN tenant_schema.taxed_lines(_site,
      ARRAY(SELECT p.menu_item_id FROM tenant_schema.planned_lines p WHERE p.order_id = _order ORDER BY p.line),
      ARRAY(SELECT _row.business_day FROM tenant_schema.planned_lines p WHERE p.order_id = _order),
      ARRAY(SELECT p.quantity * p.unit_price - p.discount FROM tenant_schema.planned_lines p WHERE p.order_id = _order ORDER BY p.line)) t
      ON t.n = l.n;
  IF _meal THEN
    PERFORM tenant_schema.lock_limit('adjustments.record', _site.id);
  END IF;
  _lines := tenant_schema.used_by(_site.id, ARRAY[_row], _items);
  IF _meal THEN
    SELECT array_agg(ROW(l.item_id, l.location_id, l.quantity, l.value, l.unit_cost, r.id, l.note, l.entered_quantity, l.entered_unit,
        l.effective_at, l.order_id, l.reverses_id)::tenant_schema.posting_line)
      INTO _lines FROM unnest(_lines) l CROSS JOIN tenant_schema.reason_codes r WHERE r.code = 'STAFF_MEAL';
  END IF;
  _posting.id := _key;
  _posting.kind := CASE WHEN _meal THEN 'ADJUSTMENT' ELSE 'SALE' END;
  _posting.site_id := _site.id;
  _posting.effective_at := _row.placed_at;
  _posting.reference := _row.number;
  _posting.note := _row.note;
  _posting.content_hash := _content;
  INSERT INTO tenant_schema.order_items SELECT i.* FROM unnest(_items) i;
  DELETE FROM tenant_schema.planned_lines p WHERE p.order_id = _order;
  UPDATE tenant_schema.orders o SET state = 'CLOSED', posting_id = _key, placed_at = _row.placed_at, version = o.version + 1,
    net_total = (SELECT sum(i.net_amount) FROM unnest(_items) i), tax_total = (SELECT sum(i.tax_amount) FROM unnest(_items) i),
    items_hash = (SELECT sha256(convert_to(string_agg(tenant_schema.order_item_line(i), E'\n' ORDER BY i.line), 'UTF8'))
                  FROM unnest(_items) i)
   WHERE o.id = _order RETURNING sha256(convert_to(tenant_schema.order_line(o), 'UTF8')) INTO _posting.orders_hash;
  _result := tenant_schema.post_lines(_posting, coalesce(_lines, '{}'));
  IF _meal THEN
    PERFORM tenant_schema.require_limit('adjustments.record', _site.id,
      (SELECT sum(abs(m.value)) FROM tenant_schema.stock_movements m WHERE m.posting_id = _key));
  END IF;
  RETURN _result;
END $$;

-- Keeps an order that somebody enters: a catering, a wholesale or internal order, a staff meal. It stays open, takes nothing out of
-- stock and may be changed until it is posted. `_order` is the desk's own id for it; version 0 begins a new one. Header: site_id,
-- kind, channel, placed_at (also ahead), customer_id, covers, note; posting_key: it is posted under this key in the same
-- transaction, so a repetition answers what was posted. Modifiers name the line they belong to by its place, from 1, and their prices
-- are in its unit price. Answers id, number, version, net and tax.
CREATE FUNCTION tenant_schema.save_order(
  _order uuid, _version int, _header jsonb, _menu_items uuid[], _quantities numeric[], _unit_prices numeric[], _discounts numeric[],
  _notes text[], _modified_lines int[] DEFAULT NULL, _modifiers uuid[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _site tenant_schema.sites := tenant_schema.require_site((_header ->> 'site_id')::uuid, 'sales.enter');
  _old tenant_schema.orders;
  _row tenant_schema.orders;
  _lines tenant_schema.planned_lines[];
  _problems jsonb;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(_order::text, 1));
  SELECT * INTO _old FROM tenant_schema.orders o WHERE o.id = _order FOR UPDATE;
  IF _old.site_id <> _site.id OR _order IS NULL THEN
    RAISE EXCEPTION 'This order does not exist, or your roles do not allow changing it.' USING ERRCODE = 'IM403';
  ELSIF _old.posting_id = (_header ->> 'posting_key')::uuid AND _old.created_by = tenant_schema.me() THEN
    RETURN tenant_schema.order_result(_old);
  ELSIF _old.state <> 'OPEN' THEN
    RAISE EXCEPTION 'Order % is no longer open.', _old.number USING ERRCODE = 'IM409';
  ELSIF coalesce(_old.version, 0) IS DISTINCT FROM _version THEN
    RAISE EXCEPTION 'Somebody else changed this order meanwhile. Reload it.' USING ERRCODE = 'IM409';
  END IF;
  _row.id := _order;
  _row.site_id := _site.id;
  _row.kind := _header ->> 'kind';
  _row.placed_at := (_header ->> 'placed_at')::timestamptz;
  _row.channel := coalesce(_header ->> 'channel', '');
  _row.customer_id := (_header ->> 'customer_id')::uuid;
  _row.covers := (_header ->> 'covers')::int;
  _row.note := coalesce(_header ->> 'note', '');
  _row.business_day := CASE WHEN isfinite(_row.placed_at)
    THEN tenant_schema.business_day(_row.placed_at, _site.time_zone, _site.day_cutover_hour) END;
  SELECT array_agg(ROW(_order, u.n, _site.id, u.menu_item_id, round(u.quantity, 3), round(u.price, 4), round(coalesce(u.discount, 0), 2),
      coalesce(u.note, ''), coalesce(c.modifiers, '{}'))::tenant_schema.planned_lines ORDER BY u.n) INTO _lines
    FROM unnest(_menu_items, _quantities, _unit_prices, _discounts, _notes) WITH ORDINALITY
      AS u (menu_item_id, quantity, price, discount, note, n)
    LEFT JOIN (SELECT w.line, array_agg(w.modifier_id ORDER BY w.n) AS modifiers
               FROM unnest(_modified_lines, _modifiers) WITH ORDINALITY AS w (line, modifier_id, n) GROUP BY w.line) c ON c.line = u.n;
  _problems := tenant_schema.check_entry(_row, _lines, _site.id = ANY (tenant_schema.scope('sales.price')));
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This order cannot be kept: something has to be put right first.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  SELECT sum(t.net), sum(t.tax) INTO _row.net_total, _row.tax_total
    FROM tenant_schema.taxed_lines(_site, ARRAY(SELECT l.menu_item_id FROM unnest(_lines) l ORDER BY l.line),
      array_fill(_row.business_day, ARRAY[cardinality(_lines)]),
      ARRAY(SELECT l.quantity * l.unit_price - l.discount FROM unnest(_lines) l ORDER BY l.line)) t;
  DELETE FROM tenant_schema.planned_lines l WHERE l.order_id = _order;
  IF _old.id IS NULL THEN
    INSERT INTO tenant_schema.orders AS o (id, site_id, number, kind, channel, placed_at, business_day, state, covers, net_total,
      tax_total, created_by, customer_id, note)
    VALUES (_order, _site.id, tenant_schema.next_number(_site.id, _row.kind, _row.business_day), _row.kind, _row.channel, _row.placed_at,
      _row.business_day, 'OPEN', _row.covers, _row.net_total, _row.tax_total, tenant_schema.me(), _row.customer_id, _row.note)
    RETURNING * INTO _row;
  ELSE
    UPDATE tenant_schema.orders o SET kind = _row.kind, channel = _row.channel, placed_at = _row.placed_at, business_day = _row.business_day,
      covers = _row.covers, net_total = _row.net_total, tax_total = _row.tax_total, customer_id = _row.customer_id, note = _row.note,
      version = o.version + 1
     WHERE o.id = _order RETURNING * INTO _row;
  END IF;
  INSERT INTO tenant_schema.planned_lines SELECT l.* FROM unnest(_lines) l;
  RETURN tenant_schema.order_result(_row);
END $$;

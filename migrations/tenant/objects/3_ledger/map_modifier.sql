-- Says which modifier a till means by its words, from now on and for the recorded lines beside which it waits: each gets an addition
-- that takes the line back as it was and says it anew with the modifier, so that what was charged stays and what it used is put
-- right, by the recipes of its day. What a modifier leaves out comes back at the cost it left with. `_waiting` is how many lines
-- the person was shown. Answers orders, lines (of stock), and value where it may be seen.
CREATE FUNCTION tenant_schema.map_modifier(
  _key uuid, _site uuid, _product text, _words text, _modifier uuid, _waiting int) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('modifier', _site, _product, _modifier)::text, 'UTF8'));
  _place tenant_schema.sites := tenant_schema.require_site(_site, 'sales.import');
  _row tenant_schema.till_products;
  _ids uuid[];
  _orders tenant_schema.orders[];
  _items tenant_schema.order_items[];
  _lines tenant_schema.posting_line[];
  _of bigint[];
  _posting tenant_schema.postings;
  _result jsonb;
BEGIN
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result || (SELECT jsonb_build_object('orders', count(*)) FROM tenant_schema.orders o WHERE o.posting_id = _key);
  END IF;
  IF NOT EXISTS (SELECT FROM tenant_schema.modifiers m WHERE m.id = _modifier) THEN
    RAISE EXCEPTION 'Choose a modifier.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "modifier_id", "text": "Choose a modifier."}]';
  END IF;
  PERFORM tenant_schema.lock_unmapped(_site);
  PERFORM tenant_schema.know_products(_site, 'MODIFIER', ARRAY[_product], ARRAY[_words]);
  SELECT * INTO STRICT _row FROM tenant_schema.till_products t
   WHERE t.site_id = _site AND t.kind = 'MODIFIER' AND t.product = _product FOR UPDATE;
  _ids := ARRAY(SELECT u.id FROM tenant_schema.unmapped_modifiers u WHERE u.till_product_id = _row.id AND u.state = 'WAITING' ORDER BY u.id);
  IF cardinality(_ids) IS DISTINCT FROM _waiting THEN
    RAISE EXCEPTION 'Meanwhile % lines wait for %. Look again at what will happen.', cardinality(_ids), _row.words USING ERRCODE = 'IM409';
  ELSIF _waiting > 20000 THEN
    RAISE EXCEPTION 'More than 20,000 lines wait for %: that is too much for one document.', _row.words USING ERRCODE = 'IM400';
  END IF;
  UPDATE tenant_schema.till_products t SET modifier_id = _modifier, ignored = '', decided_by = tenant_schema.me(),
    decided_at = clock_timestamp(), version = t.version + 1 WHERE t.id = _row.id;
  PERFORM FROM tenant_schema.orders o JOIN tenant_schema.unmapped_modifiers u ON u.order_id = o.id
   WHERE u.id = ANY (_ids) ORDER BY o.id FOR SHARE OF o; -- nothing is refunded meanwhile; before the costs, as a refund takes them
  SELECT array_agg(w.row ORDER BY (w.row).placed_at, (w.row).number) INTO _orders FROM (
    SELECT jsonb_populate_record(NULL::tenant_schema.orders, jsonb_build_object('id', gen_random_uuid(), 'site_id', _site, 'kind', 'ADDITION',
      'part_of_id', b.id, 'channel', b.channel, 'placed_at', b.placed_at, 'business_day', b.business_day, 'import_id', b.import_id,
      'posting_id', _key, 'customer_id', b.customer_id, 'note', '', 'number', left(b.number, 90) || '/A' || 1 + (
        SELECT count(*) FROM tenant_schema.orders a WHERE a.part_of_id = b.id AND a.kind = 'ADDITION'))) AS row
    FROM tenant_schema.orders b WHERE b.id IN (SELECT l.base_id FROM tenant_schema.modified_lines(_ids, _modifier) l)) w;
  IF _orders IS NULL THEN
    UPDATE tenant_schema.unmapped_modifiers u SET state = 'VOIDED' WHERE u.id = ANY (_ids); -- all of it was refunded
    RETURN jsonb_build_object('orders', 0, 'lines', 0, 'value', NULL);
  END IF;
  SELECT array_agg(ROW(w.id, w.line, _site, w.business_day, w.menu_item_id, w.quantity, w.unit_price, w.net, w.tax, w.modifiers, _row.words,
      NULL)::tenant_schema.order_items ORDER BY w.id, w.line) INTO _items
    FROM (SELECT o.id, o.business_day, l.menu_item_id, l.unit_price, s.quantity, s.net, s.tax, s.modifiers,
            row_number() OVER (PARTITION BY o.id ORDER BY l.order_id, l.line, s.quantity) AS line
          FROM tenant_schema.modified_lines(_ids, _modifier) l
          JOIN unnest(_orders) o ON o.part_of_id = l.base_id
          CROSS JOIN LATERAL (VALUES (-l.quantity, -l.net, -l.tax, l.modifiers), (l.quantity, l.net, l.tax, l.modified))
            AS s (quantity, net, tax, modifiers)) w;
  _lines := tenant_schema.put_back(tenant_schema.used_by(_site, _orders, _items),
    ARRAY(SELECT o.id FROM unnest(_orders) o), ARRAY(SELECT o.part_of_id FROM unnest(_orders) o));
  SELECT array_agg(l.reverses_id ORDER BY l.ordinality),
      array_agg(ROW(l.item_id, l.location_id, l.quantity, NULL, NULL, NULL, '', NULL, NULL, l.effective_at, l.order_id,
        NULL)::tenant_schema.posting_line ORDER BY l.ordinality)
    INTO _of, _lines FROM unnest(_lines) WITH ORDINALITY l;
  _posting.id := _key;
  _posting.kind := 'SALE';
  _posting.site_id := _site;
  _posting.effective_at := (SELECT max(o.placed_at) FROM unnest(_orders) o);
  _posting.reference := left(_row.words, 200);
  _posting.note := '';
  _posting.content_hash := _content;
  _posting.orders_hash := tenant_schema.add_orders(_orders, _items);
  UPDATE tenant_schema.unmapped_modifiers u SET state = 'MAPPED', modifier_id = _modifier, posting_id = _key WHERE u.id = ANY (_ids);
  _result := tenant_schema.post_lines(_posting, coalesce(_lines, '{}'), CASE WHEN cardinality(array_remove(_of, NULL)) > 0 THEN _of END);
  RETURN _result || jsonb_build_object('orders', cardinality(_orders));
END $$;

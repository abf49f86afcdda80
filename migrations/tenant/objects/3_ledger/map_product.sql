-- Says which menu item a till means by its words, from now on and for the lines that wait: they become sold lines of the business
-- days they were sold on, with what the recipes of those days use, in this one transaction. An order that is there already
-- gets an addition; an order of which everything waited is recorded under its own number. `_waiting` is how many lines the
-- person was shown. Answers orders, lines (of stock), amount, and value where it may be seen.
CREATE FUNCTION tenant_schema.map_product(
  _key uuid, _site uuid, _product text, _words text, _menu_item uuid, _waiting int) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('map', _site, _product, _menu_item)::text, 'UTF8'));
  _place tenant_schema.sites := tenant_schema.require_site(_site, 'sales.import');
  _row tenant_schema.till_products;
  _ids uuid[];
  _orders tenant_schema.orders[]; _numbers text[]; -- and the numbers of the till, place by place
  _items tenant_schema.order_items[];
  _lines tenant_schema.posting_line[];
  _posting tenant_schema.postings;
  _result jsonb;
BEGIN
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result || (SELECT jsonb_build_object('orders', count(*)) FROM tenant_schema.orders o WHERE o.posting_id = _key);
  END IF;
  IF coalesce(length(_product), 0) NOT BETWEEN 1 AND 300 OR coalesce(length(_words), 0) NOT BETWEEN 1 AND 300
     OR NOT EXISTS (SELECT FROM tenant_schema.menu_items m WHERE m.id = _menu_item) THEN
    RAISE EXCEPTION 'Choose a menu item.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "menu_item_id", "text": "Choose a menu item."}]';
  END IF;
  PERFORM tenant_schema.lock_unmapped(_site);
  INSERT INTO tenant_schema.till_products (site_id, product, words) VALUES (_site, _product, _words)
  ON CONFLICT (site_id, kind, product) DO NOTHING;
  SELECT * INTO STRICT _row FROM tenant_schema.till_products t
   WHERE t.site_id = _site AND t.kind = 'PRODUCT' AND t.product = _product FOR UPDATE;
  SELECT array_agg(u.id ORDER BY u.placed_at, u.number, u.copy) INTO _ids
    FROM tenant_schema.unmapped_sales u WHERE u.till_product_id = _row.id AND u.state = 'WAITING';
  IF coalesce(cardinality(_ids), 0) IS DISTINCT FROM _waiting THEN
    RAISE EXCEPTION 'Meanwhile % lines wait for %. Look again at what will happen.', coalesce(cardinality(_ids), 0), _row.words
      USING ERRCODE = 'IM409';
  ELSIF _waiting > 20000 THEN
    RAISE EXCEPTION 'More than 20,000 lines wait for %: that is too much for one document.', _row.words USING ERRCODE = 'IM400';
  END IF;
  UPDATE tenant_schema.till_products t SET menu_item_id = _menu_item, ignored = '', decided_by = tenant_schema.me(),
    decided_at = clock_timestamp(), version = t.version + 1 WHERE t.id = _row.id;
  IF _waiting = 0 THEN
    RETURN jsonb_build_object('orders', 0, 'lines', 0, 'value', NULL);
  END IF;
  PERFORM FROM tenant_schema.orders o JOIN tenant_schema.unmapped_sales u ON o.site_id = _site AND o.business_day = u.business_day AND o.number = u.number
   WHERE u.id = ANY (_ids) ORDER BY o.id FOR KEY SHARE OF o; -- before the costs, as a refund takes them
  SELECT array_agg(w.row), array_agg(w.number) INTO _orders, _numbers FROM (
    SELECT u.number, jsonb_populate_record(NULL::tenant_schema.orders, jsonb_build_object('id', gen_random_uuid(), 'site_id', _site,
      'kind', CASE WHEN b.id IS NULL THEN 'SALE' ELSE 'ADDITION' END, 'part_of_id', b.id, 'channel', u.channel, 'placed_at', u.placed_at,
      'number', CASE WHEN b.id IS NULL THEN u.number ELSE left(u.number, 90) || '/A' || 1 + (
        SELECT count(*) FROM tenant_schema.orders a WHERE a.part_of_id = b.id AND a.kind = 'ADDITION') END,
      'business_day', u.business_day, 'import_id', u.import_id, 'posting_id', _key, 'customer_id', b.customer_id, 'note', '')) AS row
    FROM (SELECT x.business_day, x.number, min(x.placed_at) AS placed_at, min(x.channel) AS channel, min(x.import_id::text)::uuid AS import_id
          FROM tenant_schema.unmapped_sales x WHERE x.id = ANY (_ids) GROUP BY x.business_day, x.number) u
    LEFT JOIN tenant_schema.orders b ON b.site_id = _site AND b.business_day = u.business_day AND b.number = u.number
    ORDER BY u.placed_at, u.number) w;
  SELECT array_agg(ROW(l.order_id, l.line, _site, l.business_day, _menu_item, l.quantity, l.unit_price, t.net, t.tax,
      l.modifiers || ARRAY(SELECT p.modifier_id FROM unnest(l.unknown_modifiers) WITH ORDINALITY AS c (id, n)
                           JOIN tenant_schema.till_products p ON p.id = c.id WHERE p.modifier_id IS NOT NULL ORDER BY c.n), _row.words,
      NULL)::tenant_schema.order_items ORDER BY l.n) INTO _items
    FROM (SELECT (_orders[g]).id AS order_id, u.business_day, u.quantity, u.unit_price, u.modifiers, u.unknown_modifiers, i.n,
            row_number() OVER (PARTITION BY g ORDER BY i.n) AS line
          FROM unnest(_ids) WITH ORDINALITY AS i (id, n)
          JOIN tenant_schema.unmapped_sales u ON u.id = i.id
          JOIN generate_subscripts(_orders, 1) g ON _numbers[g] = u.number AND (_orders[g]).business_day = u.business_day) l
    JOIN tenant_schema.taxed_lines(_place, array_fill(_menu_item, ARRAY[_waiting]),
      ARRAY(SELECT u.business_day FROM unnest(_ids) WITH ORDINALITY AS i (id, n) JOIN tenant_schema.unmapped_sales u ON u.id = i.id ORDER BY i.n),
      ARRAY(SELECT u.amount FROM unnest(_ids) WITH ORDINALITY AS i (id, n) JOIN tenant_schema.unmapped_sales u ON u.id = i.id ORDER BY i.n)) t
      ON t.n = l.n;
  _lines := tenant_schema.used_by(_site, _orders, _items);
  _posting.id := _key;
  _posting.kind := 'SALE';
  _posting.site_id := _site;
  _posting.effective_at := (SELECT max(o.placed_at) FROM unnest(_orders) o);
  _posting.reference := left(_row.words, 200);
  _posting.note := '';
  _posting.content_hash := _content;
  _posting.orders_hash := tenant_schema.add_orders(_orders, _items);
  UPDATE tenant_schema.unmapped_sales u SET state = 'MAPPED', posting_id = _key WHERE u.id = ANY (_ids);
  PERFORM tenant_schema.keep_modifiers(_site, array_agg(l.order_id), array_agg(l.line), array_agg(l.till_product_id)) -- those still unknown
    FROM (SELECT (_items[i.n]).order_id, (_items[i.n]).line, p.id AS till_product_id
          FROM unnest(_ids) WITH ORDINALITY AS i (id, n)
          JOIN tenant_schema.unmapped_sales u ON u.id = i.id CROSS JOIN LATERAL unnest(u.unknown_modifiers) AS c (id)
          JOIN tenant_schema.till_products p ON p.id = c.id AND p.modifier_id IS NULL) l
   HAVING count(*) > 0;
  _result := tenant_schema.post_lines(_posting, coalesce(_lines, '{}'));
  RETURN _result || jsonb_build_object('orders', cardinality(_orders));
END $$;

-- Records customer orders and takes what they used out of stock, one movement per order and item, in one call. Orders that are
-- already there (site, business day, number) are left alone. Lines name their order by its place in the order arrays, from 1.
-- Header: site_id, import_id, file_name. Answers id, number, value, lines, orders and repeated.
CREATE FUNCTION tenant_schema.post_sales(
  _key uuid, _header jsonb, _numbers text[], _placed timestamptz[], _channels text[], _covers int[],
  _line_orders int[], _menu_items uuid[], _quantities numeric[], _unit_prices numeric[]) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(concat_ws(E'\x1f', _header, _numbers, _placed, _channels, _covers, _line_orders, _menu_items,
    _quantities, _unit_prices), 'UTF8'));
  _site tenant_schema.sites := tenant_schema.require_site((_header ->> 'site_id')::uuid, 'sales.import');
  _import uuid := (_header ->> 'import_id')::uuid;
  _posting tenant_schema.postings;
  _orders uuid[];
  _days date[];
  _new int;
  _lines tenant_schema.posting_line[];
  _used uuid[];
  _home uuid;
  _result jsonb;
BEGIN
  IF _key IS NULL OR cardinality(_numbers) NOT BETWEEN 1 AND 5000 OR cardinality(_line_orders) NOT BETWEEN 1 AND 50000 THEN
    RAISE EXCEPTION 'Sales come with a key, 1 to 5,000 orders and 1 to 50,000 lines.' USING ERRCODE = 'IM400';
  END IF;
  IF EXISTS (SELECT FROM unnest(_placed) p WHERE p IS NULL OR p > clock_timestamp() + interval '2 minutes')
     OR EXISTS (SELECT FROM unnest(_numbers) n WHERE n IS NULL OR length(n) NOT BETWEEN 1 AND 100)
     OR EXISTS (SELECT FROM unnest(_line_orders, _quantities, _unit_prices) AS l (o, q, p)
                WHERE o IS NULL OR o NOT BETWEEN 1 AND cardinality(_numbers) OR q IS NULL OR q <= 0 OR q > 100000 OR p IS NULL OR p < 0
                   OR p > 10000000 OR q = 'NaN' OR p = 'NaN')
     OR EXISTS (SELECT FROM unnest(_menu_items) i WHERE NOT EXISTS (SELECT FROM tenant_schema.menu_items m WHERE m.id = i)) THEN
    RAISE EXCEPTION 'An order or line of these sales cannot be right: time, number, quantity, price or menu item.' USING ERRCODE = 'IM400';
  END IF;
  SELECT array_agg(tenant_schema.business_day(p, _site.time_zone, _site.day_cutover_hour) ORDER BY n) INTO _days
    FROM unnest(_placed) WITH ORDINALITY AS u (p, n);
  SELECT array_agg(DISTINCT x.item_id) INTO _used FROM tenant_schema.explode_recipes(_menu_items,
    ARRAY(SELECT _days[o] FROM unnest(_line_orders) WITH ORDINALITY AS u (o, n) ORDER BY n)) x;
  PERFORM tenant_schema.lock_costs(_site.id, coalesce(_used, '{}'));
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result || jsonb_build_object('orders', (SELECT count(*) FROM tenant_schema.orders o WHERE o.posting_id = _key), 'repeated', 0);
  END IF;
  IF _import IS NOT NULL THEN
    INSERT INTO tenant_schema.sales_imports (id, site_id, file_name, imported_by, imported_at)
    VALUES (_import, _site.id, left(coalesce(_header ->> 'file_name', ''), 300), tenant_schema.me(), clock_timestamp())
    ON CONFLICT (id) DO NOTHING;
  END IF;
  SELECT array_agg(CASE WHEN o.id IS NULL AND u.copy = 1 THEN gen_random_uuid() END ORDER BY u.n), count(*) FILTER (WHERE o.id IS NULL AND u.copy = 1)
    INTO _orders, _new
    FROM (SELECT w.*, row_number() OVER (PARTITION BY w.day, w.number ORDER BY w.n) AS copy
          FROM unnest(_numbers, _days) WITH ORDINALITY AS w (number, day, n)) u
    LEFT JOIN tenant_schema.orders o ON o.site_id = _site.id AND o.business_day = u.day AND o.number = u.number;
  SELECT l.id INTO _home FROM tenant_schema.storage_locations l WHERE l.site_id = _site.id AND l.is_active
    ORDER BY l.walk_order, l.id LIMIT 1;
  SELECT array_agg(ROW(d.item_id, coalesce(h.home_location_id, _home), -d.quantity, NULL, NULL, NULL, '', NULL, NULL,
      _placed[d.o], _orders[d.o], NULL)::tenant_schema.posting_line ORDER BY _placed[d.o], d.o, d.item_id) INTO _lines
    FROM (SELECT s.o, x.item_id, round(sum(s.quantity * x.quantity), 6) AS quantity
          FROM unnest(_line_orders, _menu_items, _quantities) AS s (o, menu_item_id, quantity)
          JOIN tenant_schema.explode_recipes(_menu_items, ARRAY(SELECT _days[o] FROM unnest(_line_orders) WITH ORDINALITY AS u (o, n) ORDER BY n)) x
            ON x.menu_item_id = s.menu_item_id AND x.business_day = _days[s.o]
          WHERE _orders[s.o] IS NOT NULL GROUP BY s.o, x.item_id) d
    LEFT JOIN tenant_schema.item_site_settings h ON h.site_id = _site.id AND h.item_id = d.item_id
    WHERE d.quantity <> 0;
  IF _lines IS NOT NULL AND _home IS NULL THEN
    RAISE EXCEPTION '% has no storage location yet: add one before importing sales.', _site.name USING ERRCODE = 'IM400';
  END IF;
  IF _new = 0 THEN
    RETURN jsonb_build_object('id', _key, 'number', NULL, 'value', 0, 'lines', 0, 'orders', 0, 'repeated', cardinality(_numbers));
  END IF;
  _posting.id := _key;
  _posting.kind := 'SALE';
  _posting.site_id := _site.id;
  _posting.effective_at := (SELECT max(p) FROM unnest(_placed) p);
  _posting.reference := left(coalesce(_header ->> 'file_name', ''), 200);
  _posting.note := '';
  _posting.content_hash := _content;
  _result := tenant_schema.post_lines(_posting, coalesce(_lines, '{}'));
  WITH priced AS (
    SELECT s.o, s.n, s.menu_item_id, s.quantity, s.price, round(s.quantity * s.price, 2) AS shown, coalesce(t.tax_percent, 0) AS tax_percent
    FROM unnest(_line_orders, _menu_items, _quantities, _unit_prices) WITH ORDINALITY AS s (o, menu_item_id, quantity, price, n)
    LEFT JOIN LATERAL (SELECT p.tax_percent FROM tenant_schema.menu_prices p
      WHERE p.menu_item_id = s.menu_item_id AND (p.site_id = _site.id OR p.site_id IS NULL) AND p.valid_from <= _days[s.o]
      ORDER BY p.site_id IS NULL, p.valid_from DESC LIMIT 1) t ON true
    WHERE _orders[s.o] IS NOT NULL
  ), taxed AS (
    SELECT p.*, CASE WHEN _site.prices_include_tax THEN round(p.shown / (1 + p.tax_percent / 100), 2) ELSE p.shown END AS net FROM priced p
  ), valued AS (
    SELECT t.*, CASE WHEN _site.prices_include_tax THEN t.shown - t.net ELSE round(t.net * t.tax_percent / 100, 2) END AS tax FROM taxed t
  ), placed AS (
    INSERT INTO tenant_schema.orders (id, site_id, number, channel, placed_at, business_day, covers, net_total, tax_total, import_id,
      posting_id, created_by)
    SELECT _orders[u.n], _site.id, u.number, coalesce(u.channel, ''), u.placed_at, _days[u.n], u.covers,
      coalesce(v.net, 0), coalesce(v.tax, 0), _import, _key, tenant_schema.me()
    FROM unnest(_numbers, _placed, _channels, _covers) WITH ORDINALITY AS u (number, placed_at, channel, covers, n)
    LEFT JOIN (SELECT o, sum(net) AS net, sum(tax) AS tax FROM valued GROUP BY o) v ON v.o = u.n
    WHERE _orders[u.n] IS NOT NULL
    RETURNING id)
  INSERT INTO tenant_schema.order_items (order_id, line, site_id, business_day, menu_item_id, quantity, unit_price, net_amount, tax_amount)
  SELECT _orders[v.o], row_number() OVER (PARTITION BY v.o ORDER BY v.n), _site.id, _days[v.o], v.menu_item_id, v.quantity, v.price, v.net, v.tax
  FROM valued v;
  RETURN _result || jsonb_build_object('orders', _new, 'repeated', cardinality(_numbers) - _new);
END $$;

-- Records customer orders and takes what they used out of stock, one movement per order and item, in one call. Orders that are
-- already there (site, business day, number) are left alone and counted as repeated. Lines name their order by its place in
-- the order arrays, from 1; `_amounts` is what was charged for a line after discounts (null: quantity x price).
-- Modifiers name the line they belong to by its place, from 1; one that is there twice is taken twice. Those nobody knows come by
-- what the till calls them (`_unknown` as it is compared, `_unknown_words` as it is written), and wait beside their line.
-- Header: site_id, import_id, file_name. Answers id, number, value, lines, orders and repeated.
CREATE FUNCTION tenant_schema.post_sales(
  _key uuid, _header jsonb, _numbers text[], _placed timestamptz[], _channels text[], _covers int[],
  _line_orders int[], _menu_items uuid[], _quantities numeric[], _unit_prices numeric[], _amounts numeric[] DEFAULT NULL,
  _modified_lines int[] DEFAULT NULL, _modifiers uuid[] DEFAULT NULL,
  _unknown_lines int[] DEFAULT NULL, _unknown text[] DEFAULT NULL, _unknown_words text[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('sales', _header, _numbers, _placed, _channels, _covers, _line_orders, _menu_items,
    _quantities, _unit_prices, _amounts, _modified_lines, _modifiers, _unknown_lines, _unknown)::text, 'UTF8'));
  _site tenant_schema.sites;
  _import uuid := (_header ->> 'import_id')::uuid;
  _posting tenant_schema.postings;
  _orders uuid[]; _days date[];
  _of_sold uuid[]; _of_days date[]; _items uuid[]; _used numeric[]; -- what one portion, or one modifier, uses on a day
  _lines tenant_schema.posting_line[];
  _problems jsonb;
  _new int;
  _result jsonb;
BEGIN
  IF _key IS NULL OR coalesce(cardinality(_numbers), 0) NOT BETWEEN 1 AND 5000 OR coalesce(cardinality(_line_orders), 0) NOT BETWEEN 1 AND 50000
     OR cardinality(_placed) IS DISTINCT FROM cardinality(_numbers) OR cardinality(_modifiers) > 50000
     OR cardinality(_modified_lines) IS DISTINCT FROM cardinality(_modifiers) OR cardinality(_unknown) > 50000
     OR cardinality(_unknown_lines) IS DISTINCT FROM cardinality(_unknown) OR cardinality(_unknown_words) IS DISTINCT FROM cardinality(_unknown)
     OR EXISTS (SELECT FROM unnest(_unknown_lines) l WHERE l IS NULL OR l NOT BETWEEN 1 AND cardinality(_line_orders)) THEN
    RAISE EXCEPTION 'Sales come with a key, 1 to 5,000 orders, 1 to 50,000 lines and at most as many modifiers.' USING ERRCODE = 'IM400';
  END IF;
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    SELECT count(*) INTO _new FROM tenant_schema.orders o WHERE o.posting_id = _key;
    RETURN _result || jsonb_build_object('orders', _new, 'repeated', cardinality(_numbers) - _new);
  END IF;
  _site := tenant_schema.require_site((_header ->> 'site_id')::uuid, 'sales.import');
  _problems := tenant_schema.check_sales(_numbers, _placed, _channels, _covers, _line_orders, _menu_items, _quantities, _unit_prices, _amounts,
    _modified_lines, _modifiers);
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'An order or line of these sales cannot be right.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  PERFORM tenant_schema.know_products(_site.id, 'MODIFIER', _unknown, _unknown_words); -- before the costs, as whoever maps them
  SELECT array_agg(tenant_schema.business_day(o.p, _site.time_zone, _site.day_cutover_hour) ORDER BY o.n) INTO _days
    FROM unnest(_placed) WITH ORDINALITY AS o (p, n);
  SELECT array_agg(x.sold_id), array_agg(x.business_day), array_agg(x.item_id), array_agg(x.quantity)
    INTO _of_sold, _of_days, _items, _used
    FROM tenant_schema.explode_recipes(_menu_items,
      ARRAY(SELECT _days[l.o] FROM unnest(_line_orders) WITH ORDINALITY AS l (o, n) ORDER BY l.n),
      _modifiers, ARRAY(SELECT _days[_line_orders[c.line]] FROM unnest(_modified_lines) WITH ORDINALITY AS c (line, n) ORDER BY c.n)) x;
  PERFORM tenant_schema.lock_costs(_site.id, coalesce(_items, '{}'), (SELECT min(o.p) FROM unnest(_placed) AS o (p)));
  SELECT array_agg(CASE WHEN o.id IS NULL AND u.copy = 1 THEN gen_random_uuid() END ORDER BY u.n),
      count(*) FILTER (WHERE o.id IS NULL AND u.copy = 1)
    INTO _orders, _new
    FROM (SELECT w.*, row_number() OVER (PARTITION BY w.day, w.number ORDER BY w.n) AS copy
          FROM unnest(_numbers, _days) WITH ORDINALITY AS w (number, day, n)) u
    LEFT JOIN tenant_schema.orders o ON o.site_id = _site.id AND o.business_day = u.day AND o.number = u.number;
  IF _new = 0 THEN
    RETURN jsonb_build_object('id', _key, 'number', NULL, 'value', 0, 'lines', 0, 'orders', 0, 'repeated', cardinality(_numbers));
  END IF;
  _lines := tenant_schema.sale_lines(_site.id, _orders, _placed, _days, _line_orders, _menu_items, _quantities,
    _of_sold, _of_days, _items, _used, _modified_lines, _modifiers);
  IF _lines[1].item_id IS NOT NULL AND _lines[1].location_id IS NULL THEN
    RAISE EXCEPTION '% has no storage location yet: add one before recording sales.', _site.name USING ERRCODE = 'IM400';
  END IF;
  IF _import IS NOT NULL THEN
    PERFORM tenant_schema.begin_import(_site.id, _import, _header ->> 'file_name');
  END IF;
  _posting.id := _key;
  _posting.kind := 'SALE';
  _posting.site_id := _site.id;
  _posting.effective_at := (SELECT max(o.p) FROM unnest(_placed) AS o (p));
  _posting.reference := left(coalesce(_header ->> 'file_name', ''), 200);
  _posting.note := '';
  _posting.content_hash := _content;
  _posting.orders_hash := tenant_schema.write_orders(_site, _import, _key, _orders, _numbers, _placed, _days, _channels, _covers,
    _line_orders, _menu_items, _quantities, _unit_prices, _amounts, _modified_lines, _modifiers);
  PERFORM tenant_schema.keep_modifiers(_site.id, array_agg(_orders[l.o] ORDER BY u.n), array_agg(l.line ORDER BY u.n), array_agg(t.id ORDER BY u.n))
    FROM unnest(_unknown_lines, _unknown) WITH ORDINALITY AS u (place, product, n)
    JOIN (SELECT w.o, w.n, row_number() OVER (PARTITION BY w.o ORDER BY w.n)::int AS line
          FROM unnest(_line_orders) WITH ORDINALITY AS w (o, n)) l ON l.n = u.place
    JOIN tenant_schema.till_products t ON t.site_id = _site.id AND t.kind = 'MODIFIER' AND t.product = u.product
   HAVING count(*) > 0;
  _result := tenant_schema.post_lines(_posting, coalesce(_lines, '{}'));
  RETURN _result || jsonb_build_object('orders', _new, 'repeated', cardinality(_numbers) - _new);
END $$;

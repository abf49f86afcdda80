-- Keeps sold lines whose menu item is not known, with their value, until somebody says what they mean. A line that is kept
-- already, or whose order came in with another file, is left alone. Header: site_id, import_id, file_name; `_products` are
-- the till's words as they are compared, `_words` as it writes them. Modifiers come as to post_sales. Answers how many are kept now and how many were before.
CREATE FUNCTION tenant_schema.keep_unmapped(
  _header jsonb, _rows int[], _numbers text[], _placed timestamptz[], _channels text[], _products text[], _words text[],
  _quantities numeric[], _unit_prices numeric[], _amounts numeric[], _modified_lines int[] DEFAULT NULL, _modifiers uuid[] DEFAULT NULL,
  _unknown_lines int[] DEFAULT NULL, _unknown text[] DEFAULT NULL, _unknown_words text[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _site tenant_schema.sites := tenant_schema.require_site((_header ->> 'site_id')::uuid, 'sales.import');
  _import uuid := (_header ->> 'import_id')::uuid;
  _kept int;
BEGIN
  IF _import IS NULL OR coalesce(cardinality(_rows), 0) NOT BETWEEN 1 AND 50000 OR EXISTS (
    SELECT FROM unnest(_rows, _numbers, _placed, _channels, _products, _words, _quantities, _unit_prices, _amounts)
      AS u (file_row, number, placed, channel, product, words, quantity, price, amount)
    WHERE u.file_row IS NULL OR coalesce(length(trim(u.number)), 0) NOT BETWEEN 1 AND 100 OR u.placed IS NULL OR NOT isfinite(u.placed)
      OR u.placed NOT BETWEEN '2000-01-01 00:00+00' AND clock_timestamp() + interval '2 minutes' OR length(u.channel) > 100
      OR coalesce(length(u.product), 0) NOT BETWEEN 1 AND 300 OR coalesce(length(u.words), 0) NOT BETWEEN 1 AND 300
      OR u.quantity IS NULL OR NOT u.quantity BETWEEN 0.001 AND 100000 OR u.price IS NULL OR NOT u.price BETWEEN 0 AND 10000000
      OR u.amount IS NULL OR NOT u.amount BETWEEN 0 AND 1000000000)
    OR cardinality(_modifiers) > 50000 OR cardinality(_modified_lines) IS DISTINCT FROM cardinality(_modifiers)
    OR cardinality(_unknown) > 50000 OR cardinality(_unknown_lines) IS DISTINCT FROM cardinality(_unknown)
    OR cardinality(_unknown_words) IS DISTINCT FROM cardinality(_unknown)
    OR EXISTS (SELECT FROM unnest(_modifiers) m WHERE NOT EXISTS (SELECT FROM tenant_schema.modifiers x WHERE x.id = m)) THEN
    RAISE EXCEPTION 'A line that is to be kept cannot be right.' USING ERRCODE = 'IM400';
  END IF;
  PERFORM tenant_schema.begin_import(_site.id, _import, _header ->> 'file_name');
  PERFORM tenant_schema.know_products(_site.id, 'PRODUCT', _products, _words);
  PERFORM tenant_schema.know_products(_site.id, 'MODIFIER', _unknown, _unknown_words);
  INSERT INTO tenant_schema.unmapped_sales (till_product_id, site_id, import_id, file_row, number, copy, channel, placed_at, business_day,
    quantity, unit_price, amount, modifiers, unknown_modifiers, state)
  SELECT t.id, _site.id, _import, u.file_row, u.number, u.copy, coalesce(u.channel, ''), u.placed, u.day, round(u.quantity, 3),
    round(u.price, 4), round(u.amount, 2),
    ARRAY(SELECT c.id FROM unnest(_modified_lines, _modifiers) WITH ORDINALITY AS c (line, id, n) WHERE c.line = u.n ORDER BY c.n),
    ARRAY(SELECT x.id FROM unnest(_unknown_lines, _unknown) WITH ORDINALITY AS c (line, product, n)
          JOIN tenant_schema.till_products x ON x.site_id = _site.id AND x.kind = 'MODIFIER' AND x.product = c.product
          WHERE c.line = u.n ORDER BY c.n),
    CASE WHEN t.ignored = '' THEN 'WAITING' ELSE 'IGNORED' END
  FROM (
    SELECT w.*, tenant_schema.business_day(w.placed, _site.time_zone, _site.day_cutover_hour) AS day,
      row_number() OVER (PARTITION BY w.number, w.product, w.placed ORDER BY w.file_row) AS copy
    FROM unnest(_rows, _numbers, _placed, _channels, _products, _quantities, _unit_prices, _amounts) WITH ORDINALITY
      AS w (file_row, number, placed, channel, product, quantity, price, amount, n)) u
  JOIN tenant_schema.till_products t ON t.site_id = _site.id AND t.kind = 'PRODUCT' AND t.product = u.product
  WHERE NOT EXISTS (SELECT FROM tenant_schema.orders o WHERE o.site_id = _site.id AND o.business_day = u.day AND o.number = u.number
                    AND o.import_id IS DISTINCT FROM _import)
  ON CONFLICT (site_id, business_day, number, till_product_id, copy) DO NOTHING;
  GET DIAGNOSTICS _kept = ROW_COUNT;
  RETURN jsonb_build_object('kept', _kept, 'repeated', cardinality(_rows) - _kept);
END $$;

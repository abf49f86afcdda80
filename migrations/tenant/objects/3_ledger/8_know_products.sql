-- Takes down what a till calls things, those that are not there yet; `_words` are as it writes them. Whoever decides about one of
-- them meanwhile waits. `_kind`: what is sold, or what is asked with it.
CREATE FUNCTION tenant_schema.know_products(_site uuid, _kind text, _products text[], _words text[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM unnest(_products, _words) AS u (product, words)
    WHERE coalesce(length(u.product), 0) NOT BETWEEN 1 AND 300 OR coalesce(length(u.words), 0) NOT BETWEEN 1 AND 300) THEN
    RAISE EXCEPTION 'What a till calls something has 1 to 300 letters.' USING ERRCODE = 'IM400';
  END IF;
  INSERT INTO tenant_schema.till_products (site_id, kind, product, words)
  SELECT _site, _kind, u.product, min(u.words) FROM unnest(_products, _words) AS u (product, words) GROUP BY u.product ORDER BY u.product
  ON CONFLICT (site_id, kind, product) DO NOTHING;
  PERFORM FROM tenant_schema.till_products t WHERE t.site_id = _site AND t.kind = _kind AND t.product = ANY (_products)
    ORDER BY t.id FOR KEY SHARE;
END $$;

-- The price and the tax of menu items at a site on a day: the site's own before that of everywhere, the latest of each.
CREATE FUNCTION tenant_schema.prices_of(_site uuid, _menu_items uuid[], _day date)
RETURNS TABLE (menu_item_id uuid, price numeric, tax_percent numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT m.id, p.price, coalesce(p.tax_percent, 0)
  FROM (SELECT DISTINCT unnest(_menu_items) AS id) m
  LEFT JOIN LATERAL (
    SELECT x.price, x.tax_percent FROM tenant_schema.menu_prices x
    WHERE x.menu_item_id = m.id AND (x.site_id = _site OR x.site_id IS NULL) AND x.valid_from <= _day
    ORDER BY x.site_id IS NULL, x.valid_from DESC LIMIT 1) p ON true
$$;

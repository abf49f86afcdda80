-- What was charged for lines, split into net and tax: whether the tax of the menu price is in it or comes on top is the
-- site's custom. `n` is the place of a line, from 1.
CREATE FUNCTION tenant_schema.taxed_lines(_site tenant_schema.sites, _menu_items uuid[], _days date[], _amounts numeric[])
RETURNS TABLE (n bigint, net numeric, tax numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT l.n, s.net, CASE WHEN (_site).prices_include_tax THEN l.amount - s.net ELSE round(s.net * t.tax_percent / 100, 2) END
  FROM (SELECT u.menu_item_id, u.day, round(u.amount, 2) AS amount, u.n
        FROM unnest(_menu_items, _days, _amounts) WITH ORDINALITY AS u (menu_item_id, day, amount, n)) l
  JOIN (SELECT d.day, p.menu_item_id, p.tax_percent
        FROM (SELECT u.day, array_agg(DISTINCT u.menu_item_id) AS items FROM unnest(_menu_items, _days) AS u (menu_item_id, day)
              GROUP BY u.day) d
        CROSS JOIN LATERAL tenant_schema.prices_of((_site).id, d.items, d.day) p) t
    ON t.menu_item_id = l.menu_item_id AND t.day = l.day
  CROSS JOIN LATERAL (
    SELECT CASE WHEN (_site).prices_include_tax THEN round(l.amount / (1 + t.tax_percent / 100), 2) ELSE l.amount END AS net) s
$$;

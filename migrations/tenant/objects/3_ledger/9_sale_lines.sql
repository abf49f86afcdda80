-- What these orders take out of stock, from each item's home location: one line per order and item, in the order of time.
-- Orders without an id (already there) take nothing. `_used` of an item goes with one sold portion of a menu item on a day.
CREATE FUNCTION tenant_schema.sale_lines(
  _site uuid, _orders uuid[], _placed timestamptz[], _days date[], _line_orders int[], _menu_items uuid[], _quantities numeric[],
  _of_menu_items uuid[], _of_days date[], _items uuid[], _used numeric[]) RETURNS tenant_schema.posting_line[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH sold AS (
    SELECT o.id, o.placed_at, o.day, l.menu_item_id, l.quantity
    FROM unnest(_line_orders, _menu_items, _quantities) AS l (o, menu_item_id, quantity)
    JOIN unnest(_orders, _placed, _days) WITH ORDINALITY AS o (id, placed_at, day, n) ON o.n = l.o
    WHERE o.id IS NOT NULL
  ), used AS (
    SELECT s.id, s.placed_at, x.item_id, round(sum(s.quantity * x.quantity), 6) AS quantity
    FROM sold s
    JOIN unnest(_of_menu_items, _of_days, _items, _used) AS x (menu_item_id, day, item_id, quantity)
      ON x.menu_item_id = s.menu_item_id AND x.day = s.day
    GROUP BY s.id, s.placed_at, x.item_id
  )
  SELECT array_agg(ROW(u.item_id, coalesce(h.home, f.id), -u.quantity, NULL, NULL, NULL, '', NULL, NULL, u.placed_at, u.id,
      NULL)::tenant_schema.posting_line ORDER BY u.placed_at, u.id, u.item_id)
  FROM used u
  LEFT JOIN (SELECT i.item_id, i.home_location_id AS home FROM tenant_schema.item_site_settings i
             JOIN tenant_schema.storage_locations w ON w.id = i.home_location_id AND w.is_active
             WHERE i.site_id = _site) h ON h.item_id = u.item_id
  LEFT JOIN (SELECT w.id FROM tenant_schema.storage_locations w WHERE w.site_id = _site AND w.is_active
             ORDER BY w.walk_order, w.id LIMIT 1) f ON true
  WHERE u.quantity <> 0
$$;

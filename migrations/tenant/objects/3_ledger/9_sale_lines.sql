-- What these orders take out of stock, from each item's home location: one line per order and item, in the order of time.
-- Orders without an id (already there) take nothing. `_used` of an item goes with one sold portion of a menu item, or with one
-- modifier of it, on a day. A modifier leaves out no more than its dish would take. A line below zero takes back what was said of it.
CREATE FUNCTION tenant_schema.sale_lines(
  _site uuid, _orders uuid[], _placed timestamptz[], _days date[], _line_orders int[], _menu_items uuid[], _quantities numeric[],
  _of_sold uuid[], _of_days date[], _items uuid[], _used numeric[],
  _modified_lines int[] DEFAULT NULL, _modifiers uuid[] DEFAULT NULL) RETURNS tenant_schema.posting_line[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH sold AS (
    SELECT l.n, o.id, o.placed_at, o.day, l.menu_item_id AS sold_id, l.quantity
    FROM unnest(_line_orders, _menu_items, _quantities) WITH ORDINALITY AS l (o, menu_item_id, quantity, n)
    JOIN unnest(_orders, _placed, _days) WITH ORDINALITY AS o (id, placed_at, day, n) ON o.n = l.o
    WHERE o.id IS NOT NULL
  ), used AS (
    SELECT * FROM unnest(_of_sold, _of_days, _items, _used) AS x (sold_id, day, item_id, quantity)
  ), plain AS (
    SELECT s.id, s.placed_at, x.item_id, s.quantity * x.quantity AS quantity
    FROM sold s JOIN used x ON x.sold_id = s.sold_id AND x.day = s.day
    WHERE s.n NOT IN (SELECT m FROM unnest(_modified_lines) AS m)
  ), modified AS (
    SELECT p.id, p.placed_at, x.item_id, p.quantity * greatest(sum(x.quantity), 0) AS quantity
    FROM (SELECT s.* FROM sold s WHERE s.n IN (SELECT m FROM unnest(_modified_lines) AS m)
          UNION ALL
          SELECT s.n, s.id, s.placed_at, s.day, c.modifier_id, s.quantity
          FROM unnest(_modified_lines, _modifiers) AS c (line, modifier_id) JOIN sold s ON s.n = c.line) p
    JOIN used x ON x.sold_id = p.sold_id AND x.day = p.day
    GROUP BY p.n, p.id, p.placed_at, p.quantity, x.item_id
  ), taken AS (
    SELECT a.id, a.placed_at, a.item_id, round(sum(a.quantity), 6) AS quantity
    FROM (SELECT * FROM plain UNION ALL SELECT * FROM modified) a
    GROUP BY a.id, a.placed_at, a.item_id
  )
  SELECT array_agg(ROW(u.item_id, coalesce(h.home, f.id), -u.quantity, NULL, NULL, NULL, '', NULL, NULL, u.placed_at, u.id,
      NULL)::tenant_schema.posting_line ORDER BY u.placed_at, u.id, u.item_id)
  FROM taken u
  LEFT JOIN (SELECT i.item_id, i.home_location_id AS home FROM tenant_schema.item_site_settings i
             JOIN tenant_schema.storage_locations w ON w.id = i.home_location_id AND w.is_active
             WHERE i.site_id = _site) h ON h.item_id = u.item_id
  LEFT JOIN (SELECT w.id FROM tenant_schema.storage_locations w WHERE w.site_id = _site AND w.is_active
             ORDER BY w.walk_order, w.id LIMIT 1) f ON true
  WHERE u.quantity <> 0
$$;

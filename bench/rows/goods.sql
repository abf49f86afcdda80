-- :count: more items, wanted and in stock at every site.
SET session_replication_role = replica;
INSERT INTO items (sku, name, category_id, base_unit)
SELECT 'GEN-' || lpad(n::text, 6, '0'),
  (ARRAY['Arborio rice', 'Basil oil', 'Crème', 'Flour', 'Lemon', 'Olives', 'Prawns', 'Salmon', 'Yeast'])[1 + n * 7 % 9] || ' ' || n,
  c.ids[1 + n % cardinality(c.ids)], 'kg'
FROM generate_series(1, :count:) AS n, (SELECT array_agg(id ORDER BY name) AS ids FROM categories) c;
INSERT INTO item_site_settings (item_id, site_id, par, home_location_id)
SELECT i.id, s.id, 5, (SELECT l.id FROM storage_locations l WHERE l.site_id = s.id ORDER BY l.walk_order LIMIT 1)
FROM items i CROSS JOIN sites s ON CONFLICT DO NOTHING;
INSERT INTO stock_costs (site_id, item_id, quantity, value, average_cost, last_movement_at)
SELECT s.id, i.id, 1000, 1000 * :price:, :price:, now() FROM items i CROSS JOIN sites s;
INSERT INTO stock_levels (location_id, item_id, site_id, on_hand)
SELECT w.home_location_id, w.item_id, w.site_id, 1000 FROM item_site_settings w;
SET session_replication_role = origin;
ANALYZE;

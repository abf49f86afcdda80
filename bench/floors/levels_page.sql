-- The first fifty items of one site by name, with quantity, cost, value, par and home: the page that is read anew when a desk hears of a change.
SELECT i.id, i.name, i.sku, k.name, i.base_unit, c.quantity, c.average_cost, c.value, c.last_movement_at, c.last_counted_at, w.par, l.name
FROM stock_costs c
JOIN items i ON i.id = c.item_id
JOIN categories k ON k.id = i.category_id
LEFT JOIN item_site_settings w ON w.item_id = i.id AND w.site_id = c.site_id
LEFT JOIN storage_locations l ON l.id = w.home_location_id
WHERE c.site_id = %(site)s ORDER BY i.sort_name, i.id LIMIT 51

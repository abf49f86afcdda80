-- Two hundred items by category and from Z to A behind a cursor, with stock and par at one site.
SELECT i.id, i.name, i.sku, c.name, i.base_unit, i.is_active, s.quantity, s.average_cost, s.value, w.par, s.last_counted_at, i.sort_name
FROM items i
JOIN categories c ON c.id = i.category_id
LEFT JOIN stock_costs s ON s.item_id = i.id AND s.site_id = %(site)s
LEFT JOIN item_site_settings w ON w.item_id = i.id AND w.site_id = %(site)s
WHERE c.sort_name > %(category)s OR (c.sort_name = %(category)s AND (i.sort_name, i.id) < (%(name)s, %(id)s::uuid))
ORDER BY c.sort_name, i.sort_name DESC, i.id DESC LIMIT 201

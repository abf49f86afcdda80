-- What one site had of every item at a moment: what it has now less what moved since.
SELECT i.id, i.name, i.base_unit, c.quantity - coalesce(m.quantity, 0), c.value - coalesce(m.value, 0)
FROM stock_costs c
JOIN items i ON i.id = c.item_id
LEFT JOIN (SELECT item_id, sum(quantity) AS quantity, sum(value) AS value FROM stock_movements
           WHERE site_id = %(site)s AND effective_at > %(moment)s GROUP BY item_id) m ON m.item_id = c.item_id
WHERE c.site_id = %(site)s ORDER BY i.sort_name, i.id

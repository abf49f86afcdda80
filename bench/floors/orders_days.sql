-- The newest two hundred orders of some business days, with site, customer and how many lines each has.
SELECT o.id, o.number, o.kind, o.channel, c.name, o.placed_at, o.business_day, s.name, o.state,
  (SELECT count(*) FROM order_items l WHERE l.order_id = o.id), o.net_total, o.tax_total
FROM orders o
JOIN sites s ON s.id = o.site_id
LEFT JOIN customers c ON c.id = o.customer_id
WHERE o.business_day BETWEEN %(first)s AND %(last)s
ORDER BY o.placed_at DESC, o.id DESC LIMIT 201

-- Two hundred orders, the newest first, behind a cursor, with site, customer and how many lines each has.
SELECT o.id, o.number, o.kind, o.channel, c.name, o.placed_at, o.business_day, s.name, o.state,
  (SELECT count(*) FROM order_items l WHERE l.order_id = o.id), o.net_total, o.tax_total
FROM orders o
JOIN sites s ON s.id = o.site_id
LEFT JOIN customers c ON c.id = o.customer_id
WHERE (o.placed_at, o.id) < (%(at)s::timestamptz, %(id)s::uuid)
ORDER BY o.placed_at DESC, o.id DESC LIMIT 201

-- As many movements as a chunk of sales makes, inserted with their final values in one statement.
INSERT INTO stock_movements (posting_id, kind, site_id, location_id, item_id, effective_at, business_day, quantity, value, order_id, posted_by, posted_at)
SELECT %(posting)s, 'SALE', %(site)s, %(location)s, l.item_id, now(), current_date, l.quantity, l.value, l.order_id, %(posting)s, now()
FROM unnest(%(items)s::uuid[], %(quantities)s::numeric[], %(values)s::numeric[], %(orders)s::uuid[]) AS l (item_id, quantity, value, order_id)

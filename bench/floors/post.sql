-- A document in one statement: lock the cost rows in item order, insert final values, keep the levels and costs up.
-- Left out: rights, checks, costing, the document itself, its key, the audit row.
WITH line AS (
  SELECT * FROM unnest(%(items)s::uuid[], %(quantities)s::numeric[]) AS l (item_id, quantity)
), held AS MATERIALIZED (
  SELECT c.item_id FROM stock_costs c WHERE c.site_id = %(site)s AND c.item_id = ANY (%(items)s::uuid[]) ORDER BY c.item_id FOR UPDATE
), moved AS (
  INSERT INTO stock_movements (posting_id, kind, site_id, location_id, item_id, effective_at, business_day, quantity, value, posted_by, posted_at)
  SELECT %(posting)s, %(kind)s, %(site)s, %(location)s, l.item_id, now(), current_date, l.quantity, l.quantity * 2, %(posting)s, now()
  FROM line l WHERE (SELECT count(*) FROM held) > 0
), kept AS (
  UPDATE stock_levels v SET on_hand = v.on_hand + l.quantity
  FROM line l WHERE v.location_id = %(location)s AND v.item_id = l.item_id AND (SELECT count(*) FROM held) > 0
)
UPDATE stock_costs c SET quantity = c.quantity + l.quantity, value = c.value + l.quantity * 2
FROM line l WHERE c.site_id = %(site)s AND c.item_id = l.item_id AND (SELECT count(*) FROM held) > 0

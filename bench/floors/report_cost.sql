-- Cost and waste of all sites in a period beside the one before: net sales by day, what changed the value of stock by day
-- until now, what left with a reason by day, reason and item, and the value of stock, as one statement.
SELECT
  (SELECT jsonb_agg(d) FROM (
    SELECT business_day, sum(net_total) FROM orders
    WHERE business_day BETWEEN %(before)s AND %(last)s AND state <> 'VOIDED' GROUP BY business_day) d),
  (SELECT jsonb_agg(d) FROM (
    SELECT business_day, sum(value), sum(value) FILTER (WHERE kind = 'SALE') FROM stock_movements
    WHERE business_day >= %(before)s GROUP BY business_day) d),
  (SELECT jsonb_agg(d) FROM (
    SELECT t.business_day, r.class, r.name, i.name, t.quantity, t.value FROM (
      SELECT business_day, reason_id, item_id, sum(quantity) AS quantity, sum(value) AS value FROM stock_movements
      WHERE kind IN ('WASTE', 'ADJUSTMENT', 'COUNT') AND business_day BETWEEN %(before)s AND %(last)s
      GROUP BY business_day, reason_id, item_id) t
    JOIN reason_codes r ON r.id = t.reason_id JOIN items i ON i.id = t.item_id) d),
  (SELECT sum(value) FROM stock_costs)

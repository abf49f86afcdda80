-- Net sales and orders by day, and units and net sales by menu item, of all sites in a period, as one statement.
SELECT
  (SELECT jsonb_agg(d) FROM (
    SELECT business_day, sum(net_total), count(*) FROM orders
    WHERE business_day BETWEEN %(first)s AND %(last)s AND state <> 'VOIDED' GROUP BY business_day) d),
  (SELECT jsonb_agg(s) FROM (
    SELECT n.code, n.name, n.size, g.name, t.units, t.net FROM (
      SELECT l.menu_item_id, sum(l.quantity) AS units, sum(l.net_amount) AS net FROM order_items l
      JOIN orders o ON o.id = l.order_id AND o.state <> 'VOIDED'
      WHERE l.business_day BETWEEN %(first)s AND %(last)s GROUP BY l.menu_item_id) t
    JOIN menu_items n ON n.id = t.menu_item_id JOIN menu_categories g ON g.id = n.category_id) s)

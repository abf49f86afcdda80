-- What each line of a posted order took out of stock, and what that cost with later corrections: the movements of an order are
-- one for each item, so each is shared out by what the recipes of its day say of the lines. Empty to those who may not see
-- stock at its site; costs only to those who may see them.
CREATE FUNCTION tenant_schema.line_usage(_order uuid) RETURNS TABLE (line int, item_id uuid, quantity numeric, cost numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH asked AS (
    SELECT o.id, o.business_day, o.site_id = ANY (tenant_schema.scope('stock.cost')) AS costs FROM tenant_schema.orders o
    WHERE o.id = _order AND o.posting_id IS NOT NULL AND o.site_id = ANY (tenant_schema.scope('sales.view'))
      AND o.site_id = ANY (tenant_schema.stock_sites())
  ), sold AS (
    SELECT i.line, i.menu_item_id, i.modifiers, i.quantity FROM asked a JOIN tenant_schema.order_items i ON i.order_id = a.id
  ), recipes AS (
    SELECT x.sold_id, x.item_id, x.quantity FROM tenant_schema.explode_recipes(
      ARRAY(SELECT s.menu_item_id FROM sold s), ARRAY(SELECT a.business_day FROM sold s, asked a),
      ARRAY(SELECT unnest(s.modifiers) FROM sold s), ARRAY(SELECT a.business_day FROM sold s, unnest(s.modifiers), asked a)) x
  ), portions AS (
    SELECT p.line, r.item_id, greatest(sum(r.quantity), 0) * p.quantity AS quantity
    FROM (SELECT s.line, s.menu_item_id AS sold_id, s.quantity FROM sold s
          UNION ALL SELECT s.line, unnest(s.modifiers), s.quantity FROM sold s) p
    JOIN recipes r ON r.sold_id = p.sold_id
    GROUP BY p.line, r.item_id, p.quantity
  ), shares AS (
    SELECT p.line, p.item_id, p.quantity / nullif(sum(p.quantity) OVER (PARTITION BY p.item_id), 0) AS share FROM portions p
  ), moved AS (
    SELECT m.item_id, sum(m.quantity) AS quantity, sum(m.value + coalesce(c.value, 0)) AS value
    FROM asked a JOIN tenant_schema.stock_movements m ON m.order_id = a.id AND m.reverses_id IS NULL
    LEFT JOIN LATERAL (SELECT sum(x.value) AS value FROM tenant_schema.cost_corrections x WHERE x.movement_id = m.id) c ON true
    GROUP BY m.item_id
  )
  SELECT s.line, s.item_id, round(-m.quantity * s.share, 6), CASE WHEN a.costs THEN round(-m.value * s.share, 6) END
  FROM shares s JOIN moved m ON m.item_id = s.item_id CROSS JOIN asked a
  WHERE s.share IS NOT NULL
$$;

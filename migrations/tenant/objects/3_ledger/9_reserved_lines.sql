-- What the open orders of these sites will take out of stock, by the recipes of the days they are planned for: those of the next two
-- weeks, and those whose day has passed without their being posted. What is planned for later has time to be bought.
CREATE FUNCTION tenant_schema.reserved_lines(_sites uuid[])
RETURNS TABLE (order_id uuid, site_id uuid, item_id uuid, quantity numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH planned AS (
    SELECT o.id AS order_id, o.site_id, o.business_day, l.line, l.menu_item_id, l.modifiers, l.quantity
    FROM tenant_schema.orders o
    JOIN tenant_schema.sites s ON s.id = o.site_id
    JOIN tenant_schema.planned_lines l ON l.order_id = o.id
    WHERE o.state = 'OPEN' AND o.site_id = ANY (_sites)
      AND o.business_day <= tenant_schema.business_day(now(), s.time_zone, s.day_cutover_hour) + 14
  ), portions AS (
    SELECT p.order_id, p.site_id, p.business_day, p.line, p.menu_item_id AS sold_id, p.quantity, false AS modifies FROM planned p
    UNION ALL
    SELECT p.order_id, p.site_id, p.business_day, p.line, m, p.quantity, true FROM planned p CROSS JOIN unnest(p.modifiers) AS m
  ), used AS (
    SELECT x.sold_id, x.business_day, x.item_id, x.quantity FROM tenant_schema.explode_recipes(
      ARRAY(SELECT q.sold_id FROM portions q WHERE NOT q.modifies ORDER BY q.order_id, q.line),
      ARRAY(SELECT q.business_day FROM portions q WHERE NOT q.modifies ORDER BY q.order_id, q.line),
      ARRAY(SELECT q.sold_id FROM portions q WHERE q.modifies ORDER BY q.order_id, q.line, q.sold_id),
      ARRAY(SELECT q.business_day FROM portions q WHERE q.modifies ORDER BY q.order_id, q.line, q.sold_id)) x
  ), taken AS ( -- a modifier leaves out no more than its dish would take
    SELECT q.order_id, q.site_id, u.item_id, greatest(sum(u.quantity), 0) * q.quantity AS quantity
    FROM portions q JOIN used u ON u.sold_id = q.sold_id AND u.business_day = q.business_day
    GROUP BY q.order_id, q.site_id, q.line, q.quantity, u.item_id
  )
  SELECT t.order_id, t.site_id, t.item_id, round(sum(t.quantity), 6) FROM taken t
  GROUP BY t.order_id, t.site_id, t.item_id HAVING round(sum(t.quantity), 6) > 0
$$;

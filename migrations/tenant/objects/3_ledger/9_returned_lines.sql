-- What comes back into stock with a refund: of what each movement of the order still keeps out, the part that the refunded lines
-- used by the recipes of its day. When everything is refunded, exactly everything comes back. One line for each movement and
-- fate: `reverses_id` names the movement it is of, which tells its cost; `note` holds the reason of waste, or nothing where the
-- food went back on the shelf.
CREATE FUNCTION tenant_schema.returned_lines(
  _order tenant_schema.orders, _refund uuid, _at timestamptz, _lines int[], _quantities numeric[], _reasons uuid[])
RETURNS tenant_schema.posting_line[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH sold AS (
    SELECT i.line, i.menu_item_id, i.modifiers, i.quantity FROM tenant_schema.rest_of_lines(_order.id) i -- what is not refunded yet
  ), wanted AS (
    SELECT s.line, w.reason_id, w.quantity FROM sold s JOIN unnest(_lines, _quantities, _reasons) AS w (line, quantity, reason_id) ON w.line = s.line
  ), recipes AS (
    SELECT x.sold_id, x.item_id, x.quantity FROM tenant_schema.explode_recipes(
      ARRAY(SELECT s.menu_item_id FROM sold s), ARRAY(SELECT _order.business_day FROM sold s),
      ARRAY(SELECT unnest(s.modifiers) FROM sold s), ARRAY(SELECT _order.business_day FROM sold s, unnest(s.modifiers))) x
  ), portions AS ( -- what one of each line takes, its modifiers included
    SELECT p.line, r.item_id, greatest(sum(r.quantity), 0) AS quantity
    FROM (SELECT s.line, s.menu_item_id AS sold_id FROM sold s UNION ALL SELECT s.line, unnest(s.modifiers) FROM sold s) p
    JOIN recipes r ON r.sold_id = p.sold_id
    GROUP BY p.line, r.item_id
  ), left_out AS (
    SELECT m.id, m.item_id, m.location_id, m.reason_id, -m.quantity - b.quantity AS quantity
    FROM tenant_schema.stock_movements m
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(y.quantity), 0) AS quantity
      FROM tenant_schema.orders r JOIN tenant_schema.stock_movements y ON y.order_id = r.id AND y.item_id = m.item_id
      WHERE r.part_of_id = _order.id AND r.kind = 'REFUND') b
    WHERE m.order_id = _order.id AND m.reverses_id IS NULL AND m.quantity < 0
  ), shares AS ( -- of one movement, by what becomes of the food
    SELECT o.id, f.reason_id, coalesce(sum(w.quantity * u.quantity) / nullif(u.whole, 0), sum(w.quantity) / s.whole) AS share
    FROM left_out o
    CROSS JOIN (SELECT DISTINCT reason_id FROM wanted) f
    JOIN wanted w ON w.reason_id IS NOT DISTINCT FROM f.reason_id
    CROSS JOIN (SELECT sum(quantity) AS whole FROM sold) s
    CROSS JOIN LATERAL (
      SELECT coalesce((SELECT p.quantity FROM portions p WHERE p.line = w.line AND p.item_id = o.item_id), 0) AS quantity,
        (SELECT sum(p.quantity * x.quantity) FROM portions p JOIN sold x ON x.line = p.line WHERE p.item_id = o.item_id) AS whole) u
    GROUP BY o.id, f.reason_id, u.whole, s.whole
  ), amounts AS ( -- rounded so that the fates of one movement come to their sum exactly
    SELECT s.id, s.reason_id,
      round(o.quantity * sum(s.share) OVER upto, 6) - coalesce(round(o.quantity * sum(s.share) OVER before, 6), 0) AS quantity
    FROM shares s JOIN left_out o ON o.id = s.id
    WINDOW upto AS (PARTITION BY s.id ORDER BY s.reason_id NULLS FIRST),
      before AS (PARTITION BY s.id ORDER BY s.reason_id NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
  )
  SELECT array_agg(ROW(o.item_id, o.location_id, a.quantity, NULL, NULL, o.reason_id, coalesce(a.reason_id::text, ''), NULL, NULL, _at,
      _refund, o.id)::tenant_schema.posting_line ORDER BY o.id, a.reason_id NULLS FIRST)
  FROM amounts a JOIN left_out o ON o.id = a.id
  WHERE a.quantity > 0
$$;

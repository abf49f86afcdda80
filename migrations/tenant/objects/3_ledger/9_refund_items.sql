-- The lines of a refund: what is given back of each line of an order, at what was charged for it, so that several refunds of a
-- line come to exactly its price. `_lines` and `_quantities` name the lines of the order and how much of each.
CREATE FUNCTION tenant_schema.refund_items(
  _order tenant_schema.orders, _refund uuid, _day date, _lines int[], _quantities numeric[]) RETURNS tenant_schema.order_items[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT array_agg(ROW(_refund, w.n, _order.site_id, _day, i.menu_item_id, -w.quantity, i.unit_price,
      CASE WHEN w.quantity = i.quantity + b.quantity THEN -(i.net_amount + b.net) ELSE -round(i.net_amount * w.quantity / i.quantity, 2) END,
      CASE WHEN w.quantity = i.quantity + b.quantity THEN -(i.tax_amount + b.tax) ELSE -round(i.tax_amount * w.quantity / i.quantity, 2) END,
      i.modifiers, '', i.line)::tenant_schema.order_items ORDER BY w.n)
  FROM unnest(_lines, _quantities) WITH ORDINALITY AS w (line, quantity, n)
  JOIN tenant_schema.order_items i ON i.order_id = _order.id AND i.line = w.line
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(x.quantity), 0) AS quantity, coalesce(sum(x.net_amount), 0) AS net, coalesce(sum(x.tax_amount), 0) AS tax
    FROM tenant_schema.orders r JOIN tenant_schema.order_items x ON x.order_id = r.id AND x.refunds_line = i.line
    WHERE r.part_of_id = _order.id AND r.kind = 'REFUND') b
$$;

-- The lines of a refund: what is given back of each line of an order, at its part of what is left of what was charged for it, so that
-- several refunds of a line come to exactly its price, whatever money was given back besides. `_lines` and `_quantities` name
-- the lines of the order and how much of each.
CREATE FUNCTION tenant_schema.refund_items(
  _order tenant_schema.orders, _refund uuid, _day date, _lines int[], _quantities numeric[]) RETURNS tenant_schema.order_items[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT array_agg(ROW(_refund, w.n, _order.site_id, _day, i.menu_item_id, -w.quantity, i.unit_price,
      -round(i.net * w.quantity / i.quantity, 2), -round(i.tax * w.quantity / i.quantity, 2), i.modifiers, '',
      i.line)::tenant_schema.order_items ORDER BY w.n)
  FROM unnest(_lines, _quantities) WITH ORDINALITY AS w (line, quantity, n)
  JOIN tenant_schema.rest_of_lines(_order.id) i ON i.line = w.line
$$;

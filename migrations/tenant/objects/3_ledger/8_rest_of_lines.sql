-- The lines of an order with what is left of each after its refunds: how much, and what was charged for that.
CREATE FUNCTION tenant_schema.rest_of_lines(_order uuid)
RETURNS TABLE (line int, menu_item_id uuid, modifiers uuid[], unit_price numeric, sold numeric, quantity numeric, net numeric, tax numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT i.line, i.menu_item_id, i.modifiers, i.unit_price, i.quantity, i.quantity + b.quantity, i.net_amount + b.net, i.tax_amount + b.tax
  FROM tenant_schema.order_items i
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(x.quantity), 0) AS quantity, coalesce(sum(x.net_amount), 0) AS net, coalesce(sum(x.tax_amount), 0) AS tax
    FROM tenant_schema.orders r JOIN tenant_schema.order_items x ON x.order_id = r.id AND x.refunds_line = i.line
    WHERE r.part_of_id = i.order_id AND r.kind = 'REFUND') b
  WHERE i.order_id = _order
$$;

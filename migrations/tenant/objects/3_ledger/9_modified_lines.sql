-- What becomes of recorded lines when a modifier that waits beside them is known: each with what is left of it after refunds, the
-- modifiers it has by now (its own, and those that were known since), and with the new one. `base_id` is the order that is
-- voided or refunded as a whole.
CREATE FUNCTION tenant_schema.modified_lines(_ids uuid[], _modifier uuid)
RETURNS TABLE (base_id uuid, order_id uuid, line int, business_day date, menu_item_id uuid, quantity numeric, unit_price numeric, net numeric,
  tax numeric, modifiers uuid[], modified uuid[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(o.part_of_id, o.id), o.id, r.line, u.business_day, r.menu_item_id, r.quantity, r.unit_price, r.net, r.tax, k.modifiers,
    k.modifiers || array_fill(_modifier, ARRAY[u.times])
  FROM tenant_schema.unmapped_modifiers u
  JOIN tenant_schema.orders o ON o.id = u.order_id
  JOIN LATERAL tenant_schema.rest_of_lines(u.order_id) r ON r.line = u.line
  CROSS JOIN LATERAL (
    SELECT r.modifiers || ARRAY(
      SELECT x.modifier_id FROM tenant_schema.unmapped_modifiers x CROSS JOIN generate_series(1, x.times)
      WHERE x.order_id = u.order_id AND x.line = u.line AND x.state = 'MAPPED' ORDER BY x.id) AS modifiers) k
  WHERE u.id = ANY (_ids) AND r.quantity > 0
$$;

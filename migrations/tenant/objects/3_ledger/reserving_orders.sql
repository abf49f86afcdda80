-- Which open orders will take how much of an item, at a site or at all of them: for those who see orders and the stock there.
CREATE FUNCTION tenant_schema.reserving_orders(_item uuid, _site uuid DEFAULT NULL) RETURNS TABLE (order_id uuid, quantity numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.order_id, r.quantity
  FROM tenant_schema.reserved_lines(ARRAY(SELECT s FROM unnest(tenant_schema.stock_sites()) AS s
    WHERE (_site IS NULL OR s = _site) AND s = ANY (tenant_schema.scope('sales.view')))) r
  WHERE r.item_id = _item
$$;

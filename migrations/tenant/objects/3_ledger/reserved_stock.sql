-- How much of each item open orders will take at the sites whose stock the person may see now: who counts blind sees nothing.
CREATE FUNCTION tenant_schema.reserved_stock() RETURNS TABLE (site_id uuid, item_id uuid, quantity numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.site_id, r.item_id, sum(r.quantity) FROM tenant_schema.reserved_lines(tenant_schema.stock_sites()) r
  GROUP BY r.site_id, r.item_id
$$;

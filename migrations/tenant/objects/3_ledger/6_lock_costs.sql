-- Takes the cost rows of these items at a site in item order, making those that are missing. Whoever holds them is the only
-- one to post these items there; the fixed order keeps two documents from waiting for each other.
CREATE FUNCTION tenant_schema.lock_costs(_site uuid, _items uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO tenant_schema.stock_costs (site_id, item_id)
  SELECT _site, i.item_id FROM (SELECT DISTINCT unnest(_items) AS item_id) i
  WHERE NOT EXISTS (SELECT FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = i.item_id)
  ORDER BY i.item_id
  ON CONFLICT DO NOTHING;
  PERFORM FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = ANY (_items) ORDER BY c.item_id FOR UPDATE;
END $$;

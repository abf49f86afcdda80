-- What documents about these items at a site may change besides what is theirs: `_sources`, those of the items that have something
-- later than `_from` or are short, and whatever takes its worth from them. Nothing at all, as for most documents.
CREATE FUNCTION tenant_schema.dependants(_site uuid, _items uuid[], _from timestamptz, _sources tenant_schema.cost_object[])
RETURNS tenant_schema.cost_object[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN coalesce(tenant_schema.cost_objects(_sources || ARRAY(
  SELECT ROW(c.site_id, c.item_id, least(CASE WHEN c.last_movement_at >= _from THEN _from ELSE 'infinity' END,
    CASE WHEN c.quantity < 0 THEN tenant_schema.short_since(_site, c.item_id) END), NULL, NULL, NULL, NULL)::tenant_schema.cost_object
  FROM tenant_schema.stock_costs c
  WHERE c.site_id = _site AND c.item_id = ANY (_items) AND (c.last_movement_at >= _from OR c.quantity < 0)), false), '{}');

-- Since when an item is short at a site of what others took their worth from: whatever covers it changes theirs. Infinity: it is not.
CREATE FUNCTION tenant_schema.short_since(_site uuid, _item uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN coalesce((
  SELECT min(m.effective_at) FROM tenant_schema.cost_layers p JOIN tenant_schema.stock_movements m ON m.id = p.movement_id
  WHERE p.site_id = _site AND p.item_id = _item AND p.quantity < 0
  HAVING bool_or(m.kind IN ('TRANSFER_OUT', 'PRODUCTION'))), 'infinity');

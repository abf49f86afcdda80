-- The lots of an item in a place in the order in which they are taken: what was there at that moment before what came later, what
-- expires first before what expires later or never.
CREATE FUNCTION tenant_schema.next_lots(_location uuid, _item uuid, _at timestamptz) RETURNS TABLE (lot_id uuid, on_hand numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT s.lot_id, s.on_hand FROM tenant_schema.stock_lots s JOIN tenant_schema.lots t ON t.id = s.lot_id
  WHERE s.site_id = (SELECT w.site_id FROM tenant_schema.storage_locations w WHERE w.id = _location)
    AND s.item_id = _item AND s.location_id = _location AND s.on_hand > 0
  ORDER BY t.arrived_at > _at, t.expires_on NULLS LAST, t.arrived_at, t.code;
END;

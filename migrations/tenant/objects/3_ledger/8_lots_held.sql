-- What the books had of each lot of an item in a place at a moment: what is there now, less what came or went since.
CREATE FUNCTION tenant_schema.lots_held(_site uuid, _location uuid, _item uuid, _at timestamptz)
RETURNS TABLE (lot_id uuid, code text, expires_on date, quantity numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT t.id, t.code, t.expires_on, h.quantity
  FROM (
    SELECT x.lot_id, sum(x.quantity) AS quantity FROM (
      SELECT s.lot_id, s.on_hand AS quantity FROM tenant_schema.stock_lots s
      WHERE s.site_id = _site AND s.item_id = _item AND s.location_id = _location AND s.on_hand > 0
      UNION ALL
      SELECT y.lot_id, -y.quantity FROM tenant_schema.stock_movements m JOIN tenant_schema.movement_lots y ON y.movement_id = m.id
      WHERE m.site_id = _site AND m.item_id = _item AND m.location_id = _location AND m.effective_at > _at) x
    GROUP BY x.lot_id HAVING sum(x.quantity) <> 0) h
  JOIN tenant_schema.lots t ON t.id = h.lot_id;
END;

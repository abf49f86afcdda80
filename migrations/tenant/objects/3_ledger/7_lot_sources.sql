-- What a line is made of where nobody named lots, first come first taken. Out: what it gives back of an earlier receipt, then the
-- lots in that place that expire first. In: what the issue was that comes back or arrives, or what this move took elsewhere; a
-- delivery and a production bring a lot of their own, called by their day, that expires when the shelf life is over.
CREATE FUNCTION tenant_schema.lot_sources(_posting tenant_schema.postings, _line tenant_schema.posting_line, _of bigint)
RETURNS TABLE (lot_id uuid, quantity numeric)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _site tenant_schema.sites;
  _day date;
BEGIN
  IF _of IS NOT NULL THEN
    RETURN QUERY
      SELECT t.id, abs(x.rest) FROM tenant_schema.lots_left(_of) x JOIN tenant_schema.lots t ON t.id = x.lot_id
      WHERE x.rest * _line.quantity < 0 AND (_line.quantity > 0 OR EXISTS (
        SELECT FROM tenant_schema.stock_lots s WHERE s.location_id = _line.location_id AND s.lot_id = t.id AND s.on_hand > 0))
      ORDER BY t.expires_on NULLS LAST, t.arrived_at, t.code;
  END IF;
  IF _line.quantity < 0 THEN
    RETURN QUERY SELECT n.lot_id, n.on_hand FROM tenant_schema.next_lots(_line.location_id, _line.item_id, _line.effective_at) n;
  ELSIF _posting.kind = 'MOVE' THEN
    RETURN QUERY
      SELECT t.id, x.quantity FROM (
        SELECT y.lot_id, -sum(y.quantity) AS quantity FROM tenant_schema.movement_lots y
        WHERE y.movement_id IN (SELECT m.id FROM tenant_schema.stock_movements m WHERE m.posting_id = _posting.id AND m.item_id = _line.item_id)
        GROUP BY y.lot_id HAVING sum(y.quantity) < 0) x JOIN tenant_schema.lots t ON t.id = x.lot_id
      ORDER BY t.expires_on NULLS LAST, t.arrived_at, t.code;
  ELSIF _posting.kind IN ('DELIVERY', 'PRODUCTION') AND _of IS NULL THEN
    SELECT * INTO STRICT _site FROM tenant_schema.sites s WHERE s.id = _posting.site_id;
    _day := tenant_schema.business_day(_line.effective_at, _site.time_zone, _site.day_cutover_hour);
    RETURN QUERY
      SELECT tenant_schema.make_lot(i.id, _day::text, CASE WHEN i.tracks_lots = 'EXPIRY' THEN _day + i.shelf_life_days END, _line.effective_at),
        _line.quantity FROM tenant_schema.items i WHERE i.id = _line.item_id;
  END IF;
END $$;

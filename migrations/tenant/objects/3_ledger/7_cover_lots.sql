-- There are never more lots in a place than there is stock: what was used before it came, and so was of no lot, was of these. The
-- newest such uses learn it, from the lots that expire first.
CREATE FUNCTION tenant_schema.cover_lots(_posting uuid, _site uuid, _location uuid, _item uuid, _at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _over numeric := (SELECT coalesce(sum(s.on_hand), 0) FROM tenant_schema.stock_lots s WHERE s.location_id = _location AND s.item_id = _item)
    - greatest((SELECT l.on_hand FROM tenant_schema.stock_levels l WHERE l.location_id = _location AND l.item_id = _item), 0);
  _lot record;
  _used record;
  _taken numeric;
BEGIN
  WHILE _over > 0 LOOP
    SELECT m.id, -m.quantity + x.quantity AS quantity INTO _used
      FROM tenant_schema.stock_movements m
      CROSS JOIN LATERAL (SELECT coalesce(sum(y.quantity), 0) AS quantity FROM tenant_schema.movement_lots y WHERE y.movement_id = m.id) x
     WHERE m.site_id = _site AND m.item_id = _item AND m.location_id = _location AND m.quantity < x.quantity AND m.quantity < 0
       AND m.reverses_id IS NULL AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id)
     ORDER BY m.effective_at DESC, m.id DESC LIMIT 1;
    SELECT n.lot_id, n.on_hand INTO _lot FROM tenant_schema.next_lots(_location, _item, _at) n LIMIT 1;
    EXIT WHEN _used.id IS NULL OR _lot.lot_id IS NULL;
    _taken := least(_over, _used.quantity, _lot.on_hand);
    PERFORM tenant_schema.move_lot(_posting, _used.id, _site, _location, _item, _lot.lot_id, -_taken);
    _over := _over - _taken;
  END LOOP;
END $$;

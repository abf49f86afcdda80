-- Says that so much of a movement is of a lot, and keeps what lies there of it. When more of a lot is taken back than is left, the
-- rest was used meanwhile: the newest uses of it are of no lot again, until cover_lots() finds them another. `_left_as` is the lot that the sender had said
-- of what arrived.
CREATE FUNCTION tenant_schema.move_lot(_posting uuid, _movement bigint, _site uuid, _location uuid, _item uuid, _lot uuid,
  _quantity numeric, _left_as uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _missing numeric := -_quantity - coalesce((SELECT s.on_hand FROM tenant_schema.stock_lots s
    WHERE s.location_id = _location AND s.lot_id = _lot), 0);
  _used record;
BEGIN
  IF _quantity < 0 AND _missing > 0 THEN
    FOR _used IN
      SELECT m.id, -sum(x.quantity) AS quantity
      FROM tenant_schema.movement_lots x JOIN tenant_schema.stock_movements m ON m.id = x.movement_id
      WHERE x.lot_id = _lot AND m.location_id = _location AND m.quantity < 0 AND m.reverses_id IS NULL AND m.id <> _movement
        AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id)
      GROUP BY m.id HAVING sum(x.quantity) < 0
      ORDER BY m.kind IN ('TRANSFER_OUT', 'MOVE', 'PRODUCTION'), m.effective_at DESC, m.id DESC
    LOOP
      EXIT WHEN _missing <= 0;
      _used.quantity := least(_used.quantity, _missing);
      PERFORM tenant_schema.move_lot(_posting, _used.id, _site, _location, _item, _lot, _used.quantity);
      _missing := _missing - _used.quantity;
    END LOOP;
  END IF;
  INSERT INTO tenant_schema.movement_lots (movement_id, lot_id, site_id, quantity, posting_id, left_as)
  VALUES (_movement, _lot, _site, _quantity, _posting, nullif(_left_as, _lot));
  INSERT INTO tenant_schema.stock_lots AS s (location_id, lot_id, item_id, site_id, on_hand)
  VALUES (_location, _lot, _item, _site, greatest(_quantity, 0)) ON CONFLICT (location_id, lot_id) DO NOTHING;
  IF NOT FOUND THEN
    UPDATE tenant_schema.stock_lots s SET on_hand = s.on_hand + _quantity WHERE s.location_id = _location AND s.lot_id = _lot;
  END IF;
END $$;

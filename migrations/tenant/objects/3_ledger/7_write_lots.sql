-- Says of which lots the lines of a posting are, where their items are kept by lots; for post_lines(), under its locks. `_lots` has
-- for each line nothing, or [{code, expires, quantity}]: a quantity left out is all that is left of the line, a code left out is
-- stock of no lot. What arrived as another lot names in `left_as` the one it left as. What nobody named comes from lot_sources(); what is reversed gives its lots back. What is left is of no lot.
CREATE FUNCTION tenant_schema.write_lots(_posting tenant_schema.postings, _lines tenant_schema.posting_line[], _ids bigint[], _of bigint[],
  _lots jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _item record;
  _line tenant_schema.posting_line;
  _part record;
  _rest numeric;
  _taken numeric;
BEGIN
  FOR _item IN -- what leaves comes first, so that a move can put it elsewhere
    SELECT l.n, l.item_id, i.tracks_lots, i.shelf_life_days FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value,
      unit_cost, reason_id, note, entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
    JOIN tenant_schema.items i ON i.id = l.item_id AND i.tracks_lots <> 'NO' WHERE l.quantity <> 0 ORDER BY l.quantity > 0, l.n
  LOOP
    _line := _lines[_item.n];
    _rest := abs(_line.quantity);
    FOR _part IN
      SELECT x.lot_id, abs(x.quantity) AS quantity, 0 AS place, NULL::uuid AS left_as FROM (
        SELECT y.lot_id, sum(y.quantity) AS quantity FROM tenant_schema.movement_lots y WHERE y.movement_id = _line.reverses_id
        GROUP BY y.lot_id HAVING sum(y.quantity) <> 0) x
      UNION ALL
      SELECT CASE WHEN e.part ->> 'code' IS NULL THEN NULL
          WHEN _line.quantity < 0 THEN (SELECT t.id FROM tenant_schema.lots t WHERE t.item_id = _line.item_id AND t.code = btrim(e.part ->> 'code'))
          ELSE tenant_schema.make_lot(_line.item_id, e.part ->> 'code', CASE WHEN _item.tracks_lots = 'EXPIRY' THEN
            coalesce((e.part ->> 'expires')::date, tenant_schema.business_day(_line.effective_at, s.time_zone, s.day_cutover_hour)
              + _item.shelf_life_days) END, _line.effective_at) END,
        coalesce((e.part ->> 'quantity')::numeric, abs(_line.quantity)), e.n,
        (SELECT t.id FROM tenant_schema.lots t WHERE t.item_id = _line.item_id AND t.code = e.part ->> 'left_as')
      FROM jsonb_array_elements(nullif(_lots -> (_item.n - 1)::int, 'null')) WITH ORDINALITY AS e (part, n), tenant_schema.sites s
      WHERE s.id = _posting.site_id AND _line.reverses_id IS NULL
      ORDER BY place
    LOOP
      _taken := least(_part.quantity, _rest);
      IF _part.lot_id IS NOT NULL AND _taken > 0 THEN
        PERFORM tenant_schema.move_lot(_posting.id, _ids[_item.n], _posting.site_id, _line.location_id, _line.item_id, _part.lot_id,
          _taken * sign(_line.quantity), _part.left_as);
      END IF;
      _rest := _rest - _taken;
    END LOOP;
    CONTINUE WHEN _rest = 0 OR _line.reverses_id IS NOT NULL;
    FOR _part IN SELECT x.lot_id, x.quantity FROM tenant_schema.lot_sources(_posting, _line, _of[_item.n]) x LOOP
      _taken := least(_part.quantity, _rest, CASE WHEN _line.quantity < 0 THEN (SELECT s.on_hand FROM tenant_schema.stock_lots s
        WHERE s.location_id = _line.location_id AND s.lot_id = _part.lot_id) END);
      CONTINUE WHEN _taken <= 0;
      PERFORM tenant_schema.move_lot(_posting.id, _ids[_item.n], _posting.site_id, _line.location_id, _line.item_id, _part.lot_id,
        _taken * sign(_line.quantity));
      _rest := _rest - _taken;
      EXIT WHEN _rest = 0;
    END LOOP;
  END LOOP;
  PERFORM tenant_schema.cover_lots(_posting.id, _posting.site_id, l.location_id, l.item_id, max(l.effective_at))
  FROM unnest(_lines) l JOIN tenant_schema.items i ON i.id = l.item_id AND i.tracks_lots <> 'NO'
  GROUP BY l.location_id, l.item_id;
END $$;

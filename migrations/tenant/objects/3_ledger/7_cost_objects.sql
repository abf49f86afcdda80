-- What has to be walked when these objects change from these moments on: they, and whatever takes its worth from them, by a
-- transfer or by production, from then on; each with what it had before, or only since when (`_in_full`). Locks nothing.
CREATE FUNCTION tenant_schema.cost_objects(_seeds tenant_schema.cost_object[], _in_full boolean DEFAULT true) RETURNS tenant_schema.cost_object[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _objects tenant_schema.cost_object[];
  _object tenant_schema.cost_object;
  _todo int[];
  _taker record;
  _before record;
  _n int;
BEGIN
  SELECT array_agg(ROW(c.site_id, c.item_id, s.from_at, c.quantity, c.value, c.average_cost, c.is_fifo)::tenant_schema.cost_object
      ORDER BY c.site_id, c.item_id) INTO _objects
  FROM (SELECT u.site_id, u.item_id, min(u.from_at) AS from_at FROM unnest(_seeds) u GROUP BY u.site_id, u.item_id) s
  JOIN tenant_schema.stock_costs c ON c.site_id = s.site_id AND c.item_id = s.item_id;
  SELECT coalesce(array_agg(o.n::int), '{}') INTO _todo FROM unnest(_objects) WITH ORDINALITY
    AS o (site_id, item_id, from_at, quantity, value, cost, is_fifo, n) WHERE o.from_at < 'infinity';
  WHILE cardinality(_todo) > 0 LOOP
    _n := _todo[1];
    _todo := _todo[2:];
    _object := _objects[_n];
    IF _object.from_at > '-infinity' THEN
      _before := tenant_schema.cost_before(_object.site_id, _object.item_id, _object.from_at, _in_full);
      _object.quantity := _before.quantity; _object.value := _before.value; _object.cost := _before.cost; _object.is_fifo := false;
    END IF;
    IF _object.from_at = '-infinity' OR _object.quantity IS NULL THEN
      _object.from_at := '-infinity'; _object.quantity := 0; _object.value := 0; _object.cost := 0; _object.is_fifo := false;
    END IF;
    _objects[_n] := _object;
    FOR _taker IN
      SELECT t.site_id, t.item_id, min(t.effective_at) AS from_at
      FROM tenant_schema.stock_movements m
      JOIN tenant_schema.stock_movements t ON t.of_id = m.id AND (t.site_id, t.item_id) <> (m.site_id, m.item_id)
      WHERE m.site_id = _object.site_id AND m.item_id = _object.item_id AND m.effective_at >= _object.from_at AND m.kind = 'TRANSFER_OUT'
      GROUP BY t.site_id, t.item_id
      UNION ALL
      SELECT t.site_id, t.item_id, min(t.effective_at)
      FROM tenant_schema.stock_movements m
      JOIN tenant_schema.stock_movements t ON t.posting_id = m.posting_id AND t.quantity > 0
      WHERE m.site_id = _object.site_id AND m.item_id = _object.item_id AND m.effective_at >= _object.from_at AND m.kind = 'PRODUCTION'
        AND m.quantity < 0
      GROUP BY t.site_id, t.item_id
    LOOP
      SELECT o.n INTO _n FROM unnest(_objects) WITH ORDINALITY AS o (site_id, item_id, from_at, quantity, value, cost, is_fifo, n)
       WHERE o.site_id = _taker.site_id AND o.item_id = _taker.item_id;
      IF _n IS NULL THEN
        _n := cardinality(_objects) + 1;
      ELSIF (_objects[_n]).from_at <= _taker.from_at THEN
        CONTINUE;
      END IF;
      _objects[_n] := ROW(_taker.site_id, _taker.item_id, _taker.from_at, NULL, NULL, NULL, NULL)::tenant_schema.cost_object;
      _todo := _todo || _n;
    END LOOP;
  END LOOP;
  RETURN _objects;
END $$;

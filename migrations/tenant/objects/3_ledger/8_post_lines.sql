-- The one way into the ledger. The cost rows of the lines' items must be locked (lock_costs) by the caller, who has checked
-- rights and content; the hash of the orders they concern stands in the posting already. Walks the lines of each item in time
-- order with the moving average of domain/costing.py, then writes the posting, its movements, corrections, levels, costs and
-- audit row. Answers id, number, value and lines of the posting.
CREATE FUNCTION tenant_schema.post_lines(
  _posting tenant_schema.postings, _lines tenant_schema.posting_line[]) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _site tenant_schema.sites;
  _line record;
  _item uuid;
  _q numeric; _v numeric; _a numeric; -- quantity, value and average cost of the item so far
  _x numeric; _price numeric; _covered numeric; _up numeric;
  _values numeric[] := array_fill(0::numeric, ARRAY[coalesce(cardinality(_lines), 0)]);
  _items uuid[] := '{}'; _qs numeric[] := '{}'; _vs numeric[] := '{}'; _as numeric[] := '{}';
  _up_lines int[] := '{}'; _up_short numeric[] := '{}'; _up_covered numeric[] := '{}'; _up_values numeric[] := '{}';
  _ids bigint[];
  _below uuid[] := '{}';
  _receipt tenant_schema.stock_movements;
BEGIN
  PERFORM pg_current_xact_id(); -- before any number is taken, see seal()
  SELECT * INTO STRICT _site FROM tenant_schema.sites s WHERE s.id = _posting.site_id;
  FOR _line IN
    SELECT l.n::int AS n, l.item_id, l.quantity, l.value, l.unit_cost, c.quantity AS q, c.value AS v, c.average_cost AS a
    FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
      entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
    JOIN tenant_schema.stock_costs c ON c.site_id = _site.id AND c.item_id = l.item_id
    ORDER BY l.item_id, l.effective_at, l.n
  LOOP
    IF _item IS DISTINCT FROM _line.item_id THEN
      IF _item IS NOT NULL THEN
        _items := _items || _item; _qs := _qs || _q; _vs := _vs || _v; _as := _as || _a;
      END IF;
      _item := _line.item_id; _q := _line.q; _v := _line.v; _a := _line.a;
    END IF;
    IF _line.quantity > 0 THEN
      _price := CASE WHEN _line.value IS NOT NULL THEN tenant_schema.quotient(_line.value, _line.quantity, 12)
                     ELSE coalesce(round(_line.unit_cost, 12), _a) END;
      _x := coalesce(_line.value, round(_line.quantity * _price, 6));
      _up := 0;
      IF _q < 0 THEN
        _covered := least(_line.quantity, -_q);
        _up := CASE WHEN _q + _line.quantity = 0 THEN -(_v + _x)
                    ELSE tenant_schema.quotient(_covered * (_v - _price * _q), _q, 6) END;
        IF _up <> 0 THEN
          _up_lines := _up_lines || _line.n; _up_short := _up_short || -_q;
          _up_covered := _up_covered || _covered; _up_values := _up_values || _up;
        END IF;
      END IF;
      _a := CASE WHEN _q >= 0 THEN tenant_schema.quotient(_v + _x, _q + _line.quantity, 12) ELSE _price END;
      _q := _q + _line.quantity;
      _v := _v + _x + _up;
    ELSE
      _x := CASE
        WHEN _q + _line.quantity = 0 THEN -_v
        WHEN _line.value IS NOT NULL AND _q + _line.quantity > 0 AND _v + _line.value >= 0 THEN _line.value
        WHEN _q + _line.quantity > 0 THEN tenant_schema.quotient(_line.quantity * _v, _q, 6)
        WHEN _q > 0 THEN -_v + round((_line.quantity + _q) * _a, 6)
        ELSE round(_line.quantity * _a, 6) END;
      _q := _q + _line.quantity;
      _v := _v + _x;
      IF _line.value IS NOT NULL AND _q > 0 THEN -- an undone receipt takes its part of the average with it
        _a := tenant_schema.quotient(_v, _q, 12);
      END IF;
      IF _q < 0 AND NOT _site.allows_negative AND NOT _item = ANY (_below) THEN
        _below := _below || _item;
      END IF;
    END IF;
    _values[_line.n] := _x;
  END LOOP;
  IF _item IS NOT NULL THEN
    _items := _items || _item; _qs := _qs || _q; _vs := _vs || _v; _as := _as || _a;
  END IF;
  IF _below <> '{}' THEN
    RAISE EXCEPTION 'There is not enough stock at %.', _site.name USING ERRCODE = 'IM400', DETAIL = (
      SELECT jsonb_agg(jsonb_build_object('row', l.n, 'field', 'quantity',
        'text', format('%s: only %s %s on hand at %s.', i.name, trim_scale(c.quantity), i.base_unit, _site.name)) ORDER BY l.n)
      FROM (SELECT u.item_id, min(u.n) AS n FROM unnest(_lines) WITH ORDINALITY AS u (item_id, location_id, quantity, value,
              unit_cost, reason_id, note, entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
            WHERE u.item_id = ANY (_below) AND u.quantity < 0 GROUP BY u.item_id) l
      JOIN tenant_schema.items i ON i.id = l.item_id
      JOIN tenant_schema.stock_costs c ON c.site_id = _site.id AND c.item_id = l.item_id);
  END IF;

  _posting.business_day := tenant_schema.business_day(_posting.effective_at, _site.time_zone, _site.day_cutover_hour);
  _posting.posted_by := tenant_schema.me();
  _posting.posted_at := clock_timestamp();
  _posting.line_count := coalesce(cardinality(_lines), 0);
  _posting.orders_hash := coalesce(_posting.orders_hash, sha256(''));
  _posting.value := (SELECT coalesce(sum(x), 0)::numeric(20, 6) FROM unnest(_values) x);
  WITH written AS (
    INSERT INTO tenant_schema.stock_movements AS m (posting_id, kind, site_id, location_id, item_id, effective_at, business_day,
      quantity, value, entered_quantity, entered_unit, reason_id, note, order_id, reverses_id, posted_by, posted_at)
    SELECT _posting.id, _posting.kind, _site.id, l.location_id, l.item_id, l.effective_at,
      tenant_schema.business_day(l.effective_at, _site.time_zone, _site.day_cutover_hour), l.quantity, v.value,
      l.entered_quantity, l.entered_unit, l.reason_id, coalesce(l.note, ''), l.order_id, l.reverses_id,
      _posting.posted_by, _posting.posted_at
    FROM ROWS FROM (unnest(_lines), unnest(_values)) WITH ORDINALITY AS l (item_id, location_id, quantity, given, unit_cost,
      reason_id, note, entered_quantity, entered_unit, effective_at, order_id, reverses_id, value, n)
    CROSS JOIN LATERAL (SELECT l.value) v
    ORDER BY l.n
    RETURNING m.id, tenant_schema.movement_line(m) AS line
  ), summed AS (
    SELECT array_agg(w.id ORDER BY w.id) AS ids, sha256(convert_to(coalesce(string_agg(w.line, E'\n' ORDER BY w.id), ''), 'UTF8')) AS hash
    FROM written w
  ), posted AS (
    INSERT INTO tenant_schema.postings (id, kind, site_id, effective_at, business_day, supplier_id, reference, note, reverses_id,
      content_hash, lines_hash, orders_hash, line_count, value, posted_by, posted_at, row_hash)
    SELECT _posting.id, _posting.kind, _site.id, _posting.effective_at, _posting.business_day, _posting.supplier_id,
      _posting.reference, _posting.note, _posting.reverses_id, _posting.content_hash, s.hash, _posting.orders_hash,
      _posting.line_count, _posting.value, _posting.posted_by, _posting.posted_at, tenant_schema.posting_hash(_posting, s.hash)
    FROM summed s
    RETURNING number)
  SELECT s.ids, p.number INTO STRICT _ids, _posting.number FROM summed s, posted p;

  FOR _i IN 1 .. cardinality(_up_lines) LOOP
    SELECT * INTO STRICT _receipt FROM tenant_schema.stock_movements m WHERE m.id = _ids[_up_lines[_i]];
    PERFORM tenant_schema.spread_true_up(_receipt, _up_short[_i], _up_covered[_i], _up_values[_i]);
  END LOOP;

  INSERT INTO tenant_schema.stock_levels AS s (location_id, item_id, site_id, on_hand)
  SELECT l.location_id, l.item_id, _site.id, sum(l.quantity) FROM unnest(_lines) l GROUP BY l.location_id, l.item_id
  ON CONFLICT (location_id, item_id) DO UPDATE SET on_hand = s.on_hand + excluded.on_hand;
  UPDATE tenant_schema.stock_costs c SET quantity = u.q, value = u.v, average_cost = u.a,
    last_movement_at = greatest(c.last_movement_at, _posting.effective_at)
  FROM unnest(_items, _qs, _vs, _as) AS u (item_id, q, v, a) WHERE c.site_id = _site.id AND c.item_id = u.item_id;
  PERFORM tenant_schema.write_audit('posting', _posting.id::text, 'POST', _site.id, NULL, jsonb_build_object(
    'kind', _posting.kind, 'number', _posting.number, 'effective_at', _posting.effective_at, 'lines', _posting.line_count,
    'value', _posting.value, 'reference', _posting.reference, 'note', _posting.note, 'reverses', _posting.reverses_id));
  RETURN tenant_schema.posting_result(_posting);
END $$;

-- While a long history comes in: what lines are worth for now that would make something else worth another thing, as after every
-- movement there is, and since when their objects are not settled. settle() says what all of it is worth, once for many of them.
-- Answers as walk_ahead() does; nothing where lines are settled at once.
CREATE FUNCTION tenant_schema.put_off(_site uuid, _lines tenant_schema.posting_line[], _of bigint[],
  OUT firsts numeric[], OUT items uuid[], OUT quantities numeric[], OUT worths numeric[], OUT costs numeric[], OUT ats timestamptz[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _touched tenant_schema.cost_object[];
  _line record;
  _item uuid;
  _q numeric; _v numeric; _a numeric; _x numeric;
  _n int := 0;
BEGIN
  IF NOT tenant_schema.settles_later() OR EXISTS (SELECT FROM unnest(_lines) l WHERE l.reverses_id IS NOT NULL) THEN
    RETURN;
  END IF;
  _touched := tenant_schema.touched_costs(_site, _lines, _of);
  IF NOT EXISTS (
    SELECT FROM unnest(_touched) t
    CROSS JOIN LATERAL (SELECT * FROM tenant_schema.stock_costs c WHERE c.site_id = t.site_id AND c.item_id = t.item_id LIMIT 1) c
    WHERE t.from_at < 'infinity' OR c.unsettled_from IS NOT NULL) THEN
    RETURN;
  END IF;
  firsts := array_fill(0::numeric, ARRAY[cardinality(_lines)]);
  FOR _line IN
    SELECT l.n::int AS n, l.item_id, l.quantity, coalesce(round(l.value, 6), round(l.quantity * round(l.unit_cost, 12), 6)) AS given,
      l.effective_at AS at, c.quantity AS q, c.value AS v, c.average_cost AS a
    FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
      entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
    CROSS JOIN LATERAL (SELECT * FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = l.item_id LIMIT 1) c
    ORDER BY l.item_id, l.effective_at, l.n
  LOOP
    IF _item IS DISTINCT FROM _line.item_id THEN
      _item := _line.item_id; _q := _line.q; _v := _line.v; _a := _line.a; _n := _n + 1;
    END IF;
    _q := _q + _line.quantity;
    _x := CASE WHEN _q = 0 THEN -_v WHEN _line.quantity > 0 THEN coalesce(_line.given, round(_line.quantity * _a, 6))
               ELSE round(_line.quantity * _a, 6) END;
    _v := _v + _x;
    firsts[_line.n] := _x;
    items[_n] := _item; quantities[_n] := _q; worths[_n] := _v; costs[_n] := _a; ats[_n] := _line.at;
  END LOOP;
  UPDATE tenant_schema.stock_costs c SET unsettled_from = least(c.unsettled_from, u.from_at)
  FROM (
    SELECT t.site_id, t.item_id, min(t.from_at) AS from_at
    FROM (SELECT t.site_id, t.item_id, t.from_at FROM unnest(_touched) t WHERE t.from_at < 'infinity'
          UNION ALL SELECT _site, l.item_id, l.effective_at FROM unnest(_lines) l) t
    GROUP BY t.site_id, t.item_id) u
  WHERE c.site_id = u.site_id AND c.item_id = u.item_id;
END $$;

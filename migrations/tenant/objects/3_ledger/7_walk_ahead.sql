-- What lines are worth where nothing that was posted changes by them, as in most postings: they come after everything there is of
-- their items, which are kept by moving average, and leave none of them short. The same rules as walk(), in one loop and without
-- its arrays. Each line asks for its own row, because a plan that was made for a new site would go through all of it for every document
-- of a long history. Answers the values of the lines, and what there is of each item at the end; no values where it takes a walk().
CREATE FUNCTION tenant_schema.walk_ahead(_site uuid, _lines tenant_schema.posting_line[],
  OUT firsts numeric[], OUT items uuid[], OUT quantities numeric[], OUT worths numeric[], OUT costs numeric[], OUT ats timestamptz[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  _line record;
  _item uuid;
  _q numeric; _v numeric; _a numeric; _x numeric;
  _n int := 0;
  _values numeric[] := array_fill(0::numeric, ARRAY[cardinality(_lines)]);
BEGIN
  FOR _line IN
    SELECT l.n::int AS n, l.item_id, l.quantity, coalesce(round(l.value, 6), round(l.quantity * round(l.unit_cost, 12), 6)) AS given,
      l.effective_at AS at, c.quantity AS q, c.value AS v, c.average_cost AS a,
      l.quantity = 0 OR l.reverses_id IS NOT NULL OR c.quantity < 0 OR c.is_fifo OR l.effective_at < c.last_movement_at
        OR i.cost_method = 'FIFO' AS is_other
    FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
      entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
    CROSS JOIN LATERAL (SELECT * FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = l.item_id LIMIT 1) c
    CROSS JOIN LATERAL (SELECT i.cost_method FROM tenant_schema.items i WHERE i.id = l.item_id LIMIT 1) i
    ORDER BY l.item_id, l.effective_at, l.n
  LOOP
    IF _line.is_other THEN
      RETURN;
    END IF;
    IF _item IS DISTINCT FROM _line.item_id THEN
      _item := _line.item_id; _q := _line.q; _v := _line.v; _a := _line.a; _n := _n + 1;
    END IF;
    IF _line.quantity > 0 THEN
      _x := coalesce(_line.given, round(_line.quantity * _a, 6));
      _a := tenant_schema.quotient(_v + _x, _q + _line.quantity, 12);
    ELSIF _q + _line.quantity > 0 THEN
      _x := -tenant_schema.quotient(_v * -_line.quantity, _q, 6);
    ELSIF _q + _line.quantity = 0 THEN
      _x := -_v;
    ELSE
      RETURN;
    END IF;
    _q := _q + _line.quantity; _v := _v + _x;
    _values[_line.n] := _x;
    items[_n] := _item; quantities[_n] := _q; worths[_n] := _v; costs[_n] := _a; ats[_n] := _line.at;
  END LOOP;
  IF NOT EXISTS (SELECT FROM tenant_schema.item_methods h WHERE h.item_id = ANY (items)) THEN
    firsts := _values;
  END IF;
END $$;

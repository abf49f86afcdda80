-- What movements are worth, by the rules of domain/valuation.py: walks the lines of a posting, and the movements of the objects
-- from their moments on, in the order of time and entry. Where one object handed something to another whose worth is known
-- later than that, all is walked again until nothing changes any more; circles (see stages()) one by one, and as it was known when
-- it happened where one never ends. Answers the first values of the lines; the movements that were walked again, when and what
-- each is worth by itself; true-ups of short issues, when they were covered; and what the objects and their layers are at the
-- end. Where the books say so already, a movement is left out of the answer. What a transfer lost comes back and leaves again with a weight of 0: it passes, with the worth it had left with, and changes
-- nothing else. Writes nothing. Plans as whoever calls it says: once for all where nothing is walked again, for the case at hand where much may be.
CREATE FUNCTION tenant_schema.walk(
  _objects tenant_schema.cost_object[], _posting tenant_schema.postings, _lines tenant_schema.posting_line[], _ids bigint[], _of bigint[],
  _weights numeric[], _undone bigint[],
  OUT firsts numeric[], OUT walked bigint[], OUT walked_at timestamptz[], OUT worths numeric[], OUT booked numeric[],
  OUT up_ids bigint[], OUT up_ats timestamptz[], OUT up_values numeric[],
  OUT ends tenant_schema.cost_object[],
  OUT part_objects int[], OUT part_ids bigint[], OUT part_quantities numeric[], OUT part_values numeric[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  -- of each movement: its id, line, object, time, quantity, the value it brought, the issue it is of, its weight, its production
  _id bigint[]; _line int[]; _o int[]; _at timestamptz[]; _q numeric[]; _given numeric[]; _of_id bigint[]; _weight numeric[];
  _doc uuid[]; _fifo boolean[]; _passes boolean[]; _booked numeric[];
  _count int; _all int; _linked boolean;
  _source int[]; _group int[]; _first_input int[]; _last_input int[]; _inputs int[]; -- places in these arrays
  _w numeric[]; _own numeric[]; _was numeric[]; -- worth, without true-ups, and in the turn before
  _carried numeric[]; _first numeric[]; _settled numeric[]; -- what was handed over, in this turn, in the first, and in the stages before
  _known int[]; _late boolean[]; -- when it last changes; is that after it was handed over
  _stages int[]; _rests int[]; _stage int := 0; _turn int := 0; -- see stages()
  _back_q numeric[]; _back_v numeric[]; _out_q numeric[]; _out_v numeric[]; -- of an issue: not yet back here, or elsewhere
  _back_q0 numeric[]; _back_v0 numeric[]; _out_q0 numeric[]; _out_v0 numeric[]; _w0 numeric[];
  _rate numeric[]; -- of what came from a place of another currency: what one of that was worth here when it left
  _group_weight numeric[]; _weight_left numeric[]; _group_given numeric[];
  -- of each object
  _sq numeric[]; _sv numeric[]; _sa numeric[]; _sf boolean[]; _sq0 numeric[]; _sv0 numeric[]; _sa0 numeric[]; _sf0 boolean[];
  _head int[]; _tail int[]; _head0 int[]; _tail0 int[];
  -- layers, or parts of issues that were short with quantities below zero, each naming the next of its object
  _p_row int[]; _p_id bigint[]; _p_q numeric[]; _p_v numeric[]; _p_next int[]; _p_count int;
  _p_row0 int[]; _p_id0 bigint[]; _p_q0 numeric[]; _p_v0 numeric[]; _p_next0 int[];
  _u_row int[]; _u_at timestamptz[]; _u_v numeric[]; _u_count int;
  _k int; _s int; _g int; _p int; _part record; _came record;
  _x numeric; _v numeric; _left numeric; _rest numeric; _here numeric; _was_v numeric; _price numeric; _blends boolean;
  _changed boolean; _went record; _last_stage int;
BEGIN
  SELECT array_agg(b.id), array_agg(b.line), array_agg(b.o), array_agg(b.at), array_agg(b.quantity), array_agg(b.given), array_agg(b.of_id),
    array_agg(b.weight), array_agg(b.doc), array_agg(b.is_fifo), array_agg(b.booked), count(*), coalesce(bool_or(b.of_id IS NOT NULL OR b.doc IS NOT NULL), false)
    INTO _id, _line, _o, _at, _q, _given, _of_id, _weight, _doc, _fifo, _booked, _count, _linked
  FROM (
    WITH known AS MATERIALIZED (
      SELECT o.n::int AS n, o.site_id, o.site_id = _posting.site_id AS is_here, o.item_id, o.from_at, i.cost_method = 'FIFO' AS is_fifo, s.time_zone, s.day_cutover_hour,
        EXISTS (SELECT FROM tenant_schema.item_methods h WHERE h.item_id = o.item_id) AS switches
      FROM unnest(_objects) WITH ORDINALITY AS o (site_id, item_id, from_at, quantity, value, cost, is_fifo, n)
      JOIN tenant_schema.items i ON i.id = o.item_id
      JOIN tenant_schema.sites s ON s.id = o.site_id
    ), moved AS (
      SELECT m.id, NULL::int AS line, k.n AS o, m.at, m.quantity, m.given, m.of_id, m.weight, m.doc, k.is_fifo, k.switches, m.day, m.booked
      FROM tenant_schema.moves_again(_objects, _undone) m JOIN known k ON k.n = m.o
      UNION ALL
      SELECT _ids[l.n], l.n::int, k.n, l.effective_at, l.quantity,
        CASE WHEN l.quantity >= 0 THEN coalesce(round(l.value, 6), round(l.quantity * round(l.unit_cost, 12), 6)) END,
        _of[l.n], _weights[l.n], CASE WHEN _posting.kind = 'PRODUCTION' THEN _posting.id END, k.is_fifo, k.switches,
        tenant_schema.business_day(l.effective_at, k.time_zone, k.day_cutover_hour), NULL
      FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
        entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
      JOIN known k ON k.is_here AND k.item_id = l.item_id -- not by the site itself, of which the planner expects one row: it would walk them
      WHERE l.reverses_id IS NULL)
    SELECT m.id, m.line, m.o, m.at, m.quantity, m.given, m.of_id, m.weight, m.doc, m.booked,
      CASE WHEN m.switches THEN (SELECT h.method = 'FIFO' FROM tenant_schema.item_methods h WHERE h.item_id = (_objects[m.o]).item_id
        AND h.valid_from <= m.day ORDER BY h.valid_from DESC LIMIT 1) IS TRUE ELSE m.is_fifo END AS is_fifo
    FROM moved m ORDER BY m.at, m.id) b;

  SELECT array_agg(o.quantity), array_agg(o.value), array_agg(o.cost), array_agg(o.is_fifo),
      array_agg(NULL::int), array_agg(NULL::int) INTO _sq0, _sv0, _sa0, _sf0, _head0, _tail0
    FROM unnest(_objects) o;
  _id := coalesce(_id, '{}');
  _all := _count;
  _p_count := 0; _p_row0 := '{}'; _p_id0 := '{}'; _p_q0 := '{}'; _p_v0 := '{}'; _p_next0 := '{}';
  FOR _part IN
    SELECT o.n::int AS o, l.movement_id AS id, l.quantity, l.value
    FROM unnest(_objects) WITH ORDINALITY AS o (site_id, item_id, from_at, quantity, value, cost, is_fifo, n)
    JOIN tenant_schema.cost_layers l ON l.site_id = o.site_id AND l.item_id = o.item_id
    WHERE o.from_at = 'infinity' AND (o.is_fifo OR o.quantity < 0) ORDER BY o.n, l.place
  LOOP
    _p_count := _p_count + 1;
    IF _head0[_part.o] IS NULL THEN
      _head0[_part.o] := _p_count;
    ELSE
      _p_next0[_tail0[_part.o]] := _p_count;
    END IF;
    _tail0[_part.o] := _p_count;
    _p_id0[_p_count] := _part.id; _p_q0[_p_count] := _part.quantity; _p_v0[_p_count] := _part.value;
    _p_next0[_p_count] := NULL; _p_row0[_p_count] := NULL;
  END LOOP;

  _w0 := array_fill(0::numeric, ARRAY[_count]);
  IF _linked OR _p_count > 0 THEN
    -- what is not walked and yet has a worth that is asked for: issues, inputs, and what was short before
    FOR _part IN
      SELECT x.id, m.site_id, m.item_id, -m.quantity AS quantity,
        m.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0) AS worth,
        (SELECT o.n::int FROM unnest(_objects) WITH ORDINALITY AS o (site_id, item_id, from_at, quantity, value, cost, is_fifo, n)
         WHERE o.site_id = m.site_id AND o.item_id = m.item_id) AS o, n.first_at,
        CASE WHEN m.kind = 'PRODUCTION' THEN m.posting_id END AS doc
      FROM (SELECT unnest(_of_id) AS id UNION SELECT unnest(_p_id0) UNION
            SELECT i.id FROM tenant_schema.stock_movements i WHERE i.posting_id = ANY (_doc) AND i.quantity < 0) x
      JOIN tenant_schema.stock_movements m ON m.id = x.id
      LEFT JOIN LATERAL (SELECT min(r.at) AS first_at FROM unnest(_of_id, _at, _line) AS r (of_id, at, line)
                         WHERE r.of_id = x.id AND r.line IS NOT NULL) n ON true
      WHERE x.id <> ALL (_id)
    LOOP
      _all := _all + 1;
      _id[_all] := _part.id; _o[_all] := coalesce(_part.o, 0); _q[_all] := -_part.quantity; _w0[_all] := _part.worth; _doc[_all] := _part.doc;
      _of_id[_all] := NULL; _at[_all] := NULL; _weight[_all] := NULL; _line[_all] := NULL;
      _back_q0[_all] := _part.quantity; _back_v0[_all] := 0; _out_q0[_all] := _part.quantity; _out_v0[_all] := 0;
      IF _part.first_at IS NOT NULL THEN -- less what came back of it before
        SELECT coalesce(sum(t.quantity) FILTER (WHERE t.here), 0) AS here_q, coalesce(sum(t.worth) FILTER (WHERE t.here), 0) AS here_v,
            coalesce(sum(t.quantity) FILTER (WHERE NOT t.here), 0) AS away_q, coalesce(sum(t.worth) FILTER (WHERE NOT t.here), 0) AS away_v
          INTO _came
        FROM (
          SELECT b.quantity, (b.site_id, b.item_id) = (_part.site_id, _part.item_id) AS here,
            b.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = b.id), 0) AS worth
          FROM tenant_schema.stock_movements b
          WHERE b.of_id = _part.id AND b.effective_at <= _part.first_at AND b.reverses_id IS NULL AND b.id <> ALL (_undone)
            AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = b.id)) t;
        _back_q0[_all] := _part.quantity - _came.here_q; _back_v0[_all] := _came.here_v;
        _out_q0[_all] := _part.quantity - _came.away_q; _out_v0[_all] := _came.away_v;
      END IF;
    END LOOP;
    SELECT array_agg(i.n::int ORDER BY r.n) INTO _source FROM unnest(_of_id) WITH ORDINALITY AS r (id, n)
      LEFT JOIN unnest(_id) WITH ORDINALITY AS i (id, n) ON i.id = r.id;
    IF (SELECT count(DISTINCT s.currency) > 1 FROM tenant_schema.sites s) THEN
      SELECT array_agg(p.to_rate ORDER BY r.n) INTO _rate FROM unnest(_of_id) WITH ORDINALITY AS r (id, n)
        LEFT JOIN tenant_schema.stock_movements m ON m.id = r.id LEFT JOIN tenant_schema.postings p ON p.id = m.posting_id;
    END IF;
    SELECT array_agg(r.weight = 0 AND r.doc IS NULL ORDER BY r.n) INTO _passes FROM unnest(_weight, _doc) WITH ORDINALITY AS r (weight, doc, n);
    -- the worth of what was handed over by others that are not walked stays
    FOR _k IN 1 .. _count LOOP
      CONTINUE WHEN _line[_k] IS NOT NULL OR _q[_k] <= 0;
      IF _doc[_k] IS NOT NULL AND NOT EXISTS (
           SELECT FROM unnest(_doc[:_count], _q[:_count]) AS r (doc, q) WHERE r.doc = _doc[_k] AND r.q < 0)
         OR _source[_k] > _count AND NOT EXISTS (
           SELECT FROM unnest(_of_id, _at, _line) AS r (of_id, at, line)
           WHERE r.of_id = _of_id[_k] AND r.line IS NOT NULL AND r.at < _at[_k]) THEN
        _source[_k] := NULL; _doc[_k] := NULL;
        _given[_k] := (SELECT m.value + coalesce((SELECT sum(c.value) FROM tenant_schema.cost_corrections c WHERE c.movement_id = m.id), 0)
                       FROM tenant_schema.stock_movements m WHERE m.id = _id[_k]);
      END IF;
    END LOOP;
    SELECT array_agg(g.g ORDER BY r.n) INTO _group FROM unnest(_doc) WITH ORDINALITY AS r (doc, n)
      LEFT JOIN (SELECT d.doc, row_number() OVER (ORDER BY d.doc)::int AS g FROM (SELECT DISTINCT unnest(_doc) AS doc) d
                 WHERE d.doc IS NOT NULL) g ON g.doc = r.doc;
    SELECT array_agg(i.n::int ORDER BY i.g, i.id) INTO _inputs FROM unnest(_group, _q, _id) WITH ORDINALITY AS i (g, q, id, n)
      WHERE i.g IS NOT NULL AND i.q < 0;
    SELECT array_agg(i.first ORDER BY i.g), array_agg(i.last ORDER BY i.g), array_agg(i.weight ORDER BY i.g)
      INTO _first_input, _last_input, _group_weight
    FROM (SELECT r.g, coalesce(sum(r.weight) FILTER (WHERE r.q > 0), 0) AS weight,
            1 + sum(count(*) FILTER (WHERE r.q < 0)) OVER (ORDER BY r.g ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)::int AS first,
            sum(count(*) FILTER (WHERE r.q < 0)) OVER (ORDER BY r.g)::int AS last
          FROM unnest(_group, _q, _weight) AS r (g, q, weight) WHERE r.g IS NOT NULL GROUP BY r.g) i;
    FOR _p IN 1 .. _p_count LOOP
      _p_row0[_p] := array_position(_id, _p_id0[_p]);
    END LOOP;
  END IF;
  _first_input := coalesce(_first_input, '{}');
  IF cardinality(_first_input) > 0 THEN
    _first_input[1] := 1;
  END IF;

  LOOP
    _was := _w; _w := _w0; _own := _w0; _changed := false;
    _back_q := _back_q0; _back_v := _back_v0; _out_q := _out_q0; _out_v := _out_v0;
    _weight_left := _group_weight; _group_given := array_fill(0::numeric, ARRAY[cardinality(_first_input)]);
    _sq := _sq0; _sv := _sv0; _sa := _sa0; _sf := _sf0; _head := _head0; _tail := _tail0;
    _p_row := _p_row0; _p_id := _p_id0; _p_q := _p_q0; _p_v := _p_v0; _p_next := _p_next0; _p_count := cardinality(_p_id0);
    _u_row := '{}'; _u_at := '{}'; _u_v := '{}'; _u_count := 0;
    FOR _k IN 1 .. _count LOOP
      _s := _o[_k];
      _x := _q[_k];
      IF _fifo[_k] <> _sf[_s] THEN -- the method changes: what is there becomes one layer, or loses its layers
        _sf[_s] := _fifo[_k];
        IF _sq[_s] > 0 THEN
          _head[_s] := NULL; _tail[_s] := NULL;
          _sa[_s] := tenant_schema.quotient(_sv[_s], _sq[_s], 12);
          IF _fifo[_k] THEN
            _p_count := _p_count + 1;
            _p_row[_p_count] := NULL; _p_id[_p_count] := 0; _p_q[_p_count] := _sq[_s]; _p_v[_p_count] := _sv[_s]; _p_next[_p_count] := NULL;
            _head[_s] := _p_count; _tail[_s] := _p_count;
          END IF;
        END IF;
      END IF;

      IF _x > 0 THEN
        IF _linked AND _doc[_k] IS NOT NULL THEN -- produced: its part of what was used, and labour
          _g := _group[_k];
          _v := 0;
          FOR _i IN _first_input[_g] .. _last_input[_g] LOOP
            _p := _inputs[_i];
            _v := _v - CASE WHEN _late[_k] AND (_turn > 0 OR _stage > 0 AND coalesce(_rests[_p], 0) < _stage) THEN _was[_p] ELSE _w[_p] END;
          END LOOP;
          _rest := _v - _group_given[_g];
          _v := CASE WHEN _stages[_k] < _stage THEN _settled[_k] - coalesce(_given[_k], 0) WHEN _weight[_k] = _weight_left[_g] THEN _rest
                     ELSE tenant_schema.quotient(_rest * _weight[_k], _weight_left[_g], 6) END;
          _weight_left[_g] := _weight_left[_g] - _weight[_k];
          _group_given[_g] := _group_given[_g] + _v;
          _v := _v + coalesce(_given[_k], 0);
          _changed := _changed OR _turn > 0 AND _late[_k] AND coalesce(_stages[_k], 0) = _stage AND _v <> _carried[_k];
          _carried[_k] := _v;
        ELSIF _linked AND _source[_k] IS NOT NULL AND _o[_source[_k]] <> _s THEN -- from another object
          _p := _source[_k];
          _rest := - CASE WHEN _late[_k] AND (_turn > 0 OR _stage > 0 AND coalesce(_rests[_p], 0) < _stage) THEN _was[_p] ELSE _w[_p] END;
          _rest := CASE WHEN _rate[_k] IS NULL THEN _rest ELSE round(_rest * _rate[_k], 6) END - _out_v[_p];
          _v := CASE WHEN _stages[_k] < _stage THEN _settled[_k] WHEN _x = _out_q[_p] THEN _rest
                     ELSE tenant_schema.quotient(_rest * _x, _out_q[_p], 6) END;
          _out_q[_p] := _out_q[_p] - _x; _out_v[_p] := _out_v[_p] + _v;
          _changed := _changed OR _turn > 0 AND _late[_k] AND coalesce(_stages[_k], 0) = _stage AND _v <> _carried[_k];
          _carried[_k] := _v;
        ELSIF _given[_k] IS NOT NULL THEN
          _v := round(_given[_k], 6);
        ELSIF _linked AND _source[_k] IS NOT NULL THEN -- back at the cost of its issue
          _p := _source[_k];
          _rest := -_w[_p] - _back_v[_p];
          _v := CASE WHEN _x = _back_q[_p] THEN _rest ELSE tenant_schema.quotient(_rest * _x, _back_q[_p], 6) END;
          _back_q[_p] := _back_q[_p] - _x; _back_v[_p] := _back_v[_p] + _v;
        ELSIF _sf[_s] AND _sq[_s] > 0 THEN
          _v := tenant_schema.quotient(_sv[_s] * _x, _sq[_s], 6);
        ELSE
          _v := round(_x * _sa[_s], 6);
        END IF;
        IF _passes[_k] THEN
          _w[_k] := _v; _own[_k] := _v;
          CONTINUE;
        END IF;
        _blends := _sq[_s] >= 0;
        _left := _x; _rest := _v;
        IF NOT _blends THEN -- covers what was short, oldest first
          WHILE _left > 0 AND _head[_s] IS NOT NULL LOOP
            _p := _head[_s];
            _here := least(_left, -_p_q[_p]);
            _known[_p_row[_p]] := _k;
            _price := CASE WHEN _here = _left THEN _rest ELSE tenant_schema.quotient(_v * _here, _x, 6) END;
            _was_v := CASE WHEN _here = -_p_q[_p] THEN -_p_v[_p] ELSE tenant_schema.quotient(_p_v[_p] * _here, _p_q[_p], 6) END;
            IF _was_v <> _price THEN
              _u_count := _u_count + 1;
              _u_row[_u_count] := _p_row[_p]; _u_at[_u_count] := _at[_k]; _u_v[_u_count] := _was_v - _price;
              _w[_p_row[_p]] := _w[_p_row[_p]] + _was_v - _price;
            END IF;
            IF _here = -_p_q[_p] THEN
              _head[_s] := _p_next[_p];
            ELSE
              _p_q[_p] := _p_q[_p] + _here; _p_v[_p] := _p_v[_p] + _was_v;
            END IF;
            _sv[_s] := _sv[_s] + _was_v;
            _left := _left - _here; _rest := _rest - _price;
          END LOOP;
        END IF;
        _sq[_s] := _sq[_s] + _x;
        _sv[_s] := _sv[_s] + _rest;
        _w[_k] := _v; _own[_k] := _v;
        IF _left > 0 AND _sf[_s] THEN
          _p_count := _p_count + 1;
          _p_row[_p_count] := _k; _p_id[_p_count] := _id[_k]; _p_q[_p_count] := _left; _p_v[_p_count] := _rest; _p_next[_p_count] := NULL;
          IF _head[_s] IS NULL THEN
            _head[_s] := _p_count;
          ELSE
            _p_next[_tail[_s]] := _p_count;
          END IF;
          _tail[_s] := _p_count;
        END IF;
        _sa[_s] := CASE WHEN _blends AND NOT _sf[_s] THEN tenant_schema.quotient(_sv[_s], _sq[_s], 12) ELSE tenant_schema.quotient(_v, _x, 12) END;

      ELSIF _x < 0 AND _passes[_k] THEN
        _w[_k] := -_w[_source[_k]]; _own[_k] := _w[_k];

      ELSIF _x < 0 THEN
        _here := least(-_x, greatest(_sq[_s], 0)); -- what is there
        _v := 0;
        IF _here > 0 THEN
          IF NOT _sf[_s] THEN
            _v := CASE WHEN _here = _sq[_s] THEN _sv[_s] ELSE tenant_schema.quotient(_sv[_s] * _here, _sq[_s], 6) END;
          ELSE
            _left := _here;
            WHILE _left > 0 LOOP
              _p := _head[_s];
              IF _left >= _p_q[_p] THEN
                _v := _v + _p_v[_p]; _left := _left - _p_q[_p]; _head[_s] := _p_next[_p];
              ELSE
                _price := tenant_schema.quotient(_p_v[_p] * _left, _p_q[_p], 6);
                _p_q[_p] := _p_q[_p] - _left; _p_v[_p] := _p_v[_p] - _price;
                _v := _v + _price; _left := 0;
              END IF;
            END LOOP;
          END IF;
        END IF;
        IF _here < -_x THEN -- the rest is short
          _rest := round((-_x - _here) * _sa[_s], 6);
          _p_count := _p_count + 1;
          _p_row[_p_count] := _k; _p_id[_p_count] := _id[_k]; _p_q[_p_count] := _x + _here; _p_v[_p_count] := -_rest; _p_next[_p_count] := NULL;
          IF _head[_s] IS NULL THEN
            _head[_s] := _p_count;
          ELSE
            _p_next[_tail[_s]] := _p_count;
          END IF;
          _tail[_s] := _p_count;
          _v := _v + _rest;
        END IF;
        _sq[_s] := _sq[_s] + _x; _sv[_s] := _sv[_s] - _v;
        _w[_k] := -_v; _own[_k] := -_v;
        IF _linked THEN
          _back_q[_k] := -_x; _back_v[_k] := 0;
          _out_q[_k] := coalesce(_out_q[_k], -_x); _out_v[_k] := coalesce(_out_v[_k], 0);
        END IF;

      ELSE -- what is there is worth more or less
        _v := CASE WHEN _sq[_s] > 0 THEN greatest(round(_given[_k], 6), -_sv[_s]) ELSE 0 END;
        _w[_k] := _v; _own[_k] := _v;
        IF _v <> 0 THEN
          IF _sf[_s] THEN
            _left := _sv[_s]; _rest := _v; _p := _head[_s];
            WHILE _p IS NOT NULL LOOP
              _price := CASE WHEN _p_v[_p] = _left THEN _rest ELSE tenant_schema.quotient(_rest * _p_v[_p], _left, 6) END;
              _left := _left - _p_v[_p]; _rest := _rest - _price; _p_v[_p] := _p_v[_p] + _price;
              _p := _p_next[_p];
            END LOOP;
          END IF;
          _sv[_s] := _sv[_s] + _v;
          _sa[_s] := tenant_schema.quotient(_sv[_s], _sq[_s], 12);
        END IF;
      END IF;
    END LOOP;
    EXIT WHEN NOT _linked;
    IF _late IS NULL THEN
      _went := tenant_schema.handed_over(_o[:_count], _q, _known, _source, _group, _first_input, _last_input, _inputs);
      _late := _went.late; _stages := _went.stages; _rests := _went.rests; _last_stage := _went.last_stage;
      EXIT WHEN _late IS NULL;
    END IF;
    IF _turn = 0 THEN
      _first := _carried;
      _changed := true;
    ELSIF _changed AND _turn = 100 AND _stage % 2 = 1 THEN -- it never ends
      _carried := _first;
      _changed := false;
      _last_stage := greatest(_last_stage, _stage + 1);
    END IF;
    IF _changed THEN
      _turn := _turn + 1;
    ELSE
      EXIT WHEN _stage = _last_stage;
      FOR _k IN 1 .. _count LOOP
        IF _stages[_k] = _stage THEN
          _settled[_k] := _carried[_k];
        END IF;
      END LOOP;
      _stage := _stage + 1;
      _turn := 0;
    END IF;
  END LOOP;

  SELECT array_agg(CASE WHEN l.reverses_id IS NULL THEN 0 ELSE l.value END ORDER BY l.n) INTO firsts
    FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
      entered_quantity, entered_unit, effective_at, order_id, reverses_id, n);
  walked := '{}'; walked_at := '{}'; worths := '{}'; booked := '{}'; up_ids := '{}'; up_ats := '{}'; up_values := '{}';
  _g := 0;
  FOR _k IN 1 .. _count LOOP
    IF _line[_k] IS NOT NULL THEN
      firsts[_line[_k]] := _own[_k];
    ELSIF _own[_k] IS DISTINCT FROM _booked[_k] THEN
      _g := _g + 1;
      walked[_g] := _id[_k]; walked_at[_g] := _at[_k]; worths[_g] := _own[_k]; booked[_g] := _booked[_k];
    END IF;
  END LOOP;
  FOR _k IN 1 .. _u_count LOOP
    up_ids[_k] := _id[_u_row[_k]]; up_ats[_k] := _u_at[_k]; up_values[_k] := _u_v[_k];
  END LOOP;
  part_objects := '{}'; part_ids := '{}'; part_quantities := '{}'; part_values := '{}';
  _g := 0;
  FOR _s IN 1 .. coalesce(cardinality(_objects), 0) LOOP
    _p := _head[_s];
    WHILE _p IS NOT NULL LOOP
      _g := _g + 1;
      part_objects[_g] := _s; part_ids[_g] := _p_id[_p]; part_quantities[_g] := _p_q[_p]; part_values[_g] := _p_v[_p];
      _p := _p_next[_p];
    END LOOP;
  END LOOP;
  SELECT array_agg(ROW(o.site_id, o.item_id, o.from_at, e.q, e.v, e.a, e.f)::tenant_schema.cost_object ORDER BY o.n) INTO ends
    FROM unnest(_objects) WITH ORDINALITY AS o (site_id, item_id, from_at, quantity, value, cost, is_fifo, n)
    JOIN unnest(_sq, _sv, _sa, _sf) WITH ORDINALITY AS e (q, v, a, f, n) USING (n);
END $$;

-- In which order movements are settled that take their worth from others, where some do so in a circle: as stages() and
-- circles() of domain/circles.py say. Of every movement in the order of time: its object, and the last one that changes its
-- worth; then the takers, in that order, each beside what it takes from. Odd for one circle, even for what is between. And of
-- every giver the stage that its worth rests on.
CREATE FUNCTION tenant_schema.stages(_objects int[], _known int[], _takers int[], _givers int[], OUT stages int[], OUT rests int[])
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _count int := cardinality(_objects);
  _upto int[]; -- of each movement: the last taker of its object until then
  _last int[]; -- of each object: the last taker until now; of each giver: the last that took from it
  _begin int[]; _ends int[]; _to int[] := '{}'; _edges int := 0; -- beyond _count: "this, and all that its object took before"
  _found int[]; _low int[]; _is_open boolean[]; _path int[]; _length int := 0; _number int := 0;
  _work int[]; _turn int[]; _depth int; _node int; _next int; _from int; _stage int; _seen int := 0;
  _stages int[] := array_fill(0, ARRAY[2 * _count]);
  _upto_of int[]; -- of each giver: the last taker of its object until its worth was known
  _t int := 1;
BEGIN
  FOR _k IN 1 .. _count LOOP
    IF _takers[_t] = _k THEN
      _begin[_count + _k] := _edges + 1;
      _edges := _edges + 1; _to[_edges] := _k;
      IF _last[_objects[_k]] IS NOT NULL THEN
        _edges := _edges + 1; _to[_edges] := _count + _last[_objects[_k]];
      END IF;
      _ends[_count + _k] := _edges;
      _last[_objects[_k]] := _k;
      WHILE _takers[_t] = _k LOOP
        _t := _t + 1;
      END LOOP;
    END IF;
    _upto[_k] := _last[_objects[_k]];
  END LOOP;
  _last := '{}';
  FOR _i IN 1 .. cardinality(_takers) LOOP
    _node := _takers[_i];
    _begin[_node] := coalesce(_begin[_node], _edges + 1);
    IF _givers[_i] <= _count AND _upto[_known[_givers[_i]]] IS NOT NULL THEN
      _upto_of[_givers[_i]] := _upto[_known[_givers[_i]]];
      _edges := _edges + 1; _to[_edges] := _count + _upto_of[_givers[_i]];
    END IF;
    IF _last[_givers[_i]] IS NOT NULL THEN -- those before leave it the rest
      _edges := _edges + 1; _to[_edges] := _last[_givers[_i]];
    END IF;
    _last[_givers[_i]] := _node;
    _ends[_node] := _edges;
  END LOOP;
  FOR _i IN 1 .. cardinality(_takers) LOOP
    CONTINUE WHEN _found[_takers[_i]] IS NOT NULL;
    _depth := 1; _work[1] := _takers[_i]; _turn[1] := _begin[_takers[_i]] - 1;
    WHILE _depth > 0 LOOP
      _node := _work[_depth];
      IF _found[_node] IS NULL THEN
        _number := _number + 1; _length := _length + 1;
        _found[_node] := _number; _low[_node] := _number; _path[_length] := _node; _is_open[_node] := true;
      ELSIF _is_open[_to[_turn[_depth]]] THEN
        _low[_node] := least(_low[_node], _low[_to[_turn[_depth]]]);
      END IF;
      IF _turn[_depth] < _ends[_node] THEN
        _turn[_depth] := _turn[_depth] + 1;
        _next := _to[_turn[_depth]];
        IF _found[_next] IS NULL THEN
          _depth := _depth + 1; _work[_depth] := _next; _turn[_depth] := _begin[_next] - 1;
        END IF;
        CONTINUE;
      END IF;
      _depth := _depth - 1;
      CONTINUE WHEN _low[_node] < _found[_node];
      _from := _length;
      WHILE _path[_from] <> _node LOOP
        _from := _from - 1;
      END LOOP;
      _stage := 0;
      IF _from < _length THEN
        _seen := _seen + 1; _stage := 2 * _seen - 1;
      ELSE
        FOR _e IN _begin[_node] .. _ends[_node] LOOP
          _stage := greatest(_stage, _stages[_to[_e]] + _stages[_to[_e]] % 2);
        END LOOP;
      END IF;
      FOR _p IN _from .. _length LOOP
        _stages[_path[_p]] := _stage; _is_open[_path[_p]] := false;
      END LOOP;
      _length := _from - 1;
    END LOOP;
  END LOOP;
  stages := _stages[:_count];
  rests := ARRAY(SELECT coalesce(_stages[_count + _upto_of[k]], 0) FROM generate_series(1, _count) AS k ORDER BY k);
END $$;

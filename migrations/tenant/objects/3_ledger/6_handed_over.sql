-- Of movements that took their worth from others in walk(): which are late, so that it was known only after they happened; where
-- some go in a circle, the stages of all, those that the worth of issues rests on, and the last of these. Nothing where none is late. `_known` says of an issue that was short
-- what covered the last of it; what stands beyond the objects' movements does not change.
CREATE FUNCTION tenant_schema.handed_over(_objects int[], _quantities numeric[], _known int[], _source int[], _group int[],
  _first_input int[], _last_input int[], _inputs int[], OUT late boolean[], OUT stages int[], OUT rests int[],
  OUT last_stage int)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _count int := cardinality(_objects);
  _is_late boolean[] := array_fill(false, ARRAY[_count]);
  _takers int[] := '{}'; _givers int[] := '{}'; _n int := 0;
  _upto int[]; _last int[];
  _any boolean := false; _goes_round boolean := false;
BEGIN
  FOR _k IN 1 .. _count LOOP
    _known[_k] := coalesce(_known[_k], _k);
    IF _quantities[_k] > 0 AND _group[_k] IS NOT NULL THEN
      FOR _i IN _first_input[_group[_k]] .. _last_input[_group[_k]] LOOP
        _n := _n + 1; _takers[_n] := _k; _givers[_n] := _inputs[_i];
      END LOOP;
      _last[_objects[_k]] := _k;
    ELSIF _quantities[_k] > 0 AND _source[_k] IS NOT NULL AND (_source[_k] > _count OR _objects[_source[_k]] <> _objects[_k]) THEN
      _n := _n + 1; _takers[_n] := _k; _givers[_n] := _source[_k];
      _last[_objects[_k]] := _k;
    END IF;
    _upto[_k] := _last[_objects[_k]];
  END LOOP;
  FOR _i IN 1 .. _n LOOP
    IF _givers[_i] <= _count AND _known[_givers[_i]] >= _takers[_i] THEN
      _is_late[_takers[_i]] := true;
      _any := true;
      _goes_round := _goes_round OR coalesce(_upto[_known[_givers[_i]]] >= _takers[_i], false);
    END IF;
  END LOOP;
  IF _goes_round THEN
    SELECT s.stages, s.rests INTO stages, rests FROM tenant_schema.stages(_objects, _known, _takers, _givers) s;
  END IF;
  late := CASE WHEN _any THEN _is_late END;
  last_stage := coalesce((SELECT max(s) FROM unnest(stages) s), 0);
END $$;

-- One step of a history, see post_history(). What a step refers to and cannot be found is refused by whatever it is handed to.
CREATE FUNCTION tenant_schema.post_step(_step jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _key uuid := (_step ->> 'key')::uuid;
  _header jsonb := _step -> 'header';
  _of bigint[];
  _line record;
BEGIN
  IF jsonb_array_length(_step -> 'of') > 0 THEN
    SELECT array_agg(m.id ORDER BY o.n), _header || jsonb_build_object('site_id', (array_agg(m.site_id ORDER BY o.n))[1]) INTO _of, _header
    FROM jsonb_array_elements(_step -> 'of') WITH ORDINALITY AS o (at, n)
    CROSS JOIN LATERAL (
      SELECT v.id, v.site_id, row_number() OVER (ORDER BY v.id) AS place FROM tenant_schema.valued_movements v
      WHERE v.posting_id = (o.at ->> 0)::uuid) m
    WHERE m.place = (o.at ->> 1)::int OR (_step -> 'whole')::boolean;
  END IF;
  CASE _step ->> 'do'
    WHEN 'post' THEN
      SELECT array_agg((l.line ->> 'item')::uuid ORDER BY l.n) AS items, array_agg((l.line ->> 'location')::uuid ORDER BY l.n) AS locations,
        array_agg((l.line ->> 'quantity')::numeric ORDER BY l.n) AS quantities, array_agg(NULL::numeric) AS unit_costs,
        array_agg((l.line ->> 'reason')::uuid ORDER BY l.n) AS reasons, array_agg(l.line ->> 'note' ORDER BY l.n) AS notes,
        array_agg((l.line ->> 'entered_quantity')::numeric ORDER BY l.n) AS entered_quantities,
        array_agg(l.line ->> 'entered_unit' ORDER BY l.n) AS entered_units,
        CASE WHEN bool_or(l.line ? 'of') THEN array_agg(CASE WHEN l.line ? 'of' THEN coalesce((
          SELECT m.id FROM (SELECT v.id, row_number() OVER (ORDER BY v.id) AS place FROM tenant_schema.valued_movements v
                            WHERE v.posting_id = (l.line #>> '{of,0}')::uuid) m
          WHERE m.place = (l.line #>> '{of,1}')::int), 0) END ORDER BY l.n) END AS of,
        CASE WHEN bool_or(l.line ? 'weight') THEN array_agg((l.line ->> 'weight')::numeric ORDER BY l.n) END AS weights,
        CASE WHEN bool_or(l.line ? 'value') THEN array_agg((l.line ->> 'value')::numeric ORDER BY l.n) END AS values,
        CASE WHEN bool_or(l.line ? 'lots') THEN jsonb_agg(l.line -> 'lots' ORDER BY l.n) END AS lots
        INTO _line
      FROM jsonb_array_elements(_step -> 'lines') WITH ORDINALITY AS l (line, n);
      PERFORM tenant_schema.post_document(_key, _header, _line.items, _line.locations, _line.quantities, _line.unit_costs, _line.reasons,
        _line.notes, _line.entered_quantities, _line.entered_units, _line.of, _line.weights, _line.values,
        _line.lots);
    WHEN 'reverse' THEN
      PERFORM tenant_schema.reverse_movements(_key, coalesce(_of, '{}'), _step ->> 'reason', _step ->> 'reference');
    WHEN 'prices' THEN
      PERFORM tenant_schema.change_prices(_key, _header, _of,
        (SELECT array_agg(v::numeric ORDER BY n) FROM jsonb_array_elements_text(_step -> 'values') WITH ORDINALITY AS v (v, n)),
        NULL, _step ->> 'spread');
    WHEN 'undo' THEN
      PERFORM tenant_schema.undo_prices(_key, (_step ->> 'posting')::uuid, _step ->> 'reason', _step ->> 'reference');
    WHEN 'method' THEN
      PERFORM tenant_schema.switch_method(_key, (_step ->> 'item')::uuid, _step ->> 'method', (_step ->> 'valid_from')::date,
        _step ->> 'reason');
    ELSE
      RAISE EXCEPTION 'A history posts, reverses, changes prices or methods.' USING ERRCODE = 'IM400';
  END CASE;
END $$;

-- Everything wrong with the lots that were named for the lines of a document, as check_lines(). The cost rows must be locked.
CREATE FUNCTION tenant_schema.check_lots(_kind text, _site tenant_schema.sites, _lines tenant_schema.posting_line[], _lots jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _problems jsonb;
  _sees boolean;
BEGIN
  IF _lots IS NULL THEN
    RETURN NULL;
  END IF;
  IF jsonb_typeof(_lots) <> 'array' OR jsonb_array_length(_lots) <> cardinality(_lines) OR EXISTS (
      SELECT FROM jsonb_array_elements(_lots) l WHERE jsonb_typeof(l) NOT IN ('null', 'array')
        OR jsonb_array_length(CASE WHEN jsonb_typeof(l) = 'array' THEN l ELSE '[]' END) > 50
        OR EXISTS (SELECT FROM jsonb_array_elements(CASE WHEN jsonb_typeof(l) = 'array' THEN l ELSE '[]' END) p WHERE jsonb_typeof(p) <> 'object')) THEN
    RAISE EXCEPTION 'Lots are said line by line, at most 50 of each.' USING ERRCODE = 'IM400';
  END IF;
  _sees := _site.id = ANY (tenant_schema.stock_sites());
  SELECT jsonb_agg(jsonb_build_object('row', q.n, 'field', 'lot', 'text', q.text) ORDER BY q.n, q.place) INTO _problems FROM (
    SELECT w.n, w.place, CASE
        WHEN _kind = 'REVALUATION' OR w.tracks_lots = 'NO' THEN format('%s is not kept by lots.', w.name)
        WHEN w.code IS NULL AND w.said THEN 'The name of a lot has 1 to 40 letters.'
        WHEN length(w.code) > 40 THEN 'The name of a lot has at most 40 letters.'
        WHEN NOT public.is_seen(w.code) THEN 'The name of a lot has a character in it that nobody can see: type it anew.'
        WHEN w.expires !~ '^2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' THEN 'Write the day on which it expires as 2026-01-31.'
        WHEN right(w.expires, 2)::int > extract(day FROM (left(w.expires, 8) || '01')::date + interval '1 month - 1 day')
          THEN format('There is no day %s in the calendar.', w.expires)
        WHEN w.amount !~ '^[0-9]{1,9}([.][0-9]{1,6})?$' OR w.amount::numeric = 0 THEN 'The quantity of a lot lies above zero.'
        WHEN _kind <> 'COUNT' AND w.total > abs(w.quantity) THEN 'The lots of a line are more than the line.'
        WHEN _kind = 'COUNT' THEN NULL
        WHEN w.quantity < 0 AND NOT _sees THEN 'You do not see the stock there now, so leave open which lots leave.' -- a refusal would tell
        WHEN w.quantity < 0 AND w.code IS NOT NULL AND w.wanted > w.held THEN
          CASE WHEN w.held > 0 THEN format('Only %s of lot %s is in %s.', trim_scale(w.held), w.code, w.location)
            ELSE format('There is nothing of lot %s in %s.', w.code, w.location) END
        WHEN w.quantity < 0 AND w.code IS NULL AND w.wanted > w.loose THEN format('Only %s in %s is of no lot.', trim_scale(w.loose), w.location)
        WHEN w.quantity > 0 AND w.code IS NOT NULL AND w.tracks_lots = 'EXPIRY' AND w.expires IS NULL AND w.known IS NULL
          AND w.shelf_life_days IS NULL AND _kind <> 'MOVE' THEN format('Say when lot %s expires.', w.code)
        WHEN w.quantity > 0 AND w.expires::date <> w.known THEN format('Lot %s of %s expires on %s.', w.code, w.name, w.known) END AS text
    FROM (
      SELECT l.n, e.place, l.quantity, i.name, i.tracks_lots, i.shelf_life_days, p.name AS location, e.part ->> 'code' IS NOT NULL AS said,
        nullif(btrim(e.part ->> 'code'), '') AS code, e.part ->> 'expires' AS expires, e.part ->> 'quantity' AS amount, t.expires_on AS known,
        sum(x.amount) OVER (PARTITION BY l.n) AS total,
        sum(x.amount) OVER (PARTITION BY l.location_id, l.item_id, nullif(btrim(e.part ->> 'code'), ''), l.quantity < 0) AS wanted,
        coalesce(s.on_hand, 0) AS held,
        greatest(coalesce(v.on_hand, 0) - coalesce((SELECT sum(o.on_hand) FROM tenant_schema.stock_lots o
          WHERE o.location_id = l.location_id AND o.item_id = l.item_id), 0), 0) AS loose
      FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note, entered_quantity,
        entered_unit, effective_at, order_id, reverses_id, n)
      JOIN tenant_schema.items i ON i.id = l.item_id
      JOIN tenant_schema.storage_locations p ON p.id = l.location_id
      CROSS JOIN LATERAL jsonb_array_elements(nullif(_lots -> (l.n - 1)::int, 'null')) WITH ORDINALITY AS e (part, place)
      CROSS JOIN LATERAL (SELECT CASE WHEN e.part ->> 'quantity' ~ '^[0-9]{1,9}([.][0-9]{1,6})?$' THEN (e.part ->> 'quantity')::numeric
        ELSE abs(l.quantity) END AS amount) x
      LEFT JOIN tenant_schema.lots t ON t.item_id = l.item_id AND t.code = btrim(e.part ->> 'code')
      LEFT JOIN tenant_schema.stock_lots s ON s.lot_id = t.id AND s.location_id = l.location_id
      LEFT JOIN tenant_schema.stock_levels v ON v.location_id = l.location_id AND v.item_id = l.item_id) w) q
  WHERE q.text IS NOT NULL;
  RETURN _problems;
END $$;

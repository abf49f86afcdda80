-- Waste, an adjustment or production that is worth more than its person may record waits for somebody who may: everything else about it is
-- checked as if it were posted now. The header is that of post_document(), and says `lots`, and of production `weights` and `values`,
-- where that takes them beside it. What is within the limit after all is posted at once. The same key answers the same.
-- Answers id, number and state, of what was posted as post_document() does.
CREATE FUNCTION tenant_schema.ask_approval(
  _key uuid, _header jsonb, _items uuid[], _locations uuid[], _quantities numeric[], _unit_costs numeric[], _reasons uuid[],
  _notes text[], _entered_quantities numeric[], _entered_units text[]) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('request', _header, _items, _locations, _quantities, _unit_costs, _reasons, _notes,
    _entered_quantities, _entered_units)::text, 'UTF8'));
  _kind text := _header ->> 'kind';
  _weights CONSTANT numeric[] := CASE WHEN _kind = 'PRODUCTION' THEN tenant_schema.numbers_in(_header -> 'weights') END;
  _values CONSTANT numeric[] := CASE WHEN _kind = 'PRODUCTION' THEN tenant_schema.numbers_in(_header -> 'values') END;
  _row tenant_schema.approval_requests;
  _site tenant_schema.sites;
  _all record;
  _field text;
BEGIN
  IF _key IS NULL OR coalesce(_kind, '') NOT IN ('WASTE', 'ADJUSTMENT', 'PRODUCTION') OR coalesce(cardinality(_items), 0) NOT BETWEEN 1 AND 500 THEN
    RAISE EXCEPTION 'What waits for approval is waste, an adjustment or production of 1 to 500 lines.' USING ERRCODE = 'IM400';
  END IF;
  _site := tenant_schema.require_site((_header ->> 'site_id')::uuid, tenant_schema.permission_of(_kind));
  PERFORM pg_advisory_xact_lock(hashtextextended(_key::text, 0));
  SELECT * INTO _row FROM tenant_schema.approval_requests r WHERE r.id = _key;
  IF _row.id IS NOT NULL AND (_row.content_hash <> _content OR _row.asked_by <> tenant_schema.me()) THEN
    PERFORM tenant_schema.refuse('This key was already used with other content.', NULL, 'IM409');
  ELSIF _row.id IS NULL THEN
    BEGIN
      RETURN tenant_schema.post_document(_key, _header, _items, _locations, _quantities, _unit_costs, _reasons, _notes, _entered_quantities,
        _entered_units, NULL, _weights, _values, nullif(_header -> 'lots', 'null')) || '{"state": "POSTED"}';
    EXCEPTION WHEN SQLSTATE 'IM403' THEN
      GET STACKED DIAGNOSTICS _field = PG_EXCEPTION_DETAIL;
      IF nullif(_field, '')::jsonb -> 0 ->> 'field' IS DISTINCT FROM 'limit' THEN
        RAISE;
      END IF;
    END;
    IF (SELECT count(*) FROM tenant_schema.approval_requests r WHERE r.asked_by = tenant_schema.me() AND r.state = 'WAITING') >= 100 THEN
      PERFORM tenant_schema.refuse('100 of your entries wait for approval already: have those decided first.');
    END IF;
    _row.id := _key;
    _row.site_id := _site.id;
    _row.kind := _kind;
    _row.effective_at := coalesce((_header ->> 'effective_at')::timestamptz, clock_timestamp());
    _row.dishes := (SELECT array_agg(d::uuid ORDER BY n) FROM jsonb_array_elements_text(_header -> 'dishes') WITH ORDINALITY AS x (d, n));
    IF _row.dishes IS NULL THEN
      SELECT _items AS items, _quantities AS quantities, _unit_costs AS unit_costs INTO _all;
    ELSE
      SELECT * INTO _all FROM tenant_schema.wasted_lines(_site.id,
        tenant_schema.business_day(_row.effective_at, _site.time_zone, _site.day_cutover_hour), _row.dishes, _items, _locations, _quantities,
        _unit_costs, _reasons, _notes, _entered_quantities, _entered_units);
    END IF;
    INSERT INTO tenant_schema.approval_requests (id, site_id, kind, effective_at, header, dishes, items, locations, quantities, unit_costs,
      reasons, notes, entered_quantities, entered_units, content_hash, amount, asked_by, asked_at)
    SELECT _key, _site.id, _kind, _row.effective_at, _header || jsonb_build_object('effective_at', _row.effective_at), _row.dishes, _items,
      _locations, _quantities, _unit_costs, _reasons, _notes, _entered_quantities, _entered_units, _content,
      coalesce(sum(abs(l.quantity) * coalesce(l.unit_cost, c.average_cost, 0)), 0) + coalesce((SELECT sum(v) FROM unnest(_values) v), 0),
      tenant_schema.me(), clock_timestamp()
    FROM unnest(_all.items, _all.quantities, _all.unit_costs) AS l (item_id, quantity, unit_cost)
    LEFT JOIN tenant_schema.stock_costs c ON c.site_id = _site.id AND c.item_id = l.item_id
    WHERE _kind <> 'PRODUCTION' OR l.quantity < 0 -- what is made is worth what was used, and labour
    RETURNING * INTO _row;
  END IF;
  RETURN jsonb_build_object('id', _row.id, 'number', _row.number, 'state', _row.state, 'lines', cardinality(_row.items));
END $$;

-- Posts a delivery, waste, an adjustment, a count, a return either way, either side of a transfer, production, a revaluation or a
-- move between storage locations in one call. `_key` is the desk's own name for it: the same key with the same
-- content answers the first result. Quantities are in base units and signed (issues negative); for a count they are what was
-- counted. `_lots` says of each line, by its place, of which lots it is: nothing, or [{code, expires, quantity}]; what it leaves
-- open takes the lots that expire first, or is proposed. Header: kind, site_id, effective_at, supplier_id, reference, note, and of waste `dishes`: line by line what stands in the
-- place of an item and is taken apart by wasted_lines(); of production `production`, see check_production(). Answers id, number, value and lines.
CREATE FUNCTION tenant_schema.post_document(
  _key uuid, _header jsonb, _items uuid[], _locations uuid[], _quantities numeric[], _unit_costs numeric[], _reasons uuid[],
  _notes text[], _entered_quantities numeric[], _entered_units text[], _of bigint[] DEFAULT NULL, _weights numeric[] DEFAULT NULL,
  _values numeric[] DEFAULT NULL, _lots jsonb DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  _kind text := _header ->> 'kind';
  _permission text := tenant_schema.permission_of(_kind);
  _effective timestamptz := (_header ->> 'effective_at')::timestamptz;
  _content bytea := sha256(convert_to(ROW('document', _header, _items, _locations, _quantities, _unit_costs, _reasons, _notes,
    _entered_quantities, _entered_units, _of, _weights, _values, _lots)::text, 'UTF8'));
  _site tenant_schema.sites;
  _posting tenant_schema.postings;
  _lines tenant_schema.posting_line[];
  _counted tenant_schema.posting_line[];
  _problems jsonb;
  _limited boolean;
  _rows int[]; -- of lines that come of a dish: which one they were
  _result jsonb;
BEGIN
  IF _key IS NULL OR _permission IS NULL OR coalesce(cardinality(_items), 0) NOT BETWEEN 1 AND 20000 THEN
    RAISE EXCEPTION 'A posting needs a key, a known kind and 1 to 20,000 lines.' USING ERRCODE = 'IM400';
  END IF;
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  _site := tenant_schema.require_site((_header ->> 'site_id')::uuid, _permission);
  IF _effective > clock_timestamp() + interval '2 minutes' THEN
    RAISE EXCEPTION 'The time of a posting cannot lie in the future.' USING ERRCODE = 'IM400';
  END IF;
  IF _effective < '2000-01-01 00:00+00' THEN
    RAISE EXCEPTION 'The time of a posting cannot lie before the year 2000.' USING ERRCODE = 'IM400';
  END IF;
  IF _header ? 'dishes' THEN
    IF _kind <> 'WASTE' OR _of IS NOT NULL OR _weights IS NOT NULL OR _values IS NOT NULL THEN
      RAISE EXCEPTION 'Only waste is entered by dishes.' USING ERRCODE = 'IM400';
    END IF;
    SELECT w.items, w.locations, w.quantities, w.unit_costs, w.reasons, w.notes, w.entered_quantities, w.entered_units, w.rows
      INTO _items, _locations, _quantities, _unit_costs, _reasons, _notes, _entered_quantities, _entered_units, _rows
      FROM tenant_schema.wasted_lines(_site.id,
        tenant_schema.business_day(coalesce(_effective, clock_timestamp()), _site.time_zone, _site.day_cutover_hour),
        ARRAY(SELECT d::uuid FROM jsonb_array_elements_text(_header -> 'dishes') WITH ORDINALITY AS x (d, n) ORDER BY n),
        _items, _locations, _quantities, _unit_costs, _reasons, _notes, _entered_quantities, _entered_units) w;
    _lots := CASE WHEN _lots IS NOT NULL THEN (SELECT jsonb_agg(_lots -> (r.line - 1) ORDER BY r.n) FROM unnest(_rows) WITH ORDINALITY AS r (line, n)) END;
    IF coalesce(cardinality(_items), 0) NOT BETWEEN 1 AND 20000 THEN
      RAISE EXCEPTION 'These dishes come to more lines than one document has: record them in parts.' USING ERRCODE = 'IM400';
    END IF;
  END IF;
  _limited := _permission IN ('waste.record', 'adjustments.record', 'transfers.send', 'counts.post', 'production.record') AND tenant_schema.lock_limit(_permission, _site.id);
  PERFORM tenant_schema.lock_costs(_site.id, _items, _effective, _of);
  _effective := coalesce(_effective, clock_timestamp()); -- nobody else posts these items any more, so this is the last of them
  SELECT array_agg(ROW(u.item_id, u.location_id, u.quantity, u.value, u.unit_cost, u.reason_id, u.note, u.entered_quantity,
      u.entered_unit, _effective, NULL, NULL)::tenant_schema.posting_line ORDER BY u.n)
    INTO _lines
    FROM unnest(_items, _locations, _quantities, _unit_costs, _reasons, _notes, _entered_quantities, _entered_units, _values)
      WITH ORDINALITY AS u (item_id, location_id, quantity, unit_cost, reason_id, note, entered_quantity, entered_unit, value, n);
  _problems := tenant_schema.check_lines(_kind, _site.id, _lines);
  IF _rows IS NOT NULL AND _problems IS NOT NULL THEN
    _problems := (SELECT jsonb_agg(DISTINCT p || jsonb_build_object('row', _rows[(p ->> 'row')::int])) FROM jsonb_array_elements(_problems) p);
  END IF;
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This was not posted: something has to be put right first.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  _problems := tenant_schema.check_links(_kind, _site, _header, _lines, _of, _weights);
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This was not posted: something has to be put right first.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  _problems := tenant_schema.check_lots(_kind, _site, _lines, _lots);
  IF _rows IS NOT NULL AND _problems IS NOT NULL THEN
    _problems := (SELECT jsonb_agg(DISTINCT p || jsonb_build_object('row', _rows[(p ->> 'row')::int])) FROM jsonb_array_elements(_problems) p);
  END IF;
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This was not posted: something has to be put right first.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  IF _kind = 'COUNT' THEN
    _counted := _lines;
    _lines := tenant_schema.count_differences(_site.id, _lines);
    _lots := tenant_schema.lots_found(_counted, _lots, _lines);
  END IF;
  _posting.id := _key;
  _posting.kind := _kind;
  _posting.site_id := _site.id;
  _posting.effective_at := _effective;
  _posting.supplier_id := (_header ->> 'supplier_id')::uuid;
  _posting.reference := left(coalesce(_header ->> 'reference', ''), 200);
  _posting.note := left(coalesce(_header ->> 'note', ''), 1000);
  _posting.content_hash := _content;
  IF _kind = 'TRANSFER_OUT' THEN
    _posting.to_site_id := (_header ->> 'to_site_id')::uuid;
    _posting.to_rate := (
      SELECT tenant_schema.rate_on(_site.currency, s.currency,
        tenant_schema.business_day(_effective, _site.time_zone, _site.day_cutover_hour))
      FROM tenant_schema.sites s WHERE s.id = _posting.to_site_id AND s.currency <> _site.currency);
  END IF;
  IF _kind = 'PRODUCTION' THEN
    _weights := ARRAY(SELECT CASE WHEN l.quantity > 0 THEN coalesce(_weights[l.n], 1) END FROM unnest(_lines) WITH ORDINALITY
      AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note, entered_quantity, entered_unit, effective_at, order_id,
        reverses_id, n) ORDER BY l.n);
  ELSE
    _weights := NULL;
  END IF;
  IF _kind = 'COUNT' THEN
    PERFORM tenant_schema.keep_counted(_posting, _items, _lines);
  END IF;
  _result := tenant_schema.post_lines(_posting, _lines, _of, _weights, NULL, _lots);
  IF _kind = 'PRODUCTION' AND _header ? 'production' THEN
    INSERT INTO tenant_schema.productions (posting_id, site_id, recipe_version_id, expected, reason_id)
    SELECT _key, _site.id, (s.said ->> 'version_id')::uuid,
      ARRAY(SELECT e::numeric FROM jsonb_array_elements_text(s.said -> 'expected') WITH ORDINALITY AS x (e, n) ORDER BY n),
      (s.said ->> 'reason_id')::uuid
    FROM (SELECT _header -> 'production' AS said) s;
    PERFORM tenant_schema.write_audit('productions', _key::text, 'INSERT', _site.id, NULL,
      (SELECT jsonb_build_object('content_hash', encode(sha256(convert_to(ROW(p.recipe_version_id, p.expected, p.reason_id)::text, 'UTF8')), 'hex'))
       FROM tenant_schema.productions p WHERE p.posting_id = _key));
  END IF;
  IF _limited THEN -- what goes out and what comes in, added up
    PERFORM tenant_schema.require_limit(_permission, _site.id,
      (SELECT sum(abs(m.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0)))
       FROM tenant_schema.stock_movements m WHERE m.posting_id = _key AND NOT (m.kind = 'PRODUCTION' AND m.value < 0)));
  END IF;
  RETURN _result;
END $$;

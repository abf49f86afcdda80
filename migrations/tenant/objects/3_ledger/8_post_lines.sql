-- The one way into the ledger. The cost rows of the lines' items must be locked (lock_costs) by the caller, who has checked
-- rights and content; the hash of the orders they concern stands in the posting already. `_of` names the issue whose cost a line
-- brings back or carries, `_weights` the part of an output in what was used (0: it only passes, see walk()); `_seeds` what a posting without lines changes.
-- What is dated before other movements makes those worth something else: the differences are written as corrections, through
-- everything that depends on them, in a closed period as of the first open day. What comes after everything else, as most
-- postings do, takes none of this, nor does what put_off() puts off. `_lots` says of which lots the lines are, see write_lots(). Answers id, number, value and lines.
CREATE FUNCTION tenant_schema.post_lines(
  _posting tenant_schema.postings, _lines tenant_schema.posting_line[], _of bigint[] DEFAULT NULL, _weights numeric[] DEFAULT NULL,
  _seeds tenant_schema.cost_object[] DEFAULT NULL, _lots jsonb DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  _site tenant_schema.sites;
  _objects tenant_schema.cost_object[];
  _locked int;
  _undone bigint[];
  _ids bigint[];
  _ahead record; -- what walk_ahead() answers
  _done record; -- what walk() answers, where that is asked
  _firsts numeric[];
  _goes_ahead boolean;
  _plans text; -- how statements are planned whose size is not known before
  _lots_said jsonb; -- the hash of the lots, where there are any
  _counted_at timestamptz := CASE WHEN _posting.kind = 'COUNT' AND _posting.reverses_id IS NULL THEN _posting.effective_at END; -- see keep_counted()
BEGIN
  PERFORM pg_current_xact_id(); -- before any number is taken, see seal()
  SELECT * INTO STRICT _site FROM tenant_schema.sites s WHERE s.id = _posting.site_id;
  _lines := coalesce(_lines, '{}');
  PERFORM tenant_schema.refuse_closed(_site, _posting, _lines);
  IF NOT _site.allows_negative THEN
    PERFORM tenant_schema.refuse_blind(_site, _lines);
  END IF;
  IF _posting.kind NOT IN ('MOVE', 'PRODUCTION') AND _of IS NULL AND _seeds IS NULL THEN
    _ahead := tenant_schema.walk_ahead(_site.id, _lines);
    _firsts := _ahead.firsts;
  END IF;
  IF _firsts IS NULL AND _posting.kind <> 'MOVE' AND _seeds IS NULL THEN
    _ahead := tenant_schema.put_off(_site.id, _lines, _of);
    _firsts := _ahead.firsts;
    IF _firsts IS NOT NULL AND NOT _site.allows_negative THEN
      PERFORM tenant_schema.refuse_negative(_site, _lines);
    END IF;
  END IF;
  _ids := ARRAY(SELECT nextval('tenant_schema.stock_movements_id_seq') FROM unnest(_lines));
  _goes_ahead := _firsts IS NOT NULL;
  IF NOT _goes_ahead THEN
    _undone := ARRAY(SELECT l.reverses_id FROM unnest(_lines) l WHERE l.reverses_id IS NOT NULL);
    IF _posting.kind <> 'MOVE' THEN
      _seeds := coalesce(_seeds, '{}') || tenant_schema.touched_costs(_site.id, _lines, _of);
      _objects := coalesce(tenant_schema.cost_objects(_seeds), '{}');
      _locked := (SELECT count(DISTINCT l.item_id) FROM unnest(_lines) l);
      WHILE cardinality(_objects) > _locked LOOP -- with what depends on them, which may have grown before it was locked
        _locked := cardinality(_objects);
        PERFORM FROM tenant_schema.stock_costs c JOIN unnest(_objects) o ON o.site_id = c.site_id AND o.item_id = c.item_id
          ORDER BY c.site_id, c.item_id FOR UPDATE OF c;
        _objects := tenant_schema.cost_objects(_seeds);
      END LOOP;
    END IF;
    IF NOT _site.allows_negative AND (_posting.kind <> 'PRODUCTION' AND 0 = ANY (_weights)) IS NOT TRUE THEN -- what only passes takes nothing away
      PERFORM tenant_schema.refuse_negative(_site, _lines);
    END IF;
    IF EXISTS (SELECT FROM unnest(_objects) o WHERE o.from_at < 'infinity') OR cardinality(_lines) > 100 THEN -- until this function ends
      PERFORM set_config('plan_cache_mode', 'force_custom_plan', true);
    END IF;
    _done := tenant_schema.walk(coalesce(_objects, '{}'), _posting, _lines, _ids, _of, _weights, _undone);
    _firsts := _done.firsts;
    _plans := current_setting('plan_cache_mode');
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true); -- foreign keys are not planned anew for every line
  END IF;

  _posting.business_day := tenant_schema.business_day(_posting.effective_at, _site.time_zone, _site.day_cutover_hour);
  _posting.posted_by := tenant_schema.me();
  _posting.posted_at := clock_timestamp();
  _posting.line_count := cardinality(_lines);
  _posting.orders_hash := coalesce(_posting.orders_hash, sha256(''));
  _posting.value := (SELECT coalesce(sum(x), 0)::numeric(20, 6) FROM unnest(_firsts) x);
  WITH written AS (
    INSERT INTO tenant_schema.stock_movements AS m (id, posting_id, kind, site_id, location_id, item_id, effective_at, business_day,
      quantity, value, given_value, of_id, weight, entered_quantity, entered_unit, reason_id, note, order_id, reverses_id, posted_by, posted_at)
    OVERRIDING SYSTEM VALUE
    SELECT l.id, _posting.id, _posting.kind, _site.id, l.location_id, l.item_id, l.effective_at,
      tenant_schema.business_day(l.effective_at, _site.time_zone, _site.day_cutover_hour), l.quantity, l.value,
      CASE WHEN l.quantity >= 0 AND l.reverses_id IS NULL THEN coalesce(l.given, l.quantity * round(l.unit_cost, 12)) END, l.of_id, l.weight,
      l.entered_quantity, l.entered_unit, l.reason_id, coalesce(l.note, ''), l.order_id, l.reverses_id,
      _posting.posted_by, _posting.posted_at
    FROM ROWS FROM (unnest(_lines), unnest(_firsts), unnest(_ids), unnest(_of), unnest(_weights)) AS l (item_id, location_id,
      quantity, given, unit_cost, reason_id, note, entered_quantity, entered_unit, effective_at, order_id, reverses_id,
      value, id, of_id, weight)
    RETURNING m.id, tenant_schema.movement_line(m) AS line
  ), summed AS (
    SELECT sha256(convert_to(coalesce(string_agg(w.line, E'\n' ORDER BY w.kind, w.id), ''), 'UTF8')) AS hash
    FROM (SELECT 1 AS kind, x.id, x.line FROM written x
          UNION ALL SELECT 2, c.id, tenant_schema.price_change_line(c) FROM tenant_schema.price_changes c WHERE c.posting_id = _posting.id) w
  ), posted AS (
    INSERT INTO tenant_schema.postings (id, kind, site_id, effective_at, business_day, supplier_id, to_site_id, to_rate, reference, note, reverses_id,
      content_hash, lines_hash, orders_hash, line_count, value, posted_by, posted_at, row_hash)
    SELECT _posting.id, _posting.kind, _site.id, _posting.effective_at, _posting.business_day, _posting.supplier_id,
      _posting.to_site_id, _posting.to_rate, _posting.reference, _posting.note, _posting.reverses_id, _posting.content_hash, s.hash, _posting.orders_hash,
      _posting.line_count, _posting.value, _posting.posted_by, _posting.posted_at, tenant_schema.posting_hash(_posting, s.hash)
    FROM summed s
    RETURNING number)
  SELECT p.number INTO STRICT _posting.number FROM posted p;

  INSERT INTO tenant_schema.stock_levels AS s (location_id, item_id, site_id, on_hand)
  SELECT l.location_id, l.item_id, _site.id, sum(l.quantity) FROM unnest(_lines) l GROUP BY l.location_id, l.item_id
  ON CONFLICT (location_id, item_id) DO UPDATE SET on_hand = s.on_hand + excluded.on_hand;
  IF _posting.kind IN ('TRANSFER_OUT', 'TRANSFER_IN') THEN
    PERFORM tenant_schema.keep_under_way(_posting.id);
  END IF;
  IF EXISTS (SELECT FROM tenant_schema.items i WHERE i.tracks_lots <> 'NO' AND i.id = ANY (ARRAY(SELECT l.item_id FROM unnest(_lines) l))) THEN
    PERFORM tenant_schema.write_lots(_posting, _lines, _ids, _of, _lots);
    _lots_said := (SELECT jsonb_build_object('lots', encode(sha256(convert_to(string_agg(tenant_schema.movement_lot_line(x), E'\n' ORDER BY x.id),
      'UTF8')), 'hex')) FROM tenant_schema.movement_lots x WHERE x.posting_id = _posting.id HAVING count(*) > 0);
  END IF;
  IF _goes_ahead THEN
    INSERT INTO tenant_schema.stock_costs AS c (site_id, item_id, quantity, value, average_cost, last_movement_at, last_counted_at)
    SELECT _site.id, u.item_id, u.quantity, u.value, u.cost, u.at, _counted_at
    FROM unnest(_ahead.items, _ahead.quantities, _ahead.worths, _ahead.costs, _ahead.ats) AS u (item_id, quantity, value, cost, at)
    ON CONFLICT (site_id, item_id) DO UPDATE -- they are there: so it goes by the key, where a plan for a new site goes through all of it
      SET quantity = excluded.quantity, value = excluded.value, average_cost = excluded.average_cost,
        last_movement_at = greatest(c.last_movement_at, excluded.last_movement_at),
        last_counted_at = greatest(c.last_counted_at, excluded.last_counted_at);
  ELSE
    PERFORM set_config('plan_cache_mode', _plans, true);
    PERFORM tenant_schema.write_costs(_posting, _done.ends, _done.part_objects, _done.part_ids, _done.part_quantities, _done.part_values,
      _lines, _counted_at);
    IF _posting.kind = 'MOVE' THEN -- which leaves everything worth what it was
      UPDATE tenant_schema.stock_costs c SET last_movement_at = greatest(c.last_movement_at, u.at)
      FROM (SELECT l.item_id, max(l.effective_at) AS at FROM unnest(_lines) l GROUP BY l.item_id) u
      WHERE c.site_id = _site.id AND c.item_id = u.item_id AND u.at > c.last_movement_at IS NOT FALSE;
    END IF;
    IF cardinality(_done.walked) > 0 OR cardinality(_done.up_ids) > 0 OR cardinality(_undone) > 0 THEN
      PERFORM tenant_schema.write_corrections(_posting, _undone, _done.walked, _done.walked_at, _done.worths, _done.booked, _done.up_ids, _done.up_ats,
        _done.up_values);
    END IF;
  END IF;
  PERFORM tenant_schema.write_audit('posting', _posting.id::text, 'POST', _site.id, NULL, jsonb_build_object(
    'kind', _posting.kind, 'number', _posting.number, 'effective_at', _posting.effective_at, 'lines', _posting.line_count,
    'value', _posting.value, 'reference', _posting.reference, 'note', _posting.note, 'reverses', _posting.reverses_id)
    || coalesce(_lots_said, '{}'));
  RETURN tenant_schema.posting_result(_posting);
END $$;

-- Takes all that a site has of one item and puts it in as another, place by place, as one document: what goes out is worth
-- what there is, and what comes in is worth the same. `_num` / `_den` of the new base unit are one of the old. The caller has
-- checked rights and that there is not less than nothing. Answers the number of the document; null: there was nothing.
CREATE FUNCTION tenant_schema.repack(_site uuid, _from uuid, _into uuid, _num numeric, _den numeric, _note text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _now timestamptz := clock_timestamp();
  _reason uuid := (SELECT r.id FROM tenant_schema.reason_codes r WHERE r.code = 'REPACKING');
  _held tenant_schema.stock_costs;
  _back numeric; -- what is put right where a place has less than nothing, which the other places make up for
  _out numeric;
  _lines tenant_schema.posting_line[];
  _posting tenant_schema.postings;
BEGIN
  PERFORM tenant_schema.lock_costs(_site, ARRAY[_from, _into]);
  SELECT * INTO STRICT _held FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = _from;
  SELECT coalesce(sum(l.on_hand) FILTER (WHERE l.on_hand > 0), 0),
      coalesce(sum(tenant_schema.quotient(-l.on_hand * _held.value, nullif(_held.quantity, 0), 6)) FILTER (WHERE l.on_hand < 0), 0)
    INTO _out, _back
    FROM tenant_schema.stock_levels l WHERE l.site_id = _site AND l.item_id = _from;
  WITH held AS ( -- the running share of the whole gives each place its value, and the last one what rounding left over
    SELECT l.location_id, l.on_hand, CASE WHEN l.on_hand < 0 THEN tenant_schema.quotient(-l.on_hand * _held.value, nullif(_held.quantity, 0), 6)
        ELSE round((_held.value + _back) * sum(greatest(l.on_hand, 0)) OVER w / _out, 6)
          - round((_held.value + _back) * (sum(greatest(l.on_hand, 0)) OVER w - greatest(l.on_hand, 0)) / _out, 6) END AS worth
    FROM tenant_schema.stock_levels l WHERE l.site_id = _site AND l.item_id = _from AND l.on_hand <> 0
    WINDOW w AS (ORDER BY l.on_hand < 0, l.location_id ROWS UNBOUNDED PRECEDING)
  ), line AS (
    SELECT _from AS item_id, h.location_id, -h.on_hand AS quantity, CASE WHEN h.on_hand < 0 THEN h.worth ELSE -h.worth END AS value,
      CASE WHEN h.on_hand < 0 THEN 1 ELSE 2 END AS place FROM held h
    UNION ALL
    SELECT _into, h.location_id, tenant_schema.quotient(h.on_hand * _num, _den, 6), CASE WHEN h.on_hand < 0 THEN -h.worth ELSE h.worth END,
      CASE WHEN h.on_hand < 0 THEN 4 ELSE 3 END FROM held h)
  SELECT array_agg(ROW(n.item_id, n.location_id, n.quantity, coalesce(n.value, 0), NULL, _reason, _note, NULL, NULL, _now, NULL, NULL)::tenant_schema.posting_line
      ORDER BY n.place, n.location_id) INTO _lines FROM line n;
  IF _lines IS NULL THEN
    RETURN NULL;
  END IF;
  _posting.id := gen_random_uuid();
  _posting.kind := 'ADJUSTMENT';
  _posting.site_id := _site;
  _posting.effective_at := _now;
  _posting.reference := 'MERGE';
  _posting.note := _note;
  _posting.content_hash := sha256(convert_to(ROW('repack', _site, _from, _into, _num, _den)::text, 'UTF8'));
  RETURN (tenant_schema.post_lines(_posting, _lines) ->> 'number')::bigint;
END $$;

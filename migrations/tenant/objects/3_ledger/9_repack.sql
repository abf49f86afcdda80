-- Takes all that a site has of one item and puts it in as another, place by place: production out of the one, so that whatever
-- becomes known later of its cost reaches the other. `_num` / `_den` of the new base unit are one of the old. A place that has less
-- than nothing is evened out from the others before. The caller has checked rights and that there is not less than nothing in all.
-- Answers the number of the document; null: there was nothing.
CREATE FUNCTION tenant_schema.repack(_site uuid, _from uuid, _into uuid, _num numeric, _den numeric, _note text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _now timestamptz := clock_timestamp();
  _reason uuid := (SELECT r.id FROM tenant_schema.reason_codes r WHERE r.code = 'REPACKING');
  _held record; -- by place: what is there, and what it gives to the places that have less than nothing
  _evened tenant_schema.posting_line[];
  _lines tenant_schema.posting_line[]; -- what is used, before what is made of it
  _made tenant_schema.posting_line[];
  _weights numeric[];
  _posting tenant_schema.postings;
BEGIN
  PERFORM tenant_schema.lock_costs(_site, ARRAY[_from, _into]);
  FOR _held IN
    SELECT l.location_id, l.on_hand, CASE WHEN l.on_hand < 0 THEN l.on_hand
        ELSE least(l.on_hand, greatest(m.missing - sum(greatest(l.on_hand, 0)) OVER w + l.on_hand, 0)) END AS given
    FROM tenant_schema.stock_levels l
    CROSS JOIN (SELECT coalesce(sum(-n.on_hand) FILTER (WHERE n.on_hand < 0), 0) AS missing FROM tenant_schema.stock_levels n
                WHERE n.site_id = _site AND n.item_id = _from) m
    WHERE l.site_id = _site AND l.item_id = _from AND l.on_hand <> 0
    WINDOW w AS (ORDER BY l.on_hand < 0, l.location_id ROWS UNBOUNDED PRECEDING)
  LOOP
    IF _held.given <> 0 THEN
      _evened := _evened || ROW(_from, _held.location_id, -_held.given, NULL, NULL, _reason, _note, NULL, NULL, _now, NULL, NULL)::tenant_schema.posting_line;
    END IF;
    IF _held.on_hand > _held.given THEN
      _lines := _lines || ROW(_from, _held.location_id, _held.given - _held.on_hand, NULL, NULL, _reason, _note, NULL, NULL, _now, NULL, NULL)::tenant_schema.posting_line;
      _made := _made || ROW(_into, _held.location_id, tenant_schema.quotient((_held.on_hand - _held.given) * _num, _den, 6), NULL, NULL, _reason,
        _note, NULL, NULL, _now, NULL, NULL)::tenant_schema.posting_line;
      _weights := _weights || (_held.on_hand - _held.given);
    END IF;
  END LOOP;
  _posting.site_id := _site;
  _posting.effective_at := _now;
  _posting.reference := 'MERGE';
  _posting.note := _note;
  IF _evened IS NOT NULL THEN
    _posting.id := gen_random_uuid();
    _posting.kind := 'MOVE';
    _posting.content_hash := sha256(convert_to(ROW('even', _site, _from)::text, 'UTF8'));
    PERFORM tenant_schema.post_lines(_posting, _evened);
  END IF;
  IF _lines IS NULL THEN
    RETURN NULL;
  END IF;
  _posting.id := gen_random_uuid();
  _posting.kind := 'PRODUCTION';
  _posting.content_hash := sha256(convert_to(ROW('repack', _site, _from, _into, _num, _den)::text, 'UTF8'));
  RETURN (tenant_schema.post_lines(_posting, _lines || _made, NULL,
    array_fill(NULL::numeric, ARRAY[cardinality(_lines)]) || _weights) ->> 'number')::bigint;
END $$;

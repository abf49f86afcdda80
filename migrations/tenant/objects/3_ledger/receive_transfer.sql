-- What became of lines of a transfer, said by the site it went to: so much arrived, at these places. What did not arrive stays under
-- way ('STAYS'), came back to the sender ('BACK'), or is missing ('MISSING'): that comes back and is written off there, at
-- what it left with, for a reason. `_lots` says line by line which lot of what was sent a line stands for and which one it is said to
-- be, {lot, arrived, expires}; a line of which it says nothing arrives as the lots that expire first. What is more than was sent is found here, for a reason: within
-- the money limit for adjustments of who has one, and of twice as much at most without that right. `_at` is when, for a receipt that is entered
-- later. Answers like post_document.
CREATE FUNCTION tenant_schema.receive_transfer(_key uuid, _transfer_id uuid, _of bigint[], _quantities numeric[], _locations uuid[],
  _rests text[], _reasons uuid[], _note text, _at timestamptz DEFAULT NULL, _lots jsonb DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('receive', _transfer_id, _of, _quantities, _locations, _rests, _reasons, _note, _at, _lots)::text, 'UTF8'));
  _transfer tenant_schema.postings;
  _lines tenant_schema.arriving_line[];
  _now timestamptz;
  _problems jsonb;
  _result jsonb;
  _part record;
  _adjusts boolean;
  _missing bigint[];
BEGIN
  IF _key IS NULL OR coalesce(cardinality(_of), 0) NOT BETWEEN 1 AND 5000
     OR _lots IS NOT NULL AND (jsonb_typeof(_lots) <> 'array' OR jsonb_array_length(_lots) <> cardinality(_of)
       OR EXISTS (SELECT FROM jsonb_array_elements(_lots) l WHERE jsonb_typeof(l) NOT IN ('null', 'object')))
     OR EXISTS (
       SELECT FROM unnest(_of) WITH ORDINALITY AS o (of_id, n) CROSS JOIN LATERAL (SELECT nullif(_lots -> (n - 1)::int, 'null') AS said) l
       GROUP BY o.of_id HAVING count(*) <> count(DISTINCT coalesce(l.said ->> 'lot', '')) OR count(*) > 1 AND count(*) <> count(l.said)) THEN
    RAISE EXCEPTION 'A receipt needs a key and 1 to 5,000 different lines, or different lots of them.' USING ERRCODE = 'IM400';
  END IF;
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  SELECT * INTO _transfer FROM tenant_schema.postings p WHERE p.id = _transfer_id AND p.kind = 'TRANSFER_OUT' AND p.reverses_id IS NULL;
  PERFORM tenant_schema.require_site(_transfer.to_site_id, 'transfers.receive');
  _adjusts := _transfer.to_site_id = ANY (tenant_schema.scope('adjustments.record'));
  IF _adjusts THEN
    PERFORM tenant_schema.lock_limit('adjustments.record', _transfer.to_site_id);
  END IF;
  IF _at < _transfer.effective_at OR NOT isfinite(_at) OR _at > clock_timestamp() + interval '2 minutes' THEN
    RAISE EXCEPTION 'It cannot arrive before it was sent, nor later than now.' USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "effective_at", "text": "It cannot arrive before it was sent, nor later than now."}]';
  END IF;
  PERFORM tenant_schema.lock_costs(_transfer.to_site_id, ARRAY(
    SELECT DISTINCT m.item_id FROM tenant_schema.stock_movements m WHERE m.posting_id = _transfer.id AND m.id = ANY (_of)), _at, _of);
  IF _at IS NOT NULL THEN -- what comes back to the sender, or is missing there, lies before what was posted since
    PERFORM tenant_schema.lock_costs(_transfer.site_id, ARRAY(
      SELECT DISTINCT m.item_id FROM tenant_schema.stock_movements m WHERE m.posting_id = _transfer.id AND m.id = ANY (_of)), _at);
  END IF;
  _now := coalesce(_at, clock_timestamp());
  _lines := tenant_schema.arriving_lines(_transfer.id, _of, _quantities, _locations, _rests, _reasons, _lots);
  _problems := tenant_schema.check_arriving(_transfer.to_site_id, _lines);
  IF _problems IS NULL AND NOT EXISTS (SELECT FROM unnest(_lines) l WHERE l.quantity > 0 OR l.rest <> 'STAYS') THEN
    _problems := '[{"field": "quantity", "row": 1, "text": "Enter what arrived, or say what became of it."}]';
  END IF;
  IF _problems IS NULL AND NOT _adjusts THEN
    SELECT jsonb_agg(jsonb_build_object('row', l.n, 'field', 'quantity', 'text',
      'More than twice as much as was sent is entered by somebody who may record adjustments.') ORDER BY l.n) INTO _problems
      FROM unnest(_lines) l WHERE l.quantity - l.under_way > l.sent;
  END IF;
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This was not received: something has to be put right first.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  FOR _part IN
    SELECT q.place, q.what, q.kind, q.site_id, array_agg(ROW(q.item_id, q.location_id, q.quantity, q.value, NULL, q.reason_id, '', NULL, NULL,
      _now, NULL, NULL)::tenant_schema.posting_line ORDER BY q.n) AS lines, array_agg(q.of_id ORDER BY q.n) AS of,
      jsonb_agg(CASE WHEN q.by_lot THEN jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('expires', q.expires, 'left_as', q.left_as))
        || jsonb_build_object('code', q.code)) END ORDER BY q.n) AS lots
    FROM (
      SELECT 1 AS place, 'ARRIVED' AS what, 'TRANSFER_IN' AS kind, _transfer.to_site_id AS site_id, l.n, l.item_id, l.location_id,
        least(l.quantity, l.under_way) AS quantity, NULL::numeric AS value, NULL::uuid AS reason_id, l.of_id,
        l.by_lot, coalesce(l.arrived_lot, l.lot) AS code, l.expires, l.lot AS left_as
      FROM unnest(_lines) l WHERE l.quantity > 0
      UNION ALL
      SELECT 2, 'SURPLUS', 'ADJUSTMENT', _transfer.to_site_id, l.n, l.item_id, l.location_id, l.quantity - l.under_way,
        tenant_schema.quotient((l.quantity - l.under_way) * l.worth * coalesce(_transfer.to_rate, 1), l.sent, 6), l.reason_id, NULL,
        l.by_lot, coalesce(l.arrived_lot, l.lot), l.expires, NULL
      FROM unnest(_lines) l WHERE l.quantity > l.under_way
      UNION ALL
      SELECT CASE l.rest WHEN 'BACK' THEN 3 ELSE 4 END, l.rest, 'TRANSFER_IN', _transfer.site_id, l.n, l.item_id, l.from_location_id,
        l.under_way - l.quantity, NULL, NULL, l.of_id,
        l.by_lot, l.lot, NULL, NULL
      FROM unnest(_lines) l WHERE l.quantity < l.under_way AND l.rest <> 'STAYS'
      UNION ALL
      SELECT 5, 'WRITTEN_OFF', 'ADJUSTMENT', _transfer.site_id, l.n, l.item_id, l.from_location_id, l.quantity - l.under_way, NULL, l.reason_id, l.of_id,
        l.by_lot, l.lot, NULL, NULL
      FROM unnest(_lines) l WHERE l.quantity < l.under_way AND l.rest = 'MISSING') q
    GROUP BY q.place, q.what, q.kind, q.site_id ORDER BY q.place
  LOOP
    PERFORM tenant_schema.post_receipt(_key, _transfer, _part.what, _part.kind, _part.site_id, _part.lines,
      CASE _part.what WHEN 'SURPLUS' THEN NULL WHEN 'WRITTEN_OFF' THEN _missing ELSE _part.of END, _part.lots, _note, _content);
    IF _part.what = 'MISSING' THEN -- which leaves again
      _missing := ARRAY(SELECT m.id FROM tenant_schema.transfer_receipts r JOIN tenant_schema.stock_movements m ON m.posting_id = r.posting_id
        WHERE r.receipt_id = _key AND r.what = 'MISSING' ORDER BY m.id);
    END IF;
  END LOOP;
  IF _adjusts AND EXISTS (SELECT FROM unnest(_lines) l WHERE l.quantity > l.under_way) THEN
    PERFORM tenant_schema.require_limit('adjustments.record', _transfer.to_site_id, (
      SELECT sum(abs(m.value)) FROM tenant_schema.transfer_receipts r JOIN tenant_schema.stock_movements m ON m.posting_id = r.posting_id
      WHERE r.receipt_id = _key AND r.what = 'SURPLUS'));
  END IF;
  RETURN (SELECT tenant_schema.posting_result(p) FROM tenant_schema.postings p WHERE p.id = _key);
END $$;

-- Takes back what was said of a transfer in one receipt, all of it: it is under way again. One's own with the right to receive,
-- those of others with documents.reverse; what more had arrived than was sent goes again within the money limit for adjustments of
-- who has one, as it came. Answers like post_document.
CREATE FUNCTION tenant_schema.undo_receipt(_key uuid, _receipt uuid, _reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('undo receipt', _receipt, _reason)::text, 'UTF8'));
  _transfer tenant_schema.postings;
  _first tenant_schema.postings;
  _posting tenant_schema.postings;
  _moved bigint[];
  _weights numeric[];
  _limited boolean;
  _result jsonb;
BEGIN
  IF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this is undone.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "reason", "text": "Say why this is undone."}]';
  END IF;
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  SELECT p.* INTO _transfer FROM tenant_schema.postings p
   WHERE p.id = (SELECT r.transfer_id FROM tenant_schema.transfer_receipts r WHERE r.receipt_id = _receipt LIMIT 1);
  PERFORM tenant_schema.require_site(_transfer.to_site_id, CASE WHEN EXISTS (
    SELECT FROM tenant_schema.transfer_receipts r WHERE r.receipt_id = _receipt AND r.received_by = tenant_schema.me())
    THEN 'transfers.receive' ELSE 'documents.reverse' END);
  _limited := _transfer.to_site_id = ANY (tenant_schema.scope('adjustments.record'))
    AND EXISTS (SELECT FROM tenant_schema.transfer_receipts r WHERE r.receipt_id = _receipt AND r.what = 'SURPLUS')
    AND tenant_schema.lock_limit('adjustments.record', _transfer.to_site_id);
  PERFORM tenant_schema.lock_costs(_transfer.to_site_id, ARRAY(
    SELECT DISTINCT m.item_id FROM tenant_schema.stock_movements m JOIN tenant_schema.transfer_receipts r ON r.posting_id = m.posting_id
    WHERE r.receipt_id = _receipt), (SELECT min(p.effective_at) FROM tenant_schema.postings p JOIN tenant_schema.transfer_receipts r
    ON r.posting_id = p.id WHERE r.receipt_id = _receipt), ARRAY(SELECT m.id FROM tenant_schema.stock_movements m WHERE m.posting_id = _transfer.id));
  IF EXISTS (SELECT FROM tenant_schema.transfer_receipts r JOIN tenant_schema.stock_movements m ON m.posting_id = r.posting_id
             JOIN tenant_schema.stock_movements u ON u.reverses_id = m.id WHERE r.receipt_id = _receipt) THEN
    RAISE EXCEPTION 'This was already undone.' USING ERRCODE = 'IM409';
  END IF;
  FOR _first IN
    SELECT p.* FROM tenant_schema.transfer_receipts r JOIN tenant_schema.postings p ON p.id = r.posting_id
    WHERE r.receipt_id = _receipt ORDER BY p.number DESC
  LOOP
    _moved := ARRAY(SELECT m.id FROM tenant_schema.stock_movements m WHERE m.posting_id = _first.id ORDER BY m.id);
    _weights := CASE WHEN EXISTS (SELECT FROM tenant_schema.transfer_receipts r WHERE r.posting_id = _first.id AND r.what IN ('MISSING', 'WRITTEN_OFF'))
      THEN array_fill(0::numeric, ARRAY[cardinality(_moved)]) END; -- what only passed
    _posting := NULL;
    _posting.id := CASE WHEN _result IS NULL THEN _key ELSE gen_random_uuid() END;
    _posting.kind := _first.kind;
    _posting.site_id := _first.site_id;
    _posting.effective_at := _first.effective_at;
    _posting.reference := _first.reference;
    _posting.note := _reason;
    _posting.reverses_id := _first.id;
    _posting.content_hash := _content;
    _result := coalesce(_result, tenant_schema.post_lines(_posting, tenant_schema.reversed_lines(_moved, _reason), NULL, _weights));
    IF _posting.id <> _key THEN
      PERFORM tenant_schema.post_lines(_posting, tenant_schema.reversed_lines(_moved, _reason), NULL, _weights);
    END IF;
  END LOOP;
  IF _limited THEN
    PERFORM tenant_schema.require_limit('adjustments.record', _transfer.to_site_id, (
      SELECT sum(abs(u.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = u.id), 0)))
      FROM tenant_schema.transfer_receipts r JOIN tenant_schema.stock_movements m ON m.posting_id = r.posting_id
      JOIN tenant_schema.stock_movements u ON u.reverses_id = m.id
      WHERE r.receipt_id = _receipt AND r.what = 'SURPLUS'));
  END IF;
  RETURN _result;
END $$;

-- Posts one part of what became of a transfer and notes that it is one; nothing where it has no lines. What is missing
-- only passes, see walk(). For receive_transfer().
CREATE FUNCTION tenant_schema.post_receipt(_receipt uuid, _transfer tenant_schema.postings, _what text, _kind text, _site uuid,
  _lines tenant_schema.posting_line[], _of bigint[], _lots jsonb, _note text, _content bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _posting tenant_schema.postings;
BEGIN
  IF coalesce(cardinality(_lines), 0) = 0 THEN
    RETURN;
  END IF;
  -- the first one carries the name that the desk gave to all of it
  _posting.id := CASE WHEN EXISTS (SELECT FROM tenant_schema.postings p WHERE p.id = _receipt) THEN gen_random_uuid() ELSE _receipt END;
  _posting.kind := _kind;
  _posting.site_id := _site;
  _posting.effective_at := (_lines[1]).effective_at;
  _posting.reference := format('Transfer #%s', _transfer.number);
  _posting.note := left(coalesce(_note, ''), 1000);
  _posting.content_hash := _content;
  PERFORM tenant_schema.post_lines(_posting, _lines, _of,
    CASE WHEN _what IN ('MISSING', 'WRITTEN_OFF') THEN array_fill(0::numeric, ARRAY[cardinality(_lines)]) END, NULL, _lots);
  INSERT INTO tenant_schema.transfer_receipts (posting_id, receipt_id, transfer_id, what, received_by, received_at)
  VALUES (_posting.id, _receipt, _transfer.id, _what, tenant_schema.me(), clock_timestamp());
  PERFORM tenant_schema.write_audit('transfer_receipts', _posting.id::text, 'INSERT', _site, NULL, jsonb_build_object(
    'receipt_id', _receipt, 'transfer_id', _transfer.id, 'what', _what, 'received_by', tenant_schema.me()));
END $$;

-- What a posting row's own hash is taken over; the content hash inside it covers every line as it was sent.
CREATE FUNCTION tenant_schema.posting_hash(_row tenant_schema.postings) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
AS $$ SELECT sha256(convert_to(concat_ws(E'\x1f', _row.id, _row.kind, _row.site_id, _row.effective_at, _row.business_day,
  _row.supplier_id, _row.reference, _row.note, _row.reverses_id, encode(_row.content_hash, 'hex'), _row.line_count, _row.value,
  _row.posted_by, _row.posted_at), 'UTF8')) $$;

-- What a posting row's own hash is taken over: its columns, what was sent, its movements, and the orders it recorded or voided.
CREATE FUNCTION tenant_schema.posting_hash(_row tenant_schema.postings, _lines_hash bytea) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
AS $$ SELECT sha256(convert_to(ROW(_row.id, _row.kind, _row.site_id, _row.effective_at, _row.business_day, _row.supplier_id,
  _row.to_site_id, _row.to_rate, _row.reference, _row.note, _row.reverses_id, encode(_row.content_hash, 'hex'), encode(_lines_hash, 'hex'), encode(_row.orders_hash, 'hex'),
  _row.line_count, _row.value, _row.posted_by, _row.posted_at)::text, 'UTF8')) $$;

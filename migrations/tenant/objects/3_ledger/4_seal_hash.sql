-- What a seal's own hash is taken over; the previous one's is among it, which makes them a chain.
CREATE FUNCTION tenant_schema.seal_hash(_row tenant_schema.seals) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
AS $$ SELECT sha256(convert_to(ROW(_row.number, _row.audit_from, _row.audit_to, _row.audit_count, _row.posting_from, _row.posting_to,
  _row.posting_count, encode(_row.root, 'hex'), encode(_row.previous, 'hex'), _row.nothing_before, _row.sealed_at)::text, 'UTF8')) $$;

-- What an audit row's own hash is taken over. A row in text keeps its nulls apart from its empty texts.
CREATE FUNCTION tenant_schema.audit_hash(_row tenant_schema.audit_log) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
AS $$ SELECT sha256(convert_to(ROW(_row.at, _row.member_id, _row.role_name, _row.ip_address, _row.device, _row.subject,
  _row.record_id, _row.part_of, _row.action, _row.site_id, _row.old, _row.new)::text, 'UTF8')) $$;

-- Appends one audit row; see write_audits().
CREATE FUNCTION tenant_schema.write_audit(_subject text, _record text, _action text, _site uuid, _old jsonb, _new jsonb,
  _member uuid DEFAULT NULL) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN tenant_schema.write_audits(_subject, _action, ARRAY[_record], ARRAY[_site], ARRAY[_old], ARRAY[_new], _member);

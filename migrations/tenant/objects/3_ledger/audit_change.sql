-- AFTER INSERT, UPDATE or DELETE of a row, where never many change at once: one audit row with what was and what is; see
-- audit_changes(). Argument: the columns that name the record, joined by '/'; without one, id.
CREATE FUNCTION tenant_schema.audit_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET bytea_output = 'hex' SET timezone = 'UTC' AS $$
DECLARE
  _old jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - '{image,login,approved_hash,approved_up_to}'::text[] END;
  _new jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - '{image,login,approved_hash,approved_up_to}'::text[] END;
  _row jsonb := coalesce(_new, _old);
BEGIN
  PERFORM tenant_schema.write_audit(TG_TABLE_NAME,
    (SELECT string_agg(_row ->> k, '/' ORDER BY n) FROM unnest(string_to_array(coalesce(TG_ARGV[0], 'id'), '/')) WITH ORDINALITY AS u (k, n)),
    TG_OP, CASE WHEN TG_TABLE_NAME = 'sites' THEN (_row ->> 'id')::uuid ELSE (_row ->> 'site_id')::uuid END, _old, _new);
  RETURN NULL;
END $$;

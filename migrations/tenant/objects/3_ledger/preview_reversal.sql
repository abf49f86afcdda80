-- What reverse_movements() would change; see preview_document().
CREATE FUNCTION tenant_schema.preview_reversal(_movements bigint[], _reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _key uuid := gen_random_uuid();
  _seen jsonb;
BEGIN
  BEGIN
    PERFORM tenant_schema.reverse_movements(_key, _movements, _reason);
    _seen := tenant_schema.effects_of(_key);
    RAISE SQLSTATE 'IM002';
  EXCEPTION WHEN SQLSTATE 'IM002' THEN
    NULL;
  END;
  RETURN tenant_schema.effects_told(_seen);
END $$;

-- What change_prices() would change; see preview_document().
CREATE FUNCTION tenant_schema.preview_prices(_header jsonb, _movements bigint[], _values numeric[], _weights numeric[], _spread text)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _key uuid := gen_random_uuid();
  _seen jsonb;
BEGIN
  BEGIN
    PERFORM tenant_schema.change_prices(_key, _header, _movements, _values, _weights, _spread);
    _seen := tenant_schema.effects_of(_key);
    RAISE SQLSTATE 'IM002';
  EXCEPTION WHEN SQLSTATE 'IM002' THEN
    NULL;
  END;
  RETURN tenant_schema.effects_told(_seen);
END $$;

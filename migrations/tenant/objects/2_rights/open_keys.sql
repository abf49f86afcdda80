-- The versions of the tenant key, wrapped for this PC alone.
CREATE FUNCTION tenant_schema.open_keys() RETURNS TABLE (version int, wrapped bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT k.version, k.wrapped FROM tenant_schema.tenant_keys k
                WHERE k.holder = tenant_schema.this_gate() AND tenant_schema.me() IS NOT NULL;
END $$;

-- The tenant key as only the recovery code opens it, for those who may give the key to PCs.
CREATE FUNCTION tenant_schema.recovery_wraps() RETURNS TABLE (version int, wrapped bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT tenant_schema.own_powers() ? 'people.edit' THEN -- at all sites
    PERFORM tenant_schema.refuse('Your roles do not allow giving a PC the key.', NULL, 'IM403');
  END IF;
  RETURN QUERY SELECT k.version, k.wrapped FROM tenant_schema.tenant_keys k WHERE k.holder = 'recovery';
END $$;

-- Takes the tenant key away from a PC, or its question from the list.
CREATE FUNCTION tenant_schema.withdraw_key(_holder text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT tenant_schema.own_powers() ? 'people.edit' THEN -- at all sites
    PERFORM tenant_schema.refuse('Your roles do not allow taking the key from a PC.', NULL, 'IM403');
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('key of tenant_schema', 0));
  IF _holder = 'recovery' THEN
    PERFORM tenant_schema.refuse('The recovery code is the last way in and stays. The operator can give a new one.');
  END IF;
  DELETE FROM tenant_schema.tenant_keys k WHERE k.holder = _holder;
  DELETE FROM tenant_schema.key_holders h WHERE h.holder = _holder;
  IF NOT FOUND THEN
    PERFORM tenant_schema.refuse('This PC no longer holds the key. Reload the list.', NULL, 'IM409');
  END IF;
  PERFORM tenant_schema.write_audit('key_holders', _holder, 'DELETE', NULL, NULL, NULL);
END $$;

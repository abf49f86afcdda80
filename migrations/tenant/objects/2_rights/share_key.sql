-- Gives a holder who asked the tenant key in these versions, wrapped for the public key that the giver saw. The server cannot
-- tell a key from rubbish: so nothing that is there is replaced, and the recovery code is not among those who are given anything.
CREATE FUNCTION tenant_schema.share_key(_holder text, _public bytea, _versions int[], _wraps bytea[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT tenant_schema.own_powers() ? 'people.edit' THEN -- at all sites
    PERFORM tenant_schema.refuse('Your roles do not allow giving a PC the key.', NULL, 'IM403');
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('key of tenant_schema', 0));
  IF _holder = 'recovery' THEN
    PERFORM tenant_schema.refuse('The recovery code has its key. The operator can give a new one.');
  ELSIF NOT EXISTS (SELECT FROM tenant_schema.key_holders h WHERE h.holder = _holder AND h.public_key = _public) THEN
    PERFORM tenant_schema.refuse('This PC no longer asks for the key, or asks anew. Reload the list.', NULL, 'IM409');
  END IF;
  IF coalesce(cardinality(_versions), 0) = 0 OR cardinality(_versions) IS DISTINCT FROM cardinality(_wraps)
     OR EXISTS (SELECT FROM unnest(_versions, _wraps) AS w (version, wrapped) WHERE octet_length(w.wrapped) IS DISTINCT FROM 92
                OR NOT EXISTS (SELECT FROM tenant_schema.key_versions v WHERE v.version = w.version)) THEN
    PERFORM tenant_schema.refuse('This is not the key of this group.');
  END IF;
  INSERT INTO tenant_schema.tenant_keys (version, holder, wrapped, shared_by)
  SELECT w.version, _holder, w.wrapped, tenant_schema.me() FROM unnest(_versions, _wraps) AS w (version, wrapped)
  ON CONFLICT (version, holder) DO NOTHING;
  PERFORM tenant_schema.write_audit('key_holders', _holder, 'UPDATE', NULL, NULL, jsonb_build_object('shared', _versions));
END $$;

-- A PC asks for the tenant key by its public key. What it held under another one it has lost.
CREATE FUNCTION tenant_schema.ask_for_key(_public bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _gate text := tenant_schema.this_gate();
BEGIN
  IF _gate IS NULL OR tenant_schema.me() IS NULL OR octet_length(_public) IS DISTINCT FROM 32 THEN
    PERFORM tenant_schema.refuse('Only a PC at which somebody is signed in can ask for the key.', NULL, 'IM403');
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('key of tenant_schema', 0));
  IF EXISTS (SELECT FROM tenant_schema.key_holders h WHERE h.holder = _gate AND h.public_key = _public) THEN
    RETURN;
  END IF;
  DELETE FROM tenant_schema.tenant_keys k WHERE k.holder = _gate;
  DELETE FROM tenant_schema.key_holders h WHERE h.holder = _gate;
  INSERT INTO tenant_schema.key_holders (holder, public_key, asked_by) VALUES (_gate, _public, tenant_schema.me());
  PERFORM tenant_schema.write_audit('key_holders', _gate, 'INSERT', NULL, NULL, jsonb_build_object('asked_by', tenant_schema.me()));
END $$;

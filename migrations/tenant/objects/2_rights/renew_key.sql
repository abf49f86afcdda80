-- Begins a new version of the tenant key, wrapped for everybody who holds the newest one now, the recovery code among them.
CREATE FUNCTION tenant_schema.renew_key(_version int, _holders text[], _wraps bytea[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _newest int;
BEGIN
  IF NOT tenant_schema.own_powers() ? 'people.edit' THEN -- at all sites
    PERFORM tenant_schema.refuse('Your roles do not allow renewing the key.', NULL, 'IM403');
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('key of tenant_schema', 0));
  SELECT max(v.version) INTO _newest FROM tenant_schema.key_versions v;
  IF _version IS DISTINCT FROM _newest + 1 OR cardinality(_holders) IS DISTINCT FROM cardinality(_wraps)
     OR (SELECT array_agg(h ORDER BY h) FROM unnest(_holders) h) IS DISTINCT FROM
        (SELECT array_agg(k.holder ORDER BY k.holder) FROM tenant_schema.tenant_keys k WHERE k.version = _newest) THEN
    PERFORM tenant_schema.refuse('Somebody else changed who holds the key meanwhile. Try again.', NULL, 'IM409');
  END IF;
  INSERT INTO tenant_schema.key_versions (version, created_by) VALUES (_version, tenant_schema.me());
  INSERT INTO tenant_schema.tenant_keys (version, holder, wrapped, shared_by)
  SELECT _version, w.holder, w.wrapped, tenant_schema.me() FROM unnest(_holders, _wraps) AS w (holder, wrapped);
  PERFORM tenant_schema.write_audit('key_versions', _version::text, 'INSERT', NULL, NULL, jsonb_build_object('holders', cardinality(_holders)));
END $$;

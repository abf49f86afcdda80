-- Forgets every version of the tenant key but the newest, once nothing is encrypted under them: what the audit log still has of
-- them can then be read by no PC. The recovery code keeps them all, because the newest might be rubbish that somebody shared.
CREATE FUNCTION tenant_schema.end_old_keys() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _newest int;
BEGIN
  IF NOT tenant_schema.own_powers() ? 'people.edit' THEN -- at all sites
    PERFORM tenant_schema.refuse('Your roles do not allow renewing the key.', NULL, 'IM403');
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('key of tenant_schema', 0));
  SELECT max(v.version) INTO _newest FROM tenant_schema.key_versions v;
  IF EXISTS (
    SELECT FROM (SELECT unnest(ARRAY[s.contact, s.email, s.phone]) FROM tenant_schema.suppliers s
      UNION ALL SELECT unnest(ARRAY[p.contact, p.email, p.phone]) FROM tenant_schema.supplier_contacts p
      UNION ALL SELECT unnest(ARRAY[c.contact, c.email, c.phone]) FROM tenant_schema.customers c
      UNION ALL SELECT unnest(ARRAY[b.account_holder, b.account, b.bank_code, b.bank_name]) FROM tenant_schema.supplier_banks b) AS f (sealed)
    WHERE substring(f.sealed FROM 2 FOR 4) <> int4send(_newest)) THEN
    PERFORM tenant_schema.refuse('Some fields are still encrypted with the old key. Go on with the renewal first.', NULL, 'IM409');
  END IF;
  DELETE FROM tenant_schema.tenant_keys k WHERE k.version < _newest AND k.holder <> 'recovery';
  PERFORM tenant_schema.write_audit('key_versions', _newest::text, 'UPDATE', NULL, NULL, '{"old_versions": "forgotten"}');
END $$;

-- Who holds the tenant key or asked for it, for those who may give it; the PCs by the names they were set up under.
CREATE FUNCTION tenant_schema.key_list() RETURNS TABLE (
  holder text, device text, public_key bytea, versions int[], newest int, asked_by uuid, asked_at timestamptz, shared_by uuid,
  shared_at timestamptz, is_this boolean, is_known boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT tenant_schema.own_powers() ? 'people.edit' THEN -- at all sites
    RETURN;
  END IF;
  RETURN QUERY
    SELECT h.holder, coalesce(g.device, ''), h.public_key, k.versions, (SELECT max(v.version) FROM tenant_schema.key_versions v),
      h.asked_by, h.asked_at, k.shared_by, k.shared_at, h.holder = tenant_schema.this_gate(),
      h.holder = 'recovery' OR coalesce(g.is_active, false)
    FROM tenant_schema.key_holders h LEFT JOIN public.gates g ON g.role_name = h.holder
    CROSS JOIN LATERAL (
      SELECT coalesce(array_agg(t.version ORDER BY t.version), '{}') AS versions, max(t.shared_at) AS shared_at,
        (array_agg(t.shared_by ORDER BY t.version DESC))[1] AS shared_by
      FROM tenant_schema.tenant_keys t WHERE t.holder = h.holder) k;
END $$;

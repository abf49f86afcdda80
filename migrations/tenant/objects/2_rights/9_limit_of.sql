-- Up to which amount the person may do this at a site; null: without limit. Says the same as member_powers(), for one permission.
CREATE FUNCTION tenant_schema.limit_of(_permission text, _site uuid) RETURNS numeric
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    WITH RECURSIVE chain AS (
      SELECT r.parent_role_id, r.permissions -> _permission AS answer, r.limits -> _permission AS amount, 1 AS depth
      FROM tenant_schema.user_roles a JOIN tenant_schema.roles r ON r.id = a.role_id
      WHERE a.member_id = tenant_schema.me() AND (a.site_id IS NULL OR a.site_id = _site)
      UNION ALL
      SELECT r.parent_role_id, coalesce(c.answer, r.permissions -> _permission), coalesce(c.amount, r.limits -> _permission), c.depth + 1
      FROM chain c JOIN tenant_schema.roles r ON r.id = c.parent_role_id
      WHERE c.depth < 10)
    SELECT nullif(coalesce(max(coalesce((c.amount #>> '{}')::numeric, 'Infinity')) FILTER (WHERE c.answer = 'true'::jsonb), 0), 'Infinity')
    FROM chain c WHERE c.parent_role_id IS NULL OR c.depth = 10);
END $$;

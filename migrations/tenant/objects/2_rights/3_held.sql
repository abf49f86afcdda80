-- Every permission the person holds anywhere, as `resource.action`. Says the same as grants_of(), for all permissions at once.
CREATE FUNCTION tenant_schema.held() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    WITH RECURSIVE chain AS ( -- what the nearest role says stands: it is laid over what those above it say
      SELECT r.parent_role_id, r.permissions, 1 AS depth
      FROM tenant_schema.user_roles a JOIN tenant_schema.roles r ON r.id = a.role_id
      WHERE a.member_id = tenant_schema.me()
      UNION ALL
      SELECT r.parent_role_id, r.permissions || c.permissions, c.depth + 1
      FROM chain c JOIN tenant_schema.roles r ON r.id = c.parent_role_id
      WHERE c.depth < 10)
    SELECT coalesce(array_agg(p.resource || '.' || p.action), '{}') FROM tenant_schema.permissions p
    WHERE EXISTS (SELECT FROM chain c WHERE c.permissions -> (p.resource || '.' || p.action) = 'true'::jsonb));
END $$;

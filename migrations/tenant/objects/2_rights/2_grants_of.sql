-- Where a member holds a permission: one row per site, or a null for all sites. A role inherits from its parents; the
-- nearest role that names the permission decides, and may say no.
CREATE FUNCTION tenant_schema.grants_of(_member uuid, _permission text) RETURNS TABLE (site_id uuid)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
    WITH RECURSIVE chain AS (
      SELECT a.site_id, r.parent_role_id, r.permissions -> _permission AS answer, 1 AS depth
      FROM tenant_schema.user_roles a JOIN tenant_schema.roles r ON r.id = a.role_id
      WHERE a.member_id = _member
      UNION ALL
      SELECT c.site_id, r.parent_role_id, r.permissions -> _permission, c.depth + 1
      FROM chain c JOIN tenant_schema.roles r ON r.id = c.parent_role_id
      WHERE c.answer IS NULL AND c.depth < 10)
    SELECT DISTINCT c.site_id FROM chain c WHERE c.answer = 'true'::jsonb;
END $$;

-- What a role permits, its own and inherited: the nearest role that names a permission decides, and the nearest that names
-- its limit says up to which amount (infinity: without limit). Says the same as grants_of(), for all permissions at once.
CREATE FUNCTION tenant_schema.role_powers(_role uuid) RETURNS TABLE (permission text, amount numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
    WITH RECURSIVE chain AS (
      SELECT r.parent_role_id, r.permissions, r.limits, 1 AS depth FROM tenant_schema.roles r WHERE r.id = _role
      UNION ALL
      SELECT r.parent_role_id, r.permissions, r.limits, c.depth + 1
      FROM chain c JOIN tenant_schema.roles r ON r.id = c.parent_role_id WHERE c.depth < 10),
    answers AS (
      SELECT DISTINCT ON (p.key) p.key, p.value FROM chain c, jsonb_each(c.permissions) p ORDER BY p.key, c.depth),
    limits AS (
      SELECT DISTINCT ON (l.key) l.key, l.value FROM chain c, jsonb_each(c.limits) l ORDER BY l.key, c.depth)
    SELECT a.key, coalesce((l.value #>> '{}')::numeric, 'Infinity') FROM answers a LEFT JOIN limits l USING (key)
    WHERE a.value = 'true'::jsonb;
END $$;

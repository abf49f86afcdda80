-- What a member may do where (null: at all sites) and up to which amount, by every role held.
CREATE FUNCTION tenant_schema.member_powers(_member uuid) RETURNS TABLE (permission text, site_id uuid, amount numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT p.permission, a.site_id, max(p.amount)
    FROM tenant_schema.user_roles a CROSS JOIN LATERAL tenant_schema.role_powers(a.role_id) p
    WHERE a.member_id = _member GROUP BY p.permission, a.site_id;
END $$;

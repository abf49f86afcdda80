-- What every role permits, keyed by role and permission: taken before and after a change, so that the two can be compared.
CREATE FUNCTION tenant_schema.all_powers() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT coalesce(jsonb_object_agg(r.id || ' ' || p.permission, p.amount::text), '{}')
          FROM tenant_schema.roles r CROSS JOIN LATERAL tenant_schema.role_powers(r.id) p);
END $$;

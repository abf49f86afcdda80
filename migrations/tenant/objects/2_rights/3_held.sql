-- Every permission the person holds anywhere, as `resource.action`.
CREATE FUNCTION tenant_schema.held() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _me uuid := tenant_schema.me();
BEGIN
  RETURN (SELECT coalesce(array_agg(p.resource || '.' || p.action), '{}') FROM tenant_schema.permissions p
          WHERE EXISTS (SELECT FROM tenant_schema.grants_of(_me, p.resource || '.' || p.action)));
END $$;

-- The sites where the person holds the permission.
CREATE FUNCTION tenant_schema.scope(_permission text) RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _sites uuid[];
BEGIN
  SELECT array_agg(g.site_id) INTO _sites FROM tenant_schema.grants_of(tenant_schema.me(), _permission) g;
  IF array_position(_sites, NULL) IS NOT NULL THEN
    RETURN (SELECT coalesce(array_agg(s.id), '{}') FROM tenant_schema.sites s);
  END IF;
  RETURN coalesce(_sites, '{}');
END $$;

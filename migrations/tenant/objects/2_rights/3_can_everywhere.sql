-- Whether the person holds the permission at all sites, also those that are still to come.
CREATE FUNCTION tenant_schema.can_everywhere(_permission text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM tenant_schema.grants_of(tenant_schema.me(), _permission) g WHERE g.site_id IS NULL);
END $$;

-- Whether the person holds the permission anywhere.
CREATE FUNCTION tenant_schema.can(_permission text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM tenant_schema.grants_of(tenant_schema.me(), _permission));
END $$;

-- The role that keeps everything and that somebody always has.
CREATE FUNCTION tenant_schema.owner_role() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT r.id FROM tenant_schema.roles r WHERE r.is_builtin AND r.name = 'Owner');
END $$;

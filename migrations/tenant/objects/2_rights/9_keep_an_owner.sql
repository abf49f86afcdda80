-- Refuses a change after which no active person would be owner of everything.
CREATE FUNCTION tenant_schema.keep_an_owner() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
      SELECT FROM tenant_schema.user_roles a JOIN tenant_schema.members m ON m.id = a.member_id
      JOIN public.user_tenants t ON t.id = m.id JOIN public.users u ON u.id = t.user_id
      WHERE a.role_id = tenant_schema.owner_role() AND a.site_id IS NULL AND m.is_active AND t.is_active AND u.is_active) THEN
    PERFORM tenant_schema.refuse('Somebody must remain the owner: make another person owner of all sites first.');
  END IF;
END $$;

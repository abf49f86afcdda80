-- Keeps a person out from the next statement on; the roles stay for a return.
CREATE FUNCTION tenant_schema.deactivate_member(_member uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM tenant_schema.set_member_active(_member, false);
END $$;

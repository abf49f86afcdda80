-- Lets a person in again, with the roles they still have.
CREATE FUNCTION tenant_schema.reactivate_member(_member uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM tenant_schema.set_member_active(_member, true);
END $$;

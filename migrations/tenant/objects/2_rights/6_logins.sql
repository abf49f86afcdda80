-- The logins of the members, for those who may see people; the column itself is shown to nobody.
CREATE FUNCTION tenant_schema.logins() RETURNS TABLE (member_id uuid, login text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT tenant_schema.can('people.view') THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT m.id, m.login FROM tenant_schema.members m;
END $$;

-- Tells every desk of the group, when this is safe, that people or roles changed; "rights" lets each look at its own.
CREATE FUNCTION tenant_schema.tell_people() RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_notify('tenant_group', '["", ["people", "rights"]]');
END $$;

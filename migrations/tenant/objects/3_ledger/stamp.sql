-- BEFORE UPDATE: counts the version up, so that a form can tell that somebody else changed the record meanwhile.
CREATE FUNCTION tenant_schema.stamp() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END $$;

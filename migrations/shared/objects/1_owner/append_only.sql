-- BEFORE UPDATE, DELETE or TRUNCATE of a table that only grows.
CREATE FUNCTION auth.append_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% only grows: nothing in it is changed or deleted.', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;

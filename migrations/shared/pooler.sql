-- How pgbouncer learns the verifiers of roles that come and go. Run by a superuser in the product's database, once.
CREATE SCHEMA IF NOT EXISTS pooler;
CREATE OR REPLACE FUNCTION pooler.verifier(_name text, OUT name text, OUT secret text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
-- Only gates and leases pass through a pooler; neither a superuser nor the operator is ever looked up.
AS $$ SELECT a.rolname::text, a.rolpassword FROM pg_authid a
      WHERE a.rolname = _name AND a.rolcanlogin AND a.rolname ~ '^(g|m)_[0-9a-f]+(_[1-5])?$'
        AND (a.rolvaliduntil IS NULL OR a.rolvaliduntil > now()) $$;
REVOKE ALL ON SCHEMA pooler FROM PUBLIC;
REVOKE ALL ON FUNCTION pooler.verifier(text) FROM PUBLIC;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ims_pooler') THEN
    CREATE ROLE ims_pooler LOGIN CONNECTION LIMIT 5;
  END IF;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO ims_pooler', current_database());
END $$;
GRANT USAGE ON SCHEMA pooler TO ims_pooler;
GRANT EXECUTE ON FUNCTION pooler.verifier(text) TO ims_pooler;

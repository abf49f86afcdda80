-- Leaves the schema empty but for the version table.
SET LOCAL ROLE ims_owner;
DO $$
DECLARE _name regclass;
BEGIN
  FOR _name IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'tenant_schema'::regnamespace AND c.relkind IN ('r', 'p')
               AND NOT c.relispartition AND c.relname <> 'alembic_version' LOOP
    EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', _name);
  END LOOP;
END $$;
DO $$
DECLARE _one record;
BEGIN
  FOR _one IN SELECT p.oid::regprocedure AS name, r.rolname AS owner FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
              WHERE p.pronamespace = 'tenant_schema'::regnamespace LOOP
    EXECUTE format('SET LOCAL ROLE %I', _one.owner);
    EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', _one.name);
  END LOOP;
END $$;
DO $$
DECLARE _one record;
BEGIN
  FOR _one IN SELECT t.oid::regtype AS name, r.rolname AS owner FROM pg_type t JOIN pg_roles r ON r.oid = t.typowner
              JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c' WHERE t.typnamespace = 'tenant_schema'::regnamespace LOOP
    EXECUTE format('SET LOCAL ROLE %I', _one.owner);
    EXECUTE format('DROP TYPE %s', _one.name);
  END LOOP;
END $$;

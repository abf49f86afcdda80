-- Leaves the schema empty but for the version table. What goes takes others along, in an order that nobody knows: names are
-- written down before the first one goes, and whatever is gone by its turn is passed over.
SET LOCAL ROLE ims_owner;
DO $$
DECLARE _name text;
BEGIN
  FOREACH _name IN ARRAY ARRAY(
    SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'tenant_schema'::regnamespace AND c.relkind IN ('r', 'p')
    AND NOT c.relispartition AND c.relname <> 'alembic_version'
  ) LOOP
    EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', _name);
  END LOOP;
END $$;
DO $$
DECLARE _names text[]; _owners text[];
BEGIN
  SELECT array_agg(p.oid::regprocedure::text ORDER BY p.oid), array_agg(r.rolname ORDER BY p.oid) INTO _names, _owners
  FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner WHERE p.pronamespace = 'tenant_schema'::regnamespace;
  FOR _turn IN 1 .. coalesce(cardinality(_names), 0) LOOP
    EXECUTE format('SET LOCAL ROLE %I', _owners[_turn]);
    EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', _names[_turn]);
  END LOOP;
END $$;
DO $$
DECLARE _names text[]; _owners text[];
BEGIN
  SELECT array_agg(t.oid::regtype::text ORDER BY t.oid), array_agg(r.rolname ORDER BY t.oid) INTO _names, _owners
  FROM pg_type t JOIN pg_roles r ON r.oid = t.typowner
  JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c' WHERE t.typnamespace = 'tenant_schema'::regnamespace;
  FOR _turn IN 1 .. coalesce(cardinality(_names), 0) LOOP
    EXECUTE format('SET LOCAL ROLE %I', _owners[_turn]);
    EXECUTE format('DROP TYPE IF EXISTS %s CASCADE', _names[_turn]);
  END LOOP;
END $$;

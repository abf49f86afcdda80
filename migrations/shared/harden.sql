-- Closes to everybody what PostgreSQL leaves open to every role, and what no grant of the product can close: other databases,
-- locks that fill the server's memory, large objects, messages into the log of changes, and what shows who else is at work.
-- Run by a superuser in the product's database (`ims-admin harden`); harmless when repeated. The product's own roles that
-- nobody signs in as, and the operator, keep what they need.
DO $$
DECLARE
  _name text;
  _own CONSTANT text := 'ims_owner, ims_rights, ims_ledger, ims_reader, ims_issuer, ims_operator';
BEGIN
  FOREACH _name IN ARRAY ARRAY['postgres', 'template1'] LOOP
    IF EXISTS (SELECT FROM pg_database WHERE datname = _name) THEN
      EXECUTE format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', _name);
    END IF;
  END LOOP;
  FOR _name IN
    SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND (
      p.proname ~ '^(lo_|loread$|lowrite$|pg_advisory_|pg_try_advisory_|pg_stat_get_)'
      OR p.proname IN ('pg_cancel_backend', 'pg_terminate_backend', 'pg_logical_emit_message', 'pg_lock_status', 'pg_prepared_xact',
        'pg_relation_size', 'pg_table_size', 'pg_total_relation_size', 'pg_indexes_size', 'pg_database_size', 'pg_tablespace_size'))
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC; GRANT EXECUTE ON FUNCTION %1$s TO %s', _name, _own);
  END LOOP;
  FOREACH _name IN ARRAY ARRAY['pg_roles', 'pg_user', 'pg_group', 'pg_auth_members', 'pg_stat_activity', 'pg_locks', 'pg_stats',
    'pg_stat_all_tables', 'pg_stat_user_tables', 'pg_stat_all_indexes', 'pg_stat_user_indexes', 'pg_statio_all_tables',
    'pg_stat_ssl', 'pg_stat_database', 'pg_stat_replication'] LOOP
    EXECUTE format('REVOKE SELECT ON pg_catalog.%I FROM PUBLIC; GRANT SELECT ON pg_catalog.%1$I TO %s', _name, _own);
  END LOOP;
END $$;

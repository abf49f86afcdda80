-- Makes or renews a lease: the login role of one member on one device. Called by auth.open_tenant alone. What the desk relies
-- on is bound to the role: where names are looked up, and how long anything may take. `_cut` ends whatever still hangs on the
-- old connections of the role.
CREATE FUNCTION tenant_schema.issue(_role text, _scram text, _until timestamptz, _new boolean, _cut boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _setting text;
BEGIN
  IF _role !~ '^m_[0-9a-f]{32}_[1-5]$' OR _scram !~ '^SCRAM-SHA-256[$]' THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  IF _new THEN
    EXECUTE format('CREATE ROLE %I LOGIN CONNECTION LIMIT 8 PASSWORD %L VALID UNTIL %L', _role, _scram, _until);
    EXECUTE format('GRANT tenant_group TO %I', _role);
  ELSE
    EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L VALID UNTIL %L', _role, _scram, _until);
    EXECUTE format('ALTER ROLE %I RESET ALL', _role);
    IF _cut THEN
      PERFORM tenant_schema.cut(_role, false);
    END IF;
  END IF;
  FOREACH _setting IN ARRAY ARRAY['search_path = tenant_schema, pg_catalog', 'statement_timeout = ''60s''', 'lock_timeout = ''20s''',
    'idle_in_transaction_session_timeout = ''60s'''] LOOP
    EXECUTE format('ALTER ROLE %I SET %s', _role, _setting);
  END LOOP;
END $$;

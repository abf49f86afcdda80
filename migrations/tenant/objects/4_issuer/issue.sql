-- Makes or renews a lease: the login role of one member on one device. Called by auth.open_tenant alone. A renewal ends
-- whatever still hangs on the old connections of the role.
CREATE FUNCTION tenant_schema.issue(_role text, _scram text, _until timestamptz, _new boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF _role !~ '^m_[0-9a-f]{32}_[1-5]$' OR _scram !~ '^SCRAM-SHA-256\$' THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  IF _new THEN
    EXECUTE format('CREATE ROLE %I LOGIN CONNECTION LIMIT 8 PASSWORD %L VALID UNTIL %L', _role, _scram, _until);
    EXECUTE format('GRANT tenant_group TO %I', _role);
  ELSE
    EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L VALID UNTIL %L', _role, _scram, _until);
    EXECUTE format('ALTER ROLE %I RESET ALL', _role);
    EXECUTE format('GRANT %I TO tenant_issuer', _role); -- pg_terminate_backend asks for membership
    PERFORM pg_terminate_backend(a.pid) FROM pg_stat_activity a WHERE a.usename = _role;
    EXECUTE format(CASE WHEN current_setting('server_version_num')::int >= 160000
      THEN 'REVOKE %I FROM tenant_issuer GRANTED BY tenant_issuer' ELSE 'REVOKE %I FROM tenant_issuer' END, _role);
  END IF;
  EXECUTE format('ALTER ROLE %I SET search_path = tenant_schema, pg_catalog', _role);
END $$;

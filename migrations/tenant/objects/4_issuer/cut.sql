-- Cuts the connections of a lease; for good: it lets nobody in until it is issued anew. Cut first, because a transaction that
-- changes the role's own password could hold up the rest, and once more for whoever came back meanwhile.
CREATE FUNCTION tenant_schema.cut(_role text, _for_good boolean DEFAULT true) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF _role !~ '^m_[0-9a-f]{32}_[1-5]$' THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  EXECUTE format('GRANT %I TO tenant_issuer', _role); -- pg_terminate_backend asks for membership
  PERFORM pg_terminate_backend(a.pid) FROM pg_stat_activity a WHERE a.usename = _role;
  IF _for_good THEN
    EXECUTE format('ALTER ROLE %I NOLOGIN', _role);
    PERFORM pg_stat_clear_snapshot();
    PERFORM pg_terminate_backend(a.pid) FROM pg_stat_activity a WHERE a.usename = _role;
  END IF;
  EXECUTE format(CASE WHEN current_setting('server_version_num')::int >= 160000
    THEN 'REVOKE %I FROM tenant_issuer GRANTED BY tenant_issuer' ELSE 'REVOKE %I FROM tenant_issuer' END, _role);
END $$;

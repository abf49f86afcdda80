-- Appends a row to the sign-in log, which knows who and from where.
CREATE FUNCTION auth.write_log(_event text, _detail jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row public.auth_log;
BEGIN
  PERFORM pg_current_xact_id(); -- before a number is taken, see auth.seal_log()
  _row.at := clock_timestamp();
  _row.who := session_user;
  _row.ip_address := inet_client_addr();
  _row.event := _event;
  _row.detail := _detail;
  INSERT INTO public.auth_log (at, who, ip_address, event, detail, row_hash)
  VALUES (_row.at, _row.who, _row.ip_address, _row.event, _row.detail, auth.log_hash(_row));
END $$;

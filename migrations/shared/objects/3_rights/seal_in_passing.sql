-- What every sign-in does afterwards, in a transaction of its own; nothing happens when the newest seal of the log is younger
-- than ten minutes, or somebody else is at it.
CREATE FUNCTION auth.seal_in_passing() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM auth.seal_log('10 minutes');
END $$;

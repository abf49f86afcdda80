-- Cuts what the PCs of a person have open at their gates, where a transaction kept open would hold up an end. An honest
-- desk comes back by itself: it connects to its gate anew for each step.
CREATE FUNCTION auth.cut_gates(_user uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_terminate_backend(a.pid) FROM pg_stat_activity a
    WHERE a.pid <> pg_backend_pid() AND a.usename IN
      (SELECT s.gate_role FROM public.sessions s WHERE s.user_id = _user AND s.revoked_at IS NULL)
      AND pg_has_role(a.usename, 'USAGE');
END $$;

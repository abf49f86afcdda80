-- Ends a session and the leases opened from it; repeating it cuts once more whoever came back meanwhile. Why it ended, and by
-- whom, is kept for the PC that held it, see auth.ending, and told to the groups it was used in.
CREATE FUNCTION auth.end_session(_session uuid, _why text DEFAULT 'ENDED', _by text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM auth.cut_gates(s.user_id) FROM public.sessions s WHERE s.id = _session;
  UPDATE public.sessions s SET revoked_at = now(), ended_why = _why, ended_by = _by
   WHERE s.id = _session AND s.revoked_at IS NULL;
  IF FOUND THEN
    PERFORM auth.log_ending(_session);
  END IF;
  PERFORM auth.end_lease(l.role_name) FROM public.leases l WHERE l.session_id = _session;
END $$;

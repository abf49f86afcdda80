-- Ends the session that holds this refresh token, and the leases opened from it.
CREATE FUNCTION auth.sign_out(_token bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM auth.end_session(s.id, 'SIGNED_OUT') FROM public.sessions s
    WHERE s.refresh_token = sha256(_token) AND s.gate_role = session_user;
END $$;

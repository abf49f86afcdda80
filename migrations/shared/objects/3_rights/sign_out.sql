-- Ends the session that holds this refresh token, and the leases opened from it.
CREATE FUNCTION auth.sign_out(_token bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _session uuid;
BEGIN
  UPDATE public.sessions s SET revoked_at = now()
   WHERE s.refresh_token = sha256(_token) AND s.gate_role = session_user AND s.revoked_at IS NULL RETURNING s.id INTO _session;
  UPDATE public.leases l SET valid_until = now() WHERE l.session_id = _session;
END $$;

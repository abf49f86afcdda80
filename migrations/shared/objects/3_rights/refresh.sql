-- A remembered sign-in: exchanges the refresh token for the next one. Reuse of an old token revokes the session.
CREATE FUNCTION auth.refresh(_token bytea, _next_hash bytea)
RETURNS TABLE (status text, person text, tenants jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _s public.sessions;
BEGIN
  IF octet_length(_next_hash) <> 32 THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  SELECT * INTO _s FROM public.sessions s
   WHERE s.refresh_token = sha256(_token) AND s.gate_role = session_user FOR UPDATE;
  IF FOUND AND _s.revoked_at IS NULL AND _s.expires_at > now() THEN
    UPDATE public.sessions s SET previous_token = s.refresh_token, refresh_token = _next_hash, last_used_at = now(),
      ip_address = inet_client_addr() WHERE s.id = _s.id;
    RETURN QUERY SELECT 'GOOD', concat_ws(' ', u.first_name, u.last_name), auth.tenants_of(u.id)
      FROM public.users u WHERE u.id = _s.user_id AND u.is_active;
    RETURN;
  END IF;
  UPDATE public.sessions s SET revoked_at = now() WHERE s.previous_token = sha256(_token) AND s.revoked_at IS NULL;
  IF FOUND THEN
    INSERT INTO public.auth_log (event) VALUES ('refresh token used twice, session revoked');
  END IF;
  RETURN QUERY SELECT 'BAD', NULL::text, NULL::jsonb;
END $$;

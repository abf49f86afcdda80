-- A remembered sign-in: exchanges the refresh token for the next one. A token that was used before, or that turns up at
-- another PC, was stolen: its session ends, and with it every token that came after it.
CREATE FUNCTION auth.refresh(_token bytea, _next_hash bytea)
RETURNS TABLE (status text, person text, tenants jsonb, must_change boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _s public.sessions;
  _stolen uuid;
BEGIN
  IF _token IS NULL OR _next_hash IS NULL OR octet_length(_next_hash) <> 32 THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  SELECT s.* INTO _s FROM public.sessions s JOIN public.users u ON u.id = s.user_id AND u.is_active
   WHERE s.refresh_token = sha256(_token) AND s.gate_role = session_user AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp()
   FOR UPDATE OF s;
  IF FOUND THEN
    INSERT INTO public.used_tokens (token, session_id) VALUES (_s.refresh_token, _s.id);
    UPDATE public.sessions s SET refresh_token = _next_hash, last_used_at = now(), ip_address = inet_client_addr()
     WHERE s.id = _s.id;
    RETURN QUERY SELECT 'GOOD', concat_ws(' ', u.first_name, u.last_name), auth.tenants_of(u.id), u.must_change_password
      FROM public.users u WHERE u.id = _s.user_id;
    RETURN;
  END IF;
  SELECT s.id INTO _stolen FROM public.sessions s WHERE s.revoked_at IS NULL
     AND (s.refresh_token = sha256(_token) AND s.gate_role <> session_user
          OR s.id = (SELECT t.session_id FROM public.used_tokens t WHERE t.token = sha256(_token)));
  IF FOUND THEN
    PERFORM auth.end_session(_stolen, 'STOLEN');
    PERFORM auth.write_log('refresh token used twice, session revoked', jsonb_build_object('session', _stolen));
  END IF;
  RETURN QUERY SELECT 'BAD', NULL::text, NULL::jsonb, NULL::boolean;
END $$;

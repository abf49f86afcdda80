-- Step 3 of signing in, in a transaction of its own: judges the deposited proof. On success opens a session and names
-- the person and the tenants. At most 5 evaluated guesses per login and device, 20 per login, in 15 minutes.
CREATE FUNCTION auth.verify(_attempt uuid, _refresh_hash bytea, _device jsonb)
RETURNS TABLE (status text, person text, tenants jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _a public.login_attempts;
  _u public.users;
  _here int;
  _all int;
BEGIN
  IF octet_length(_refresh_hash) <> 32 OR pg_column_size(_device) > 2000 THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  SELECT * INTO _a FROM public.login_attempts a WHERE a.id = _attempt AND a.gate_role = session_user FOR UPDATE;
  IF NOT FOUND OR _a.state <> 'OPEN' OR _a.proof IS NULL OR _a.at < clock_timestamp() - interval '60 seconds' THEN
    RETURN QUERY SELECT 'STALE', NULL::text, NULL::jsonb;
    RETURN;
  END IF;
  IF _a.proved_in = pg_current_xact_id() THEN
    RAISE EXCEPTION 'prove and verify must be separate transactions' USING ERRCODE = '25001';
  END IF;
  SELECT count(*) FILTER (WHERE a.gate_role = session_user), count(*) INTO _here, _all
    FROM public.login_attempts a
   WHERE a.login_hash = _a.login_hash AND a.id <> _a.id AND a.proof IS NOT NULL AND a.state IN ('OPEN', 'BAD')
     AND a.at > clock_timestamp() - interval '15 minutes';
  IF _here >= 5 OR _all >= 20 THEN
    UPDATE public.login_attempts a SET state = 'LOCKED' WHERE a.id = _a.id;
    RETURN QUERY SELECT 'LOCKED', NULL::text, NULL::jsonb;
    RETURN;
  END IF;
  SELECT * INTO _u FROM public.users u
   WHERE u.is_active AND _a.login_hash IN (auth.login_hash(u.email), auth.login_hash(u.username), auth.login_hash(u.phone));
  IF NOT FOUND OR sha256(auth.xor_bytes(_a.proof, auth.hmac_sha256(_u.password, _a.nonce))) <> _u.password THEN
    UPDATE public.login_attempts a SET state = 'BAD' WHERE a.id = _a.id;
    INSERT INTO public.auth_log (event, detail) VALUES ('sign-in refused', jsonb_build_object('attempt', _a.id));
    RETURN QUERY SELECT 'BAD', NULL::text, NULL::jsonb;
    RETURN;
  END IF;
  UPDATE public.login_attempts a SET state = 'GOOD' WHERE a.id = _a.id;
  INSERT INTO public.sessions (user_id, gate_role, refresh_token, device_info, ip_address, expires_at)
  VALUES (_u.id, session_user, _refresh_hash, _device, inet_client_addr(), now() + interval '30 days');
  INSERT INTO public.auth_log (event, detail) VALUES ('signed in', jsonb_build_object('user', _u.id));
  RETURN QUERY SELECT 'GOOD', concat_ws(' ', _u.first_name, _u.last_name), auth.tenants_of(_u.id);
END $$;

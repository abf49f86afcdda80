-- Judges a deposited proof, in a transaction of its own; called by auth.verify and auth.set_password. GOOD names the
-- person. An unknown login, a known one and a missing code take the same way at the same cost.
CREATE FUNCTION auth.judge(_attempt uuid, _purposes text[], OUT status text, OUT person uuid, OUT purpose text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _a public.login_attempts;
  _key bytea;
  _made_up bytea;
  _good boolean;
BEGIN
  SELECT * INTO _a FROM public.login_attempts a WHERE a.id = _attempt AND a.gate_role = session_user FOR UPDATE;
  IF NOT FOUND OR _a.state <> 'OPEN' OR _a.proof IS NULL OR _a.purpose <> ALL (_purposes)
     OR _a.at < clock_timestamp() - interval '60 seconds' THEN
    status := 'STALE';
    RETURN;
  END IF;
  IF _a.proved_in = pg_current_xact_id() THEN
    RAISE EXCEPTION 'prove and verify must be separate transactions' USING ERRCODE = '25001';
  END IF;
  IF NOT auth.allowance(_a) THEN
    UPDATE public.login_attempts a SET state = 'LOCKED' WHERE a.id = _a.id;
    status := 'LOCKED';
    RETURN;
  END IF;
  _made_up := auth.fake_key(_a.login_hash, 'key');
  SELECT CASE _a.purpose WHEN 'RESET' THEN auth.reset_key(u.id, _a.id) ELSE u.password END INTO _key
    FROM public.users u WHERE u.id = _a.user_id AND u.is_active;
  _good := sha256(auth.xor_bytes(_a.proof, auth.hmac_sha256(coalesce(_key, _made_up), _a.nonce))) = coalesce(_key, _made_up);
  status := CASE WHEN _good AND _key IS NOT NULL THEN 'GOOD' ELSE 'BAD' END;
  UPDATE public.login_attempts a SET state = status WHERE a.id = _a.id;
  IF status = 'GOOD' THEN
    person := _a.user_id;
    purpose := _a.purpose;
    PERFORM auth.clean();
  ELSE
    PERFORM auth.write_log('sign-in refused', jsonb_build_object('attempt', _a.id));
  END IF;
END $$;

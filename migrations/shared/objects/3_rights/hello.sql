-- Step 1 of signing in: the bcrypt salt of the login and a fresh nonce. Unknown logins get a stable, made-up salt at
-- the same cost. Must be committed before auth.prove.
CREATE FUNCTION auth.hello(_login text, OUT attempt uuid, OUT salt text, OUT nonce bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _name text := auth.login_name(_login);
  _hash bytea := auth.login_hash(_login);
  _made_up text;
  _user uuid;
BEGIN
  IF _login IS NULL OR length(_login) NOT BETWEEN 1 AND 254 THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  IF NOT EXISTS (SELECT FROM public.gates g WHERE g.role_name = session_user AND g.is_active
                 AND (g.enrol_until IS NULL OR g.enrolled_at IS NOT NULL)) THEN
    RAISE EXCEPTION 'This PC is not set up. Ask your administrator for a profile file.' USING ERRCODE = 'IM403';
  END IF;
  IF (SELECT count(*) FROM public.login_attempts a
      WHERE a.gate_role = session_user AND a.at > statement_timestamp() - interval '1 minute') >= 30
     OR (SELECT count(*) FROM public.login_attempts a
         WHERE a.ip_address = inet_client_addr() AND NOT inet_client_addr() <<= '127.0.0.0/8' AND a.at > statement_timestamp() - interval '1 minute') >= 600 THEN
    RAISE EXCEPTION 'too many attempts' USING ERRCODE = '53400';
  END IF;
  _made_up := '$2b$12$' || auth.bcrypt64(substring(auth.fake_key(_hash, 'salt') FROM 1 FOR 16));
  SELECT u.id, u.bcrypt_salt INTO _user, salt FROM public.users u WHERE u.is_active
     AND (lower(u.email) = _name OR lower(u.username) = _name OR u.phone = _name);
  salt := coalesce(salt, _made_up);
  nonce := sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));
  INSERT INTO public.login_attempts (login_hash, user_id, gate_role, ip_address, nonce)
  VALUES (_hash, _user, session_user, inet_client_addr(), hello.nonce) RETURNING id INTO attempt;
END $$;

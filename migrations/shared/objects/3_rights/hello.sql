-- Step 1 of signing in: the bcrypt salt of the login and a fresh nonce. Unknown logins get a stable, made-up salt at
-- the same cost. Must be committed before auth.prove.
CREATE FUNCTION auth.hello(_login text, OUT attempt uuid, OUT salt text, OUT nonce bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _known text; _made_up text;
BEGIN
  IF _login IS NULL OR length(_login) NOT BETWEEN 1 AND 254 THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  IF (SELECT count(*) FROM public.login_attempts a
      WHERE a.gate_role = session_user AND a.at > clock_timestamp() - interval '1 minute') >= 30 THEN
    RAISE EXCEPTION 'too many attempts' USING ERRCODE = '53400';
  END IF;
  _made_up := '$2b$12$' || auth.bcrypt64(substring(
    sha256((SELECT s.fake_salt_key FROM public.server_secret s) || auth.login_hash(_login)) FROM 1 FOR 16));
  SELECT u.bcrypt_salt INTO _known FROM public.users u
   WHERE u.is_active AND (lower(u.email) = lower(trim(_login)) OR lower(u.username) = lower(trim(_login)) OR u.phone = trim(_login));
  salt := coalesce(_known, _made_up);
  nonce := sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));
  INSERT INTO public.login_attempts (login_hash, gate_role, ip_address, nonce)
  VALUES (auth.login_hash(_login), session_user, inet_client_addr(), hello.nonce) RETURNING id INTO attempt;
END $$;

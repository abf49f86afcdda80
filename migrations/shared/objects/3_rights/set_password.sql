-- Step 3 of changing a password (the old one was proved) or of getting in with a one-time code (the code was): takes the
-- new salt and StoredKey, which the desk has made, so the server never sees a password. Every other session of the person
-- ends, and so does the code. The salt is as costly as the made-up ones, or they could be told apart.
CREATE FUNCTION auth.set_password(_attempt uuid, _salt text, _key bytea, _token bytea DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _judged record;
BEGIN
  IF _salt IS NULL OR _salt !~ '^[$]2b[$]12[$][./A-Za-z0-9]{22}$' OR _key IS NULL OR octet_length(_key) <> 32 THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  _judged := auth.judge(_attempt, ARRAY['CHANGE', 'RESET']);
  IF _judged.status <> 'GOOD' THEN
    RETURN _judged.status;
  END IF;
  UPDATE public.users u SET bcrypt_salt = _salt, password = _key, must_change_password = false, updated_at = now()
   WHERE u.id = _judged.person;
  DELETE FROM public.reset_codes c WHERE c.user_id = _judged.person;
  PERFORM auth.end_session(s.id, 'PASSWORD') FROM public.sessions s WHERE s.user_id = _judged.person AND s.revoked_at IS NULL
    AND s.refresh_token IS DISTINCT FROM sha256(_token);
  PERFORM auth.write_log(CASE _judged.purpose WHEN 'RESET' THEN 'password reset by code' ELSE 'password changed' END,
    jsonb_build_object('user', _judged.person));
  RETURN 'GOOD';
END $$;

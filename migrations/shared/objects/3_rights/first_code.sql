-- Lets a person in by a one-time code alone: whatever password there was is gone, and a new one must be set. The code was
-- made at the desk of whoever gives it; only what proves it arrives here, with a salt as costly as the made-up ones.
CREATE FUNCTION auth.first_code(_user uuid, _salt text, _key bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF _salt IS NULL OR _salt !~ '^[$]2b[$]12[$][./A-Za-z0-9]{22}$' OR _key IS NULL OR octet_length(_key) <> 32 THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  UPDATE public.users u SET bcrypt_salt = _salt, must_change_password = true, updated_at = now(),
    password = sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')) WHERE u.id = _user;
  INSERT INTO public.reset_codes (user_id, stored_key) VALUES (_user, _key)
  ON CONFLICT (user_id) DO UPDATE SET stored_key = excluded.stored_key, made_by = excluded.made_by, made_at = excluded.made_at;
  PERFORM auth.end_session(s.id, 'CODE') FROM public.sessions s WHERE s.user_id = _user AND s.revoked_at IS NULL;
END $$;

-- Step 3 of signing in, in a transaction of its own: judges the deposited proof. On success opens a session and names
-- the person and the tenants.
CREATE FUNCTION auth.verify(_attempt uuid, _refresh_hash bytea, _device jsonb)
RETURNS TABLE (status text, person text, tenants jsonb, must_change boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _status text;
  _user uuid;
BEGIN
  IF _refresh_hash IS NULL OR octet_length(_refresh_hash) <> 32 OR _device IS NULL OR pg_column_size(_device) > 2000 THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  SELECT j.status, j.person INTO _status, _user FROM auth.judge(_attempt, ARRAY['SIGN_IN']) j;
  IF _status <> 'GOOD' THEN
    RETURN QUERY SELECT _status, NULL::text, NULL::jsonb, NULL::boolean;
    RETURN;
  END IF;
  INSERT INTO public.sessions (user_id, gate_role, refresh_token, device_info, ip_address, expires_at)
  VALUES (_user, session_user, _refresh_hash, _device, inet_client_addr(), now() + interval '30 days');
  PERFORM auth.write_log('signed in', jsonb_build_object('user', _user));
  RETURN QUERY SELECT 'GOOD', concat_ws(' ', u.first_name, u.last_name), auth.tenants_of(u.id), u.must_change_password
    FROM public.users u WHERE u.id = _user;
END $$;

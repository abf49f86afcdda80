-- Makes somebody known who was not, as a member of a tenant, with a one-time code for the first password. Called by the
-- tenant's invite_member alone, which has checked rights and words. Whoever signs in already is taken in by the operator: an
-- address proves nothing about the person who first used it here, and their password is not for a stranger to set.
CREATE FUNCTION auth.new_member(_tenant uuid, _login text, _first_name text, _last_name text, _salt text, _key bytea) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _name text := auth.login_name(_login);
  _kind text := CASE WHEN _name LIKE '%@%' THEN 'email' WHEN _name ~ '^[+]?[0-9]{6,15}$' THEN 'phone' ELSE 'username' END;
  _user uuid;
  _known boolean;
  _made uuid;
BEGIN
  SELECT u.id, m.is_active INTO _user, _known FROM public.users u
    LEFT JOIN public.user_tenants m ON m.user_id = u.id AND m.tenant_id = _tenant
   WHERE lower(u.email) = _name OR lower(u.username) = _name OR u.phone = _name;
  IF _user IS NOT NULL THEN
    RAISE EXCEPTION '%', CASE
      WHEN _known THEN format('%s is here already: give the person a role in the list.', _name)
      WHEN NOT _known THEN format('%s was here before: reactivate the person in the list.', _name)
      ELSE format('%s cannot be invited from here: ask the operator of the server to let the person in.', _name) END
      USING ERRCODE = 'IM400', DETAIL = '[{"field": "login", "text": "Somebody signs in with this already."}]';
  END IF;
  INSERT INTO public.users (first_name, last_name, email, username, phone, bcrypt_salt, password, must_change_password)
  VALUES (_first_name, _last_name, CASE _kind WHEN 'email' THEN _name END, CASE _kind WHEN 'username' THEN _name END,
    CASE _kind WHEN 'phone' THEN _name END, _salt, sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), true)
  RETURNING id INTO _user;
  INSERT INTO public.user_tenants (user_id, tenant_id, role) VALUES (_user, _tenant, 'EMPLOYEE') RETURNING id INTO _made;
  PERFORM auth.first_code(_user, _salt, _key);
  PERFORM auth.write_log('invited', jsonb_build_object('user', _user, 'tenant', _tenant));
  RETURN _made;
END $$;

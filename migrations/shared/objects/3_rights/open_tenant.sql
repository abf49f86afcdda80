-- Turns a session into a database identity in one tenant: a login role of the person's own, one per device slot, with a
-- password only this desk knows (it arrives as a SCRAM verifier; anything else would be taken as a plain password). A desk
-- at work that `_renews` keeps its connections; otherwise what still hangs on the role is cut. Whether something is over is asked
-- of the clock itself, here and at the whole gate: a transaction may have begun long before. Whoever is at work in five places
-- already gets the identity of a program that died on the same PC: one that nothing is connected with.
CREATE FUNCTION auth.open_tenant(_token bytea, _tenant uuid, _scram text, _renews boolean DEFAULT false)
RETURNS TABLE (role_name text, schema_name text, valid_until timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  _s public.sessions;
  _m public.user_tenants;
  _t public.tenants;
  _role name;
  _slot int;
  _goes_on boolean;
  _until timestamptz := now() + interval '8 hours';
BEGIN
  IF _scram IS NULL OR _scram !~ '^SCRAM-SHA-256[$][0-9]{4,6}:[A-Za-z0-9+/=]{16,64}[$][A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$' THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  SELECT * INTO _s FROM public.sessions s WHERE s.refresh_token = sha256(_token) AND s.gate_role = session_user
     AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp() FOR UPDATE; -- nobody ends it between this look and the lease
  SELECT t.* INTO _t FROM public.tenants t WHERE t.id = _tenant;
  SELECT m.* INTO _m FROM public.user_tenants m JOIN public.users u ON u.id = m.user_id
   WHERE m.user_id = _s.user_id AND m.tenant_id = _t.id AND m.is_active AND u.is_active FOR UPDATE OF m;
  IF _m.id IS NULL THEN
    RAISE EXCEPTION 'no such session or membership' USING ERRCODE = '28000';
  END IF;
  PERFORM auth.check_open(_t.id); -- after the lock on the membership, on which a suspension waits
  IF (SELECT u.must_change_password FROM public.users u WHERE u.id = _m.user_id) THEN
    RAISE EXCEPTION 'Choose a new password first.' USING ERRCODE = 'IM403';
  END IF;
  SELECT l.role_name, l.session_id = _s.id INTO _role, _goes_on FROM public.leases l
   WHERE l.membership_id = _m.id AND (l.session_id = _s.id OR l.valid_until < clock_timestamp())
   ORDER BY (l.session_id = _s.id) DESC, l.slot LIMIT 1;
  SELECT count(*) + 1 INTO _slot FROM public.leases l WHERE l.membership_id = _m.id;
  IF _role IS NULL AND _slot > 5 THEN
    SELECT l.role_name, false INTO _role, _goes_on FROM public.leases l JOIN public.sessions s ON s.id = l.session_id
     WHERE l.membership_id = _m.id AND s.gate_role = session_user AND l.valid_until < _until - interval '1 minute'
       AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.usename = l.role_name)
     ORDER BY l.valid_until, l.slot LIMIT 1;
    IF _role IS NULL THEN
      RAISE EXCEPTION 'too many devices' USING ERRCODE = '53400';
    END IF;
  END IF;
  IF _role IS NULL THEN
    _role := 'm_' || replace(_m.id::text, '-', '') || '_' || _slot;
    INSERT INTO public.leases (role_name, membership_id, slot, session_id, valid_until)
    VALUES (_role, _m.id, _slot, _s.id, _until);
    EXECUTE format('SELECT %I.issue($1, $2, $3, true, true)', _t.schema_name) USING _role, _scram, _until;
  ELSE
    UPDATE public.leases l SET session_id = _s.id, valid_until = _until WHERE l.role_name = _role;
    EXECUTE format('SELECT %I.issue($1, $2, $3, false, $4)', _t.schema_name)
      USING _role, _scram, _until, NOT (_renews AND _goes_on);
  END IF;
  UPDATE public.sessions s SET last_used_at = now(), tenant_id = _t.id WHERE s.id = _s.id;
  UPDATE public.user_tenants m SET last_opened_at = now() WHERE m.id = _m.id;
  PERFORM auth.write_log('opened tenant', jsonb_build_object('user', _s.user_id, 'tenant', _t.id, 'role', _role));
  RETURN QUERY SELECT _role::text, _t.schema_name::text, _until;
END $$;

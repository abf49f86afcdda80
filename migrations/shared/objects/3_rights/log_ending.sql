-- Tells everybody concerned that a session ended: the sign-in log, and the audit log of each group that it holds a lease in. It
-- is the person who signs out or changes the password; otherwise whoever is at a desk of that group.
CREATE FUNCTION auth.log_ending(_session uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _s public.sessions;
  _held record;
BEGIN
  SELECT * INTO _s FROM public.sessions s WHERE s.id = _session;
  PERFORM auth.write_log('session ended', jsonb_build_object('user', _s.user_id, 'session', _s.id, 'why', _s.ended_why, 'by', _s.ended_by));
  FOR _held IN SELECT DISTINCT m.id, t.schema_name FROM public.leases l JOIN public.user_tenants m ON m.id = l.membership_id
      JOIN public.tenants t ON t.id = m.tenant_id WHERE l.session_id = _session LOOP
    EXECUTE format('SELECT %I.write_audit(''sessions'', $1, ''UPDATE'', NULL, NULL, $2, $3)', _held.schema_name)
      USING _s.id::text, jsonb_build_object('ended_why', _s.ended_why, 'computer', _s.device_info ->> 'computer',
        'signed_in_at', _s.created_at, 'member_id', _held.id),
        CASE WHEN _s.ended_why IN ('SIGNED_OUT', 'PASSWORD') THEN _held.id END;
  END LOOP;
END $$;

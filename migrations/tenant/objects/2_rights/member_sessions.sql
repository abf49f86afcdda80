-- Where people are signed in to this group: one row per session that holds a lease here. A person sees their own; those of
-- others only who may see people. Reads the shared tables narrowly; what a session is, the sign-in functions decide.
CREATE FUNCTION tenant_schema.member_sessions() RETURNS TABLE (
  id uuid, member_id uuid, name text, computer text, system text, address text, since timestamptz, last_used_at timestamptz,
  is_connected boolean, is_own boolean, is_this boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _me uuid := tenant_schema.me();
  _all boolean := tenant_schema.can('people.view');
BEGIN
  RETURN QUERY
    SELECT s.id, m.id, m.display_name, coalesce(s.device_info ->> 'computer', ''), coalesce(s.device_info ->> 'system', ''),
      coalesce(host(s.ip_address), ''), s.created_at, CASE WHEN c.connected THEN now() ELSE s.last_used_at END, c.connected,
      m.id = _me, l.role_name = session_user
    FROM public.leases l JOIN tenant_schema.members m ON m.id = l.membership_id JOIN public.sessions s ON s.id = l.session_id
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM pg_stat_activity a WHERE a.usename = l.role_name) AS connected) c
    WHERE l.valid_until > now() AND s.revoked_at IS NULL AND s.expires_at > now() AND (m.id = _me OR _all);
END $$;

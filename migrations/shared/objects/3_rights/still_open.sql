-- Whether a desk that was cut off may come back: its session, membership and lease are good. Says nothing else.
CREATE FUNCTION auth.still_open(_token bytea, _tenant uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN EXISTS (
  SELECT FROM public.sessions s
  JOIN public.users u ON u.id = s.user_id AND u.is_active AND NOT u.must_change_password
  JOIN public.user_tenants m ON m.user_id = s.user_id AND m.tenant_id = _tenant AND m.is_active
  JOIN public.tenants t ON t.id = m.tenant_id AND t.is_active
  JOIN public.leases l ON l.membership_id = m.id AND l.session_id = s.id AND l.valid_until > now()
  WHERE s.refresh_token = sha256(_token) AND s.gate_role = session_user AND s.revoked_at IS NULL AND s.expires_at > now());

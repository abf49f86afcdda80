-- Why a PC's session no longer opens a restaurant group, for whoever knows the token's hash: at that PC alone, without a person
-- being signed in. Nothing for a session that goes on, for one of another PC, and for a hash that was never one.
CREATE FUNCTION auth.ending(_hash bytea, _tenant uuid) RETURNS TABLE (why text, at timestamptz, ended_by text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  _s public.sessions;
  _out_since timestamptz;
BEGIN
  SELECT s.* INTO _s FROM public.sessions s WHERE s.gate_role = session_user AND (s.refresh_token = _hash
    OR s.id = (SELECT t.session_id FROM public.used_tokens t WHERE t.token = _hash));
  IF _s.id IS NULL THEN
    RETURN;
  END IF;
  SELECT CASE WHEN u.is_active THEN m.updated_at ELSE u.updated_at END INTO _out_since
    FROM public.users u LEFT JOIN public.user_tenants m ON m.user_id = u.id AND m.tenant_id = _tenant
   WHERE u.id = _s.user_id AND NOT (u.is_active AND coalesce(m.is_active, false));
  RETURN QUERY SELECT e.why, e.at, e.ended_by FROM (VALUES
    (1, FOUND, 'DEACTIVATED', _out_since, NULL),
    (2, _s.revoked_at IS NOT NULL, coalesce(_s.ended_why, 'ENDED'), _s.revoked_at, _s.ended_by),
    (3, _s.expires_at <= clock_timestamp(), 'EXPIRED', _s.expires_at, NULL)) e (place, holds, why, at, ended_by)
   WHERE e.holds ORDER BY e.place LIMIT 1;
END $$;

-- The tenants a user belongs to, as JSON: id, name, country, role, last opened. Whether one can be opened now is said when
-- it is asked for, see auth.check_open.
CREATE FUNCTION auth.tenants_of(_user uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'country', c.name, 'currency', c.currency,
    'role', m.role, 'last_opened_at', m.last_opened_at) ORDER BY t.name), '[]')
  FROM public.user_tenants m
  JOIN public.tenants t ON t.id = m.tenant_id
  JOIN public.countries c ON c.code = t.country
  WHERE m.user_id = _user AND m.is_active);

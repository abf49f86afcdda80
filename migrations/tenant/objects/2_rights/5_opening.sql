-- What a desk needs to begin with, in one answer: who the person is, every permission held anywhere, and the sites seen.
-- First of all, whether it fits: where the schema stands, and what a desk must at least have been made for.
CREATE FUNCTION tenant_schema.opening() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _me uuid := tenant_schema.me();
BEGIN
  RETURN (SELECT jsonb_build_object('revision', (SELECT v.version_num FROM tenant_schema.alembic_version v),
      'oldest_desk', tenant_schema.oldest_desk(), 'member_id', m.id, 'name', m.display_name,
      'role', (SELECT string_agg(DISTINCT r.name, ', ') FROM tenant_schema.user_roles a
               JOIN tenant_schema.roles r ON r.id = a.role_id WHERE a.member_id = m.id),
      'permissions', to_jsonb(tenant_schema.held()),
      'sites', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'city', s.city, 'currency', s.currency,
                 'time_zone', s.time_zone, 'locale', s.locale, 'is_default', s.is_default) ORDER BY s.sort_name), '[]')
               FROM tenant_schema.sites s WHERE s.is_active AND s.id = ANY (tenant_schema.scope('sites.view'))))
    FROM tenant_schema.members m WHERE m.id = _me);
END $$;

-- Who the person is and every permission held anywhere: what a desk needs to know which pages and buttons to show.
CREATE FUNCTION tenant_schema.my_rights() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _me uuid := tenant_schema.me();
BEGIN
  RETURN (SELECT jsonb_build_object('member_id', m.id, 'name', m.display_name,
      'role', (SELECT string_agg(DISTINCT r.name, ', ') FROM tenant_schema.user_roles a
               JOIN tenant_schema.roles r ON r.id = a.role_id WHERE a.member_id = m.id),
      'permissions', (SELECT coalesce(jsonb_agg(p.resource || '.' || p.action), '[]') FROM tenant_schema.permissions p
               WHERE EXISTS (SELECT FROM tenant_schema.grants_of(_me, p.resource || '.' || p.action))))
    FROM tenant_schema.members m WHERE m.id = _me);
END $$;

-- Refuses to give or take what the person does not hold at that site (null: at all sites): the permissions a role gives,
-- each up to its amount, and changing people there.
CREATE FUNCTION tenant_schema.require_power(_role uuid, _site uuid) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _where text := coalesce((SELECT 'at ' || s.name FROM tenant_schema.sites s WHERE s.id = _site), 'at all sites');
  _lacking text[];
BEGIN
  WITH held AS MATERIALIZED (
    SELECT p.permission, p.amount FROM tenant_schema.member_powers(tenant_schema.me()) p WHERE p.site_id IS NULL OR p.site_id = _site)
  SELECT array_agg(coalesce(n.title, w.permission) ORDER BY n.title) INTO _lacking
  FROM (SELECT 'people.edit' AS permission, 'Infinity'::numeric AS amount UNION ALL SELECT * FROM tenant_schema.role_powers(_role)) w
  LEFT JOIN tenant_schema.permissions n ON n.resource || '.' || n.action = w.permission
  WHERE NOT EXISTS (SELECT FROM held h WHERE h.permission = w.permission AND h.amount >= w.amount);
  IF _lacking IS NOT NULL THEN
    PERFORM tenant_schema.refuse(format('The role %s gives more than you hold %s: %s%s. Nobody gives or takes what they do not hold.',
      (SELECT r.name FROM tenant_schema.roles r WHERE r.id = _role), _where, array_to_string(_lacking[1:3], ', '),
      CASE WHEN cardinality(_lacking) > 3 THEN format(' and %s more', cardinality(_lacking) - 3) ELSE '' END), 'role_id', 'IM403');
  END IF;
END $$;

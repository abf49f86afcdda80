-- What the person may do, keyed by permission and site (none: all sites), with the amounts.
CREATE FUNCTION tenant_schema.own_powers() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT coalesce(jsonb_object_agg(concat_ws(' ', p.permission, p.site_id), p.amount::text), '{}')
          FROM tenant_schema.member_powers(tenant_schema.me()) p);
END $$;

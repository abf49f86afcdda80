-- Up to which amount the person may do this at a site; null: without limit.
CREATE FUNCTION tenant_schema.limit_of(_permission text, _site uuid) RETURNS numeric
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT nullif(coalesce(max(p.amount), 0), 'Infinity') FROM tenant_schema.member_powers(tenant_schema.me()) p
          WHERE p.permission = _permission AND (p.site_id IS NULL OR p.site_id = _site));
END $$;

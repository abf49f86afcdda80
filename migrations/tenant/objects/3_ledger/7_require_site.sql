-- The site, when the person holds the permission there; otherwise the posting is refused.
CREATE FUNCTION tenant_schema.require_site(_site uuid, _permission text) RETURNS tenant_schema.sites
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.sites;
BEGIN
  SELECT * INTO _row FROM tenant_schema.sites s WHERE s.id = _site AND s.id = ANY (tenant_schema.scope(_permission));
  IF _row.id IS NULL THEN
    RAISE EXCEPTION 'Your roles do not allow this at this site (%).', _permission USING ERRCODE = 'IM403';
  END IF;
  IF NOT _row.is_active THEN
    RAISE EXCEPTION '% is closed: nothing can be posted there.', _row.name USING ERRCODE = 'IM400';
  END IF;
  RETURN _row;
END $$;

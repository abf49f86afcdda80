-- Takes down which file sales come from, once; nobody adds to the import of somebody else or of another site.
CREATE FUNCTION tenant_schema.begin_import(_site uuid, _import uuid, _file_name text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO tenant_schema.sales_imports (id, site_id, file_name, imported_by, imported_at)
  VALUES (_import, _site, left(coalesce(_file_name, ''), 300), tenant_schema.me(), clock_timestamp())
  ON CONFLICT (id) DO NOTHING;
  IF NOT EXISTS (SELECT FROM tenant_schema.sales_imports i
                 WHERE i.id = _import AND i.site_id = _site AND i.imported_by = tenant_schema.me()) THEN
    RAISE EXCEPTION 'This import was begun by somebody else or for another site.' USING ERRCODE = 'IM409';
  END IF;
END $$;

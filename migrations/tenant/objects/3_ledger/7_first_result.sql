-- The result of an earlier posting under this key, or null. The same key with other content is refused.
CREATE FUNCTION tenant_schema.first_result(_key uuid, _content bytea) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _first tenant_schema.postings;
BEGIN
  SELECT * INTO _first FROM tenant_schema.postings p WHERE p.id = _key;
  IF _first.id IS NULL THEN
    RETURN NULL;
  END IF;
  IF _first.content_hash <> _content OR _first.posted_by IS DISTINCT FROM tenant_schema.me() THEN
    RAISE EXCEPTION 'This posting key was already used with other content.' USING ERRCODE = 'IM409';
  END IF;
  RETURN tenant_schema.posting_result(_first);
END $$;

-- Takes the key of a posting for this transaction and answers the result of an earlier posting under it, or null. Whoever
-- sends the same key at the same time waits here. The same key with other content is refused.
CREATE FUNCTION tenant_schema.first_result(_key uuid, _content bytea) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _first tenant_schema.postings;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(_key::text, 0));
  SELECT * INTO _first FROM tenant_schema.postings p WHERE p.id = _key;
  IF _first.id IS NULL THEN
    IF EXISTS (SELECT FROM tenant_schema.approval_requests r WHERE r.id = _key AND CASE r.state -- the key of what waits is kept for it
        WHEN 'APPROVED' THEN r.decided_by WHEN 'WAITING' THEN NULL ELSE r.asked_by END IS DISTINCT FROM tenant_schema.me()) THEN
      RAISE EXCEPTION 'This posting key was already used with other content.' USING ERRCODE = 'IM409';
    END IF;
    RETURN NULL;
  END IF;
  IF _first.content_hash <> _content OR _first.posted_by IS DISTINCT FROM tenant_schema.me() THEN
    RAISE EXCEPTION 'This posting key was already used with other content.' USING ERRCODE = 'IM409';
  END IF;
  RETURN tenant_schema.posting_result(_first);
END $$;

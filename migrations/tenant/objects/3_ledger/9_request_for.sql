-- The entry that waits, locked, when the person may act on it: it is in one of these states, at a site where they may record such
-- entries, and as they saw it.
CREATE FUNCTION tenant_schema.request_for(_id uuid, _states text[], _version int) RETURNS tenant_schema.approval_requests
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.approval_requests;
BEGIN
  SELECT * INTO _row FROM tenant_schema.approval_requests r WHERE r.id = _id FOR UPDATE;
  IF _row.id IS NULL OR NOT (_row.site_id = ANY (tenant_schema.scope(tenant_schema.permission_of(_row.kind)))) THEN
    PERFORM tenant_schema.refuse('There is no such entry, or your roles do not allow this at its site.', NULL, 'IM403');
  ELSIF _row.version <> _version OR NOT (_row.state = ANY (_states)) THEN
    PERFORM tenant_schema.refuse(format('Somebody else was faster: %s.', CASE _row.state WHEN 'APPROVED' THEN 'it is approved'
      WHEN 'SENT_BACK' THEN 'it was sent back' WHEN 'WITHDRAWN' THEN 'it was withdrawn' ELSE 'it has changed' END), NULL, 'IM409');
  END IF;
  RETURN _row;
END $$;

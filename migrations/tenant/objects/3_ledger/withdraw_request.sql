-- Takes back one's own entry that waits or was sent back.
CREATE FUNCTION tenant_schema.withdraw_request(_id uuid, _version int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.approval_requests := tenant_schema.request_for(_id, '{WAITING,SENT_BACK}', _version);
BEGIN
  IF _row.asked_by <> tenant_schema.me() THEN
    PERFORM tenant_schema.refuse('Only whoever entered it withdraws it.', NULL, 'IM403');
  END IF;
  UPDATE tenant_schema.approval_requests r SET state = 'WITHDRAWN' WHERE r.id = _id;
END $$;

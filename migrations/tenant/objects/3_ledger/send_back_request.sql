-- Sends an entry that waits back to whoever entered it, with a reason: nothing is posted. Nobody decides about their own.
CREATE FUNCTION tenant_schema.send_back_request(_id uuid, _version int, _reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.approval_requests := tenant_schema.request_for(_id, '{WAITING}', _version);
BEGIN
  IF _row.asked_by = tenant_schema.me() THEN
    PERFORM tenant_schema.refuse('This is your own entry: withdraw it.', NULL, 'IM403');
  ELSIF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    PERFORM tenant_schema.refuse('Say why in at most 1,000 letters.', 'reason');
  END IF;
  UPDATE tenant_schema.approval_requests r SET state = 'SENT_BACK', decided_by = tenant_schema.me(), decided_at = clock_timestamp(),
    reason = trim(_reason) WHERE r.id = _id;
END $$;

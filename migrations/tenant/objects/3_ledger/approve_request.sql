-- Posts an entry that waited, at its own time, in the name of whoever approves it and within their own limit: nobody approves
-- what they entered. Answers what post_document() answers.
CREATE FUNCTION tenant_schema.approve_request(_id uuid, _version int) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.approval_requests := tenant_schema.request_for(_id, '{WAITING}', _version);
  _result jsonb;
BEGIN
  IF _row.asked_by = tenant_schema.me() THEN
    PERFORM tenant_schema.refuse('Somebody else approves what you entered.', NULL, 'IM403');
  END IF;
  UPDATE tenant_schema.approval_requests r SET state = 'APPROVED', decided_by = tenant_schema.me(), decided_at = clock_timestamp()
   WHERE r.id = _id;
  _result := tenant_schema.post_document(_row.id, _row.header, _row.items, _row.locations, _row.quantities, _row.unit_costs, _row.reasons,
    _row.notes, _row.entered_quantities, _row.entered_units, NULL,
    CASE WHEN _row.kind = 'PRODUCTION' THEN tenant_schema.numbers_in(_row.header -> 'weights') END,
    CASE WHEN _row.kind = 'PRODUCTION' THEN tenant_schema.numbers_in(_row.header -> 'values') END, nullif(_row.header -> 'lots', 'null'));
  RETURN _result;
END $$;

-- What people call of waste and adjustments.
SET LOCAL ROLE ims_rights;
GRANT SELECT ON tenant_schema.valued_requests TO tenant_group;
GRANT EXECUTE ON FUNCTION tenant_schema.refuse(text, text, text) TO ims_ledger;
SET LOCAL ROLE ims_ledger;
GRANT EXECUTE ON FUNCTION
  tenant_schema.dish_usage(uuid, uuid[], timestamptz), tenant_schema.batch_usage(uuid, uuid, timestamptz),
  tenant_schema.ask_approval(uuid, jsonb, uuid[], uuid[], numeric[], numeric[], uuid[], text[], numeric[], text[]),
  tenant_schema.approve_request(uuid, int), tenant_schema.send_back_request(uuid, int, text), tenant_schema.withdraw_request(uuid, int),
  tenant_schema.add_photos(uuid, uuid[], int[], text[], bytea[]), tenant_schema.remove_photo(uuid) TO tenant_group;

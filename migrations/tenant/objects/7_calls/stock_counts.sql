-- What people call of counts.
SET LOCAL ROLE ims_rights;
GRANT EXECUTE ON FUNCTION tenant_schema.stock_sites() TO tenant_group, ims_ledger;
SET LOCAL ROLE ims_ledger;
GRANT EXECUTE ON FUNCTION
  tenant_schema.start_count(uuid, jsonb, uuid[]),
  tenant_schema.add_count_entries(uuid, uuid[], uuid[], uuid[], numeric[], text[], text[], text[], timestamptz[], bigint[], text[], date[]),
  tenant_schema.finish_area(uuid, uuid, boolean), tenant_schema.hand_over_count(uuid, int), tenant_schema.reopen_count(uuid, int),
  tenant_schema.count_review(uuid), tenant_schema.request_recount(uuid, uuid[], uuid[]), tenant_schema.approve_count(uuid, int, bigint),
  tenant_schema.post_count(uuid, uuid, int, bigint, text), tenant_schema.discard_count(uuid, int, text),
  tenant_schema.undo_count(uuid, uuid, int, text) TO tenant_group;

SET LOCAL ROLE ims_ledger;
GRANT EXECUTE ON FUNCTION tenant_schema.merge_items(uuid, uuid, jsonb) TO tenant_group;

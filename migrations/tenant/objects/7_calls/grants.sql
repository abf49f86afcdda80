-- Which functions may be called by whom.
SET LOCAL ROLE ims_rights;
GRANT EXECUTE ON FUNCTION tenant_schema.me(), tenant_schema.can(text), tenant_schema.scope(text) TO tenant_group, ims_ledger;
GRANT EXECUTE ON FUNCTION tenant_schema.opening(), tenant_schema.logins() TO tenant_group;
SET LOCAL ROLE ims_ledger;
GRANT EXECUTE ON FUNCTION
  tenant_schema.post_document(uuid, jsonb, uuid[], uuid[], numeric[], numeric[], uuid[], text[], numeric[], text[]),
  tenant_schema.post_sales(uuid, jsonb, text[], timestamptz[], text[], int[], int[], uuid[], numeric[], numeric[], numeric[]),
  tenant_schema.reverse_movements(uuid, bigint[], text), tenant_schema.void_order(uuid, uuid, text) TO tenant_group;
GRANT EXECUTE ON FUNCTION tenant_schema.audit_hash(tenant_schema.audit_log), tenant_schema.posting_hash(tenant_schema.postings),
  tenant_schema.business_day(timestamptz, text, int) TO ims_reader;
SET LOCAL ROLE tenant_issuer;
GRANT EXECUTE ON FUNCTION tenant_schema.issue(text, text, timestamptz, boolean) TO ims_rights;

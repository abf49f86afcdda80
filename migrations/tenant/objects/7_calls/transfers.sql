SET LOCAL ROLE ims_ledger;
GRANT EXECUTE ON FUNCTION tenant_schema.in_transit(date), tenant_schema.quotient(numeric, numeric, int) TO tenant_group;

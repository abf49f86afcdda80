SET LOCAL ROLE ims_ledger;
GRANT EXECUTE ON FUNCTION tenant_schema.correct_lot(uuid, date, date) TO tenant_group;

-- What is under way is written by the ledger alone; people read of it what goes to or comes from where they see stock.
GRANT INSERT, DELETE, UPDATE (quantity) ON tenant_schema.under_way TO ims_ledger;
GRANT SELECT ON tenant_schema.under_way TO tenant_group;

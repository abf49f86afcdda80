-- Lots are written by the ledger alone; people read of them what they see of stock.
GRANT INSERT ON tenant_schema.lots, tenant_schema.stock_lots, tenant_schema.movement_lots TO ims_ledger;
GRANT UPDATE (expires_on, arrived_at) ON tenant_schema.lots TO ims_ledger;
GRANT UPDATE (on_hand) ON tenant_schema.stock_lots TO ims_ledger;
GRANT SELECT ON tenant_schema.lots, tenant_schema.stock_lots, tenant_schema.movement_lots TO tenant_group;

-- Whoever counts blind sees no stock: while a blind count is under way at a site, what the system has there is hidden from those
-- who may not post counts there, its lots and layers and what was to be made there too; of movements, they see their own. See stock_sites().
DO $$
BEGIN
  CREATE POLICY rights ON tenant_schema.count_sheets FOR SELECT TO ims_rights USING (true);
  ALTER POLICY see ON tenant_schema.stock_levels USING (site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[]));
  ALTER POLICY see ON tenant_schema.stock_costs USING (site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[]));
  ALTER POLICY see ON tenant_schema.stock_lots USING (site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[]));
  ALTER POLICY see ON tenant_schema.productions USING (site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[]));
  ALTER POLICY see ON tenant_schema.movement_lots USING (site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[]));
  ALTER POLICY see ON tenant_schema.cost_layers USING (site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[])
    AND site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[])); -- what is left of each receipt comes to what there is
  ALTER POLICY see ON tenant_schema.stock_movements USING (site_id = ANY ((SELECT tenant_schema.scope('stock.view'))::uuid[])
    AND (site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[]) OR posted_by = (SELECT tenant_schema.me())));
END $$;

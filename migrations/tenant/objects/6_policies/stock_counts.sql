-- Whoever counts blind sees no stock: while a blind count is under way at a site, what the system has there is hidden from those
-- who may not post counts there; of movements, they see their own. Where there is none, blind_sites() is empty.
DO $$
DECLARE _blind CONSTANT text := 'site_id = ANY ((SELECT tenant_schema.scope(''stock.view''))::uuid[])
  AND (site_id <> ALL ((SELECT tenant_schema.blind_sites())::uuid[])%s)';
BEGIN
  CREATE POLICY rights ON tenant_schema.count_sheets FOR SELECT TO ims_rights USING (true);
  EXECUTE format('ALTER POLICY see ON tenant_schema.stock_levels USING (' || _blind || ')', '');
  EXECUTE format('ALTER POLICY see ON tenant_schema.stock_costs USING (' || _blind || ')', '');
  EXECUTE format('ALTER POLICY see ON tenant_schema.stock_movements USING (' || _blind || ')', ' OR posted_by = (SELECT tenant_schema.me())');
END $$;

-- What is under way is seen where it goes and where it comes from.
DO $$
BEGIN
  CREATE POLICY see ON tenant_schema.under_way FOR SELECT USING (
    to_site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[]) OR site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[]));
END $$;

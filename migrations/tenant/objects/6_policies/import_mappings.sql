-- A remembered mapping decides what an import reads out of a file, so only who may import something leaves one for others.
DO $$
DECLARE
  _mine constant text := $t$member_id = (SELECT tenant_schema.me()) AND (
    (SELECT tenant_schema.can('items.edit')) OR (SELECT tenant_schema.can('suppliers.edit'))
    OR (SELECT tenant_schema.can('menu.edit')) OR (SELECT tenant_schema.can('recipes.edit'))
    OR (SELECT tenant_schema.can('sites.edit')) OR (SELECT tenant_schema.can('storage.edit'))
    OR (SELECT tenant_schema.can('customers.edit')))$t$;
BEGIN
  CREATE POLICY see ON tenant_schema.import_mappings FOR SELECT USING ((SELECT tenant_schema.me()) IS NOT NULL);
  EXECUTE format('CREATE POLICY add ON tenant_schema.import_mappings FOR INSERT WITH CHECK (%s)', _mine);
  EXECUTE format('CREATE POLICY change ON tenant_schema.import_mappings FOR UPDATE USING (%s) WITH CHECK (%1$s)', _mine);
  EXECUTE format('CREATE POLICY remove ON tenant_schema.import_mappings FOR DELETE USING (%s)', _mine);
END $$;

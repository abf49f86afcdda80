-- Photos belong to their items. Rates are for everybody to see, and count at all sites: they are written by who may change all of them.
DO $$
BEGIN
  CREATE POLICY see ON tenant_schema.item_photos FOR SELECT USING ((SELECT tenant_schema.can('items.view')));
  CREATE POLICY add ON tenant_schema.item_photos FOR INSERT WITH CHECK ((SELECT tenant_schema.can('items.edit')));
  CREATE POLICY change ON tenant_schema.item_photos FOR UPDATE USING ((SELECT tenant_schema.can('items.edit')))
    WITH CHECK ((SELECT tenant_schema.can('items.edit')));
  CREATE POLICY remove ON tenant_schema.item_photos FOR DELETE USING ((SELECT tenant_schema.can('items.edit')));
  CREATE POLICY see ON tenant_schema.exchange_rates FOR SELECT USING ((SELECT tenant_schema.me()) IS NOT NULL);
  CREATE POLICY add ON tenant_schema.exchange_rates FOR INSERT WITH CHECK ((SELECT tenant_schema.can_everywhere('sites.edit')));
  CREATE POLICY change ON tenant_schema.exchange_rates FOR UPDATE USING ((SELECT tenant_schema.can_everywhere('sites.edit')))
    WITH CHECK ((SELECT tenant_schema.can_everywhere('sites.edit')));
  CREATE POLICY remove ON tenant_schema.exchange_rates FOR DELETE USING ((SELECT tenant_schema.can_everywhere('sites.edit')));
END $$;

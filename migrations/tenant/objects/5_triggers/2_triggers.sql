-- What happens by itself: versions, the audit of master data and documents, and tables that only grow.
DO $$
DECLARE
  _t record;
  _on record;
BEGIN
  FOR _t IN SELECT * FROM (VALUES
    ('roles', NULL, true), ('members', NULL, true), ('user_roles', NULL, false),
    ('saved_views', NULL, true), ('import_mappings', 'member_id/entity/fingerprint', false),
    ('sites', NULL, true), ('storage_locations', NULL, true),
    ('categories', NULL, true), ('items', NULL, true), ('item_units', NULL, false), ('item_barcodes', 'gtin', false),
    ('item_site_settings', 'item_id/site_id', true), ('reason_codes', NULL, false),
    ('suppliers', NULL, true), ('supplier_banks', 'supplier_id', true), ('supplier_contacts', NULL, true),
    ('supplier_items', NULL, true), ('supplier_prices', 'supplier_item_id/valid_from', false),
    ('supplier_contracts', 'supplier_item_id/valid_from', false),
    ('customers', NULL, true), ('till_mappings', 'site_id/fingerprint', false), ('till_products', NULL, false),
    ('item_methods', 'item_id/valid_from', false), ('lots', NULL, false), ('periods', 'site_id/ends_on', false),
    ('recipes', NULL, true), ('recipe_versions', NULL, false), ('recipe_lines', 'version_id/line', false),
    ('menu_categories', NULL, true), ('menu_items', NULL, true), ('menu_prices', NULL, false),
    ('menu_pauses', 'menu_item_id/site_id', false), ('modifier_groups', NULL, true), ('modifiers', NULL, true),
    ('modifier_lines', 'modifier_id/line', false), ('menu_item_modifiers', 'menu_item_id/group_id', false)
  ) AS t (name, key, versioned) LOOP
    FOR _on IN SELECT * FROM (VALUES
      ('insert', 'NEW TABLE AS is_now'), ('update', 'OLD TABLE AS was NEW TABLE AS is_now'), ('delete', 'OLD TABLE AS was')) AS v (verb, rows) LOOP
      EXECUTE format('CREATE TRIGGER %I AFTER %s ON tenant_schema.%I REFERENCING %s FOR EACH STATEMENT
        EXECUTE FUNCTION tenant_schema.audit_changes(%s)', 'audit_' || _on.verb, _on.verb, _t.name, _on.rows, coalesce(quote_literal(_t.key), ''));
    END LOOP;
    IF _t.versioned THEN
      EXECUTE format('CREATE TRIGGER stamp BEFORE UPDATE ON tenant_schema.%I FOR EACH ROW
        EXECUTE FUNCTION tenant_schema.stamp()', _t.name);
    END IF;
  END LOOP;
  CREATE TRIGGER keep BEFORE UPDATE ON tenant_schema.items FOR EACH ROW
    WHEN (OLD.base_unit <> NEW.base_unit OR OLD.is_active <> NEW.is_active OR OLD.cost_method <> NEW.cost_method
      OR OLD.tracks_lots <> NEW.tracks_lots) EXECUTE FUNCTION tenant_schema.keep_item();
  CREATE TRIGGER keep BEFORE INSERT OR UPDATE ON tenant_schema.modifiers FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.keep_modifier_price();
  CREATE TRIGGER added AFTER INSERT ON tenant_schema.recipe_lines REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION tenant_schema.keep_recipes_straight();
  CREATE TRIGGER changed AFTER UPDATE ON tenant_schema.recipe_lines REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION tenant_schema.keep_recipes_straight();
  CREATE TRIGGER moved AFTER UPDATE ON tenant_schema.recipe_versions REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION tenant_schema.keep_recipes_straight();
  CREATE TRIGGER removed AFTER DELETE ON tenant_schema.recipe_versions REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION tenant_schema.keep_recipes_straight();
  CREATE TRIGGER keep BEFORE UPDATE ON tenant_schema.sites FOR EACH ROW
    WHEN ((OLD.currency, OLD.time_zone, OLD.day_cutover_hour) <> (NEW.currency, NEW.time_zone, NEW.day_cutover_hour))
    EXECUTE FUNCTION tenant_schema.keep_site();
  CREATE TRIGGER keep BEFORE INSERT OR UPDATE ON tenant_schema.suppliers FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.keep_sealed('contact', 'email', 'phone');
  CREATE TRIGGER keep BEFORE INSERT OR UPDATE ON tenant_schema.supplier_contacts FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.keep_sealed('contact', 'email', 'phone');
  CREATE TRIGGER keep BEFORE INSERT OR UPDATE ON tenant_schema.supplier_banks FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.keep_sealed('account_holder', 'account', 'bank_code', 'bank_name');
  CREATE TRIGGER keep BEFORE INSERT OR UPDATE ON tenant_schema.customers FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.keep_sealed('contact', 'email', 'phone');
  CREATE CONSTRAINT TRIGGER settled AFTER INSERT OR UPDATE ON tenant_schema.stock_costs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.unsettled_from IS NOT NULL) EXECUTE FUNCTION tenant_schema.refuse_unsettled();
  CREATE TRIGGER audit AFTER UPDATE OR DELETE ON tenant_schema.orders FOR EACH ROW EXECUTE FUNCTION tenant_schema.audit_change();
  CREATE TRIGGER audit AFTER DELETE ON tenant_schema.planned_lines FOR EACH ROW EXECUTE FUNCTION tenant_schema.audit_change('order_id/line');
  CREATE TRIGGER audit AFTER DELETE ON tenant_schema.unmapped_sales FOR EACH ROW EXECUTE FUNCTION tenant_schema.audit_change();
  CREATE TRIGGER audit AFTER DELETE ON tenant_schema.unmapped_modifiers FOR EACH ROW EXECUTE FUNCTION tenant_schema.audit_change();
  FOR _t IN SELECT unnest(ARRAY['postings', 'stock_movements', 'movement_lots', 'cost_corrections', 'price_changes', 'item_methods', 'transfer_receipts', 'productions', 'order_items', 'sales_imports', 'audit_log',
    'audit_log_rest', 'seals']) AS name LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tenant_schema.%I FOR EACH STATEMENT
      EXECUTE FUNCTION tenant_schema.append_only()', _t.name);
  END LOOP;
END $$;

-- What each role may touch at all; row level security decides about the rows.
REVOKE ALL ON SCHEMA tenant_schema FROM PUBLIC;
GRANT USAGE ON SCHEMA tenant_schema TO tenant_group, ims_rights, ims_ledger, ims_reader, tenant_issuer;

GRANT SELECT ON tenant_schema.members, tenant_schema.roles, tenant_schema.user_roles, tenant_schema.permissions,
  tenant_schema.sites, tenant_schema.alembic_version TO ims_rights;
GRANT INSERT, DELETE ON tenant_schema.roles, tenant_schema.user_roles TO ims_rights; -- DELETE is also what lock_people() needs
GRANT UPDATE (name, parent_role_id, permissions, limits) ON tenant_schema.roles TO ims_rights;
GRANT INSERT, UPDATE (is_active) ON tenant_schema.members TO ims_rights;
GRANT SELECT, INSERT, DELETE ON tenant_schema.key_holders, tenant_schema.tenant_keys TO ims_rights;
GRANT SELECT, INSERT, UPDATE (mark) ON tenant_schema.journals TO ims_rights;
GRANT SELECT, INSERT ON tenant_schema.key_versions TO ims_rights;
GRANT SELECT ON tenant_schema.suppliers, tenant_schema.supplier_banks, tenant_schema.supplier_contacts, tenant_schema.customers TO ims_rights; -- under which key they are encrypted
GRANT SELECT ON ALL TABLES IN SCHEMA tenant_schema TO ims_reader, ims_ledger;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA tenant_schema TO ims_reader; -- a dump has to know where counting goes on
GRANT INSERT ON tenant_schema.postings, tenant_schema.stock_movements, tenant_schema.cost_corrections, tenant_schema.stock_costs,
  tenant_schema.stock_levels, tenant_schema.sales_imports, tenant_schema.orders, tenant_schema.order_items, tenant_schema.audit_log,
  tenant_schema.planned_lines, tenant_schema.till_products, tenant_schema.unmapped_sales, tenant_schema.unmapped_modifiers, tenant_schema.seals, tenant_schema.seal_marks,
  tenant_schema.cost_layers, tenant_schema.price_changes, tenant_schema.item_methods, tenant_schema.periods,
  tenant_schema.transfer_receipts, tenant_schema.productions TO ims_ledger;
GRANT UPDATE ON tenant_schema.seal_marks TO ims_ledger;
GRANT SELECT ON SEQUENCE tenant_schema.audit_log_id_seq, tenant_schema.postings_number_seq TO ims_ledger;
GRANT UPDATE ON tenant_schema.stock_costs, tenant_schema.stock_levels TO ims_ledger;
GRANT UPDATE (kind, channel, placed_at, business_day, state, covers, net_total, tax_total, items_hash, posting_id, void_posting_id,
  void_reason, customer_id, note, refunded, version) ON tenant_schema.orders TO ims_ledger;
GRANT DELETE ON tenant_schema.planned_lines TO ims_ledger;
GRANT UPDATE (words, menu_item_id, modifier_id, ignored, decided_by, decided_at, version) ON tenant_schema.till_products TO ims_ledger;
GRANT UPDATE (state, posting_id) ON tenant_schema.unmapped_sales TO ims_ledger;
GRANT UPDATE (state, modifier_id, posting_id) ON tenant_schema.unmapped_modifiers TO ims_ledger;
GRANT UPDATE, DELETE ON tenant_schema.cost_layers TO ims_ledger;
GRANT UPDATE (cost_method) ON tenant_schema.items TO ims_ledger;
GRANT UPDATE (reopened_by, reopened_at, reason) ON tenant_schema.periods TO ims_ledger;
GRANT USAGE ON SEQUENCE tenant_schema.stock_movements_id_seq TO ims_ledger;
GRANT UPDATE (state, void_posting_id, void_reason, customer_id, version) ON tenant_schema.orders TO ims_ledger;

-- Of some tables columns alone: the login is for nobody. What things cost is read through the views valued_stock,
-- valued_movements and valued_postings, which ask for stock.cost at the site of the row; the hashes of a posting would tell
-- its value as well, to whoever tries all amounts. (Grants of columns also make DROP OWNED BY tenant_group fail.)
GRANT SELECT (id, display_name, sort_name, is_active, version, created_at) ON tenant_schema.members TO tenant_group;
GRANT SELECT (site_id, item_id, quantity, is_fifo, last_movement_at, last_counted_at) ON tenant_schema.stock_costs TO tenant_group;
GRANT SELECT (id, posting_id, kind, site_id, location_id, item_id, effective_at, business_day, quantity, of_id, weight, entered_quantity, entered_unit,
  reason_id, note, order_id, reverses_id, posted_by, posted_at) ON tenant_schema.stock_movements TO tenant_group;
GRANT SELECT (id, number, kind, site_id, effective_at, business_day, supplier_id, to_site_id, to_rate, reference, note, reverses_id, line_count,
  posted_by, posted_at) ON tenant_schema.postings TO tenant_group;
GRANT SELECT ON tenant_schema.stock_costs, tenant_schema.stock_movements, tenant_schema.cost_corrections, tenant_schema.postings TO ims_rights; -- for its views
GRANT SELECT ON tenant_schema.permissions, tenant_schema.roles, tenant_schema.user_roles, tenant_schema.sites,
  tenant_schema.storage_locations, tenant_schema.units, tenant_schema.categories, tenant_schema.items, tenant_schema.item_units,
  tenant_schema.item_barcodes, tenant_schema.item_site_settings, tenant_schema.stock_levels,
  tenant_schema.reason_codes, tenant_schema.cost_corrections, tenant_schema.cost_layers, tenant_schema.price_changes,
  tenant_schema.item_methods, tenant_schema.periods, tenant_schema.productions,
  tenant_schema.suppliers, tenant_schema.supplier_banks, tenant_schema.supplier_items, tenant_schema.supplier_prices,
  tenant_schema.supplier_contacts, tenant_schema.supplier_contracts,
  tenant_schema.recipes, tenant_schema.recipe_versions, tenant_schema.recipe_lines, tenant_schema.menu_categories, tenant_schema.menu_items,
  tenant_schema.menu_prices, tenant_schema.menu_pauses, tenant_schema.modifier_groups, tenant_schema.modifiers,
  tenant_schema.modifier_lines, tenant_schema.menu_item_modifiers, tenant_schema.customers, tenant_schema.sales_imports, tenant_schema.orders, tenant_schema.order_items, tenant_schema.planned_lines,
  tenant_schema.till_mappings, tenant_schema.till_products, tenant_schema.unmapped_sales, tenant_schema.unmapped_modifiers, tenant_schema.audit_log,
  tenant_schema.seals TO tenant_group;
GRANT INSERT, DELETE, UPDATE (choices, used_by, used_at) ON tenant_schema.till_mappings TO tenant_group;
GRANT DELETE ON tenant_schema.item_units, tenant_schema.item_barcodes, tenant_schema.supplier_items,
  tenant_schema.supplier_prices, tenant_schema.supplier_contacts, tenant_schema.supplier_contracts, tenant_schema.recipe_versions, tenant_schema.recipe_lines, tenant_schema.menu_prices,
  tenant_schema.menu_pauses, tenant_schema.modifier_lines, tenant_schema.menu_item_modifiers
  TO tenant_group;
-- A view stays with whoever made it, and with its list.
GRANT SELECT, DELETE ON tenant_schema.saved_views TO tenant_group;
GRANT INSERT (id, list, name, owner_id, is_shared, needs, definition), UPDATE (name, is_shared, needs, definition)
  ON tenant_schema.saved_views TO tenant_group;
-- Column by column: nobody chooses the version or the age of a record, nor gives an old one another key. It also keeps
-- LOCK TABLE, which asks for a whole table, from whoever may write in these.
DO $$
DECLARE _t record;
BEGIN
  FOR _t IN
    SELECT c.relname, string_agg(quote_ident(a.attname), ', ') AS written,
      string_agg(quote_ident(a.attname), ', ') FILTER (WHERE a.attname <> 'id') AS changed
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'tenant_schema'::regnamespace AND c.relname IN ('sites', 'storage_locations', 'categories', 'items',
        'item_site_settings', 'suppliers', 'supplier_banks', 'customers', 'recipes', 'menu_categories', 'menu_items', 'item_units', 'item_barcodes',
        'supplier_items', 'supplier_prices', 'supplier_contacts', 'supplier_contracts', 'recipe_versions', 'recipe_lines', 'menu_prices',
        'menu_pauses', 'modifier_groups', 'modifiers', 'modifier_lines', 'menu_item_modifiers')
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attname NOT IN ('version', 'created_at')
    GROUP BY c.relname
  LOOP
    EXECUTE format('GRANT INSERT (%s), UPDATE (%s) ON tenant_schema.%I TO tenant_group', _t.written, _t.changed, _t.relname);
  END LOOP;
END $$;


-- What each role may touch at all; row level security decides about the rows.
REVOKE ALL ON SCHEMA tenant_schema FROM PUBLIC;
GRANT USAGE ON SCHEMA tenant_schema TO tenant_group, ims_rights, ims_ledger, ims_reader, tenant_issuer;

GRANT SELECT ON tenant_schema.members, tenant_schema.roles, tenant_schema.user_roles, tenant_schema.permissions,
  tenant_schema.sites TO ims_rights;
GRANT SELECT ON ALL TABLES IN SCHEMA tenant_schema TO ims_reader, ims_ledger;
GRANT INSERT ON tenant_schema.postings, tenant_schema.stock_movements, tenant_schema.cost_corrections, tenant_schema.stock_costs,
  tenant_schema.stock_levels, tenant_schema.sales_imports, tenant_schema.orders, tenant_schema.order_items, tenant_schema.audit_log
  TO ims_ledger;
GRANT UPDATE ON tenant_schema.stock_costs, tenant_schema.stock_levels TO ims_ledger;
GRANT UPDATE (state, void_posting_id, void_reason, version) ON tenant_schema.orders TO ims_ledger;

GRANT SELECT (id, display_name, sort_name, is_active, version, created_at) ON tenant_schema.members TO tenant_group;
GRANT SELECT ON tenant_schema.permissions, tenant_schema.roles, tenant_schema.user_roles, tenant_schema.sites,
  tenant_schema.storage_locations, tenant_schema.units, tenant_schema.categories, tenant_schema.items, tenant_schema.item_units,
  tenant_schema.item_barcodes, tenant_schema.item_site_settings, tenant_schema.stock_costs, tenant_schema.stock_levels,
  tenant_schema.reason_codes, tenant_schema.postings, tenant_schema.stock_movements, tenant_schema.cost_corrections,
  tenant_schema.suppliers, tenant_schema.supplier_items, tenant_schema.supplier_prices, tenant_schema.recipes,
  tenant_schema.recipe_versions, tenant_schema.recipe_lines, tenant_schema.menu_categories, tenant_schema.menu_items,
  tenant_schema.menu_prices, tenant_schema.sales_imports, tenant_schema.orders, tenant_schema.order_items, tenant_schema.audit_log
  TO tenant_group;
GRANT INSERT, UPDATE ON tenant_schema.sites, tenant_schema.storage_locations, tenant_schema.categories, tenant_schema.items,
  tenant_schema.item_site_settings, tenant_schema.suppliers, tenant_schema.recipes, tenant_schema.menu_categories,
  tenant_schema.menu_items TO tenant_group;
GRANT INSERT, UPDATE, DELETE ON tenant_schema.item_units, tenant_schema.item_barcodes, tenant_schema.supplier_items,
  tenant_schema.supplier_prices, tenant_schema.recipe_versions, tenant_schema.recipe_lines, tenant_schema.menu_prices
  TO tenant_group;


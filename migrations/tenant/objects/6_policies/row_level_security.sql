-- Who sees and changes which rows. `everywhere`: the permission counts anywhere; `cost`: so does stock.cost, which is asked
-- for as well; `price`: a price is everywhere's or a site's own; otherwise the named column holds the site it must be held at.
-- The functions are wrapped in a sub-select, so that they run once per statement and not once per row. What people may is said
-- to PUBLIC: grants decide who touches a table at all, and a policy that names no role goes with none. (Any member may send
-- DROP OWNED BY tenant_group, which drops every policy that names the group.)
DO $$
DECLARE
  _p record;
  _t record;
  _test text;
BEGIN
  FOR _t IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'tenant_schema'::regnamespace AND c.relkind IN ('r', 'p')
            AND c.relname <> 'alembic_version' LOOP
    EXECUTE format('ALTER TABLE tenant_schema.%I ENABLE ROW LEVEL SECURITY', _t.relname);
    EXECUTE format('CREATE POLICY reader ON tenant_schema.%I FOR SELECT TO ims_reader USING (true)', _t.relname);
    EXECUTE format('CREATE POLICY ledger ON tenant_schema.%I TO ims_ledger USING (true) WITH CHECK (true)', _t.relname);
  END LOOP;
  FOREACH _test IN ARRAY ARRAY['permissions', 'sites', 'suppliers', 'supplier_banks', 'supplier_contacts', 'customers'] LOOP
    EXECUTE format('CREATE POLICY rights ON tenant_schema.%I FOR SELECT TO ims_rights USING (true)', _test);
  END LOOP;
  FOREACH _test IN ARRAY ARRAY['members', 'roles', 'user_roles', 'key_versions', 'key_holders', 'tenant_keys',
    'journals'] LOOP -- changed by checked functions alone
    EXECUTE format('CREATE POLICY rights ON tenant_schema.%I TO ims_rights USING (true) WITH CHECK (true)', _test);
  END LOOP;
  FOR _p IN SELECT * FROM (VALUES
    ('permissions', 'member', NULL, NULL), ('units', 'member', NULL, NULL), ('reason_codes', 'member', NULL, NULL),
    ('members', 'member', NULL, NULL), ('roles', 'people.view', NULL, 'everywhere'), ('user_roles', 'people.view', NULL, 'everywhere'),
    ('sites', 'sites.view', 'sites.edit', 'id'), ('storage_locations', 'sites.view', 'storage.edit', 'site_id'),
    ('categories', 'items.view', 'items.edit', 'everywhere'), ('items', 'items.view', 'items.edit', 'everywhere'),
    ('item_units', 'items.view', 'items.edit', 'everywhere'), ('item_barcodes', 'items.view', 'items.edit', 'everywhere'),
    ('item_site_settings', 'items.view', 'items.edit', 'site_id'),
    ('stock_costs', 'stock.view', NULL, 'site_id'), ('stock_levels', 'stock.view', NULL, 'site_id'),
    ('postings', 'stock.view', NULL, 'site_id'), ('stock_movements', 'stock.view', NULL, 'site_id'),
    ('lots', 'stock.view', NULL, 'everywhere'), ('stock_lots', 'stock.view', NULL, 'site_id'), ('movement_lots', 'stock.view', NULL, 'site_id'),
    ('cost_corrections', 'stock.cost', NULL, 'site_id'),
    ('cost_layers', 'stock.cost', NULL, 'site_id'),
    ('price_changes', 'stock.cost', NULL, 'site_id'), ('item_methods', 'items.view', NULL, 'everywhere'),
    ('periods', 'stock.view', NULL, 'site_id'), ('productions', 'stock.view', NULL, 'site_id'),
    ('suppliers', 'suppliers.view', 'suppliers.edit', 'everywhere'), ('supplier_banks', 'suppliers.edit', 'suppliers.edit', 'everywhere'),
    ('supplier_items', 'suppliers.view', 'suppliers.edit', 'everywhere'), ('supplier_contacts', 'suppliers.view', 'suppliers.edit', 'everywhere'),
    ('supplier_prices', 'suppliers.view', 'suppliers.edit', 'cost'), ('supplier_contracts', 'suppliers.view', 'suppliers.edit', 'cost'),
    ('recipes', 'recipes.view', 'recipes.edit', 'everywhere'), ('recipe_versions', 'recipes.view', 'recipes.edit', 'everywhere'),
    ('recipe_lines', 'recipes.view', 'recipes.edit', 'everywhere'),
    ('menu_categories', 'menu.view', 'menu.edit', 'everywhere'), ('menu_items', 'menu.view', 'menu.edit', 'everywhere'),
    ('menu_prices', 'menu.view', 'menu.price', 'price'), ('menu_pauses', 'menu.view', 'menu.edit', 'site_id'),
    ('modifier_groups', 'menu.view', 'menu.edit', 'everywhere'), ('modifiers', 'menu.view', 'menu.edit', 'everywhere'),
    ('modifier_lines', 'menu.view', 'menu.edit', 'everywhere'), ('menu_item_modifiers', 'menu.view', 'menu.edit', 'everywhere'),
    ('customers', 'customers.view', 'customers.edit', 'everywhere'),
    ('sales_imports', 'sales.view', NULL, 'site_id'), ('orders', 'sales.view', NULL, 'site_id'),
    ('order_items', 'sales.view', NULL, 'site_id'), ('planned_lines', 'sales.view', NULL, 'site_id'),
    ('till_mappings', 'sales.import', 'sales.import', 'site_id'), ('till_products', 'sales.view', NULL, 'site_id'),
    ('count_sheets', 'counts.enter', NULL, 'site_id'), ('count_areas', 'counts.enter', NULL, 'site_id'),
    ('count_lines', 'counts.enter', NULL, 'site_id'), ('count_entries', 'counts.enter', NULL, 'site_id'),
    ('unmapped_sales', 'sales.view', NULL, 'site_id'), ('unmapped_modifiers', 'sales.view', NULL, 'site_id'), ('seals', 'audit.view', NULL, 'cost')
  ) AS p (name, see, edit, place) LOOP
    FOR _t IN SELECT * FROM (VALUES ('see', _p.see), ('edit', _p.edit)) AS w (verb, permission) WHERE permission IS NOT NULL LOOP
      _test := CASE
        WHEN _t.permission = 'member' THEN '(SELECT tenant_schema.me()) IS NOT NULL'
        WHEN _p.place = 'price' THEN format('(SELECT tenant_schema.can(%L)) AND (site_id IS NULL
          OR site_id = ANY ((SELECT tenant_schema.scope(%1$L))::uuid[]))', _t.permission)
        WHEN _p.place = 'cost' THEN format('(SELECT tenant_schema.can(%L)) AND (SELECT tenant_schema.can(''stock.cost''))', _t.permission)
        WHEN _p.place = 'everywhere' THEN format('(SELECT tenant_schema.can(%L))', _t.permission)
        ELSE format('%I = ANY ((SELECT tenant_schema.scope(%L))::uuid[])', _p.place, _t.permission) END;
      IF _t.verb = 'see' THEN
        EXECUTE format('CREATE POLICY see ON tenant_schema.%I FOR SELECT USING (%s)', _p.name, _test);
      ELSE
        EXECUTE format('CREATE POLICY change ON tenant_schema.%I FOR UPDATE USING (%s) WITH CHECK (%2$s)', _p.name, _test);
        EXECUTE format('CREATE POLICY remove ON tenant_schema.%I FOR DELETE USING (%s)', _p.name, _test);
        EXECUTE format('CREATE POLICY add ON tenant_schema.%I FOR INSERT WITH CHECK (%s)', _p.name,
          CASE WHEN _p.name = 'sites' THEN '(SELECT tenant_schema.can(''sites.edit''))' ELSE _test END);
      END IF;
    END LOOP;
  END LOOP;
  -- One's own views; shared ones of lists that one may open, to be changed by whoever may share.
  CREATE POLICY see ON tenant_schema.saved_views FOR SELECT USING (
    owner_id = (SELECT tenant_schema.me())
    OR (is_shared AND (SELECT tenant_schema.me()) IS NOT NULL
        AND (needs IS NULL OR needs = ANY ((SELECT tenant_schema.held())::text[]))));
  _test := '(CASE WHEN is_shared THEN (SELECT tenant_schema.can(''views.share'')) ELSE owner_id = (SELECT tenant_schema.me()) END)';
  EXECUTE format('CREATE POLICY change ON tenant_schema.saved_views FOR UPDATE
    USING (%s OR owner_id = (SELECT tenant_schema.me())) WITH CHECK (%1$s)', _test);
  EXECUTE format('CREATE POLICY remove ON tenant_schema.saved_views FOR DELETE USING (%s)', _test);
  EXECUTE format('CREATE POLICY add ON tenant_schema.saved_views FOR INSERT
    WITH CHECK (%s AND owner_id = (SELECT tenant_schema.me()))', _test);
  CREATE POLICY see ON tenant_schema.audit_log FOR SELECT USING (
    (site_id = ANY ((SELECT tenant_schema.scope('audit.view'))::uuid[])
      OR (site_id IS NULL AND (SELECT tenant_schema.can('audit.view'))))
    AND (subject NOT IN ('posting', 'supplier_prices', 'supplier_contracts', 'approval_requests') -- they tell what things cost
      OR site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[])
      OR (site_id IS NULL AND (SELECT tenant_schema.can('stock.cost')))));
END $$;

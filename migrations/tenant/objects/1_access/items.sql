-- What merge_items() moves from one item to another, and what nobody writes but it.
REVOKE INSERT (merged_into_id), UPDATE (merged_into_id) ON tenant_schema.items FROM tenant_group;
GRANT UPDATE (is_active, merged_into_id, allergens) ON tenant_schema.items TO ims_ledger;
GRANT INSERT, DELETE ON tenant_schema.item_units TO ims_ledger;
GRANT UPDATE (item_id, unit) ON tenant_schema.item_barcodes TO ims_ledger;
GRANT UPDATE (item_id) ON tenant_schema.item_photos TO ims_ledger;
GRANT INSERT, UPDATE (par, reorder_point, home_location_id, shelf_position, is_key) ON tenant_schema.item_site_settings TO ims_ledger;
GRANT UPDATE (item_id, pack, pack_quantity, is_preferred) ON tenant_schema.supplier_items TO ims_ledger;
GRANT UPDATE (item_id, unit, base_quantity) ON tenant_schema.recipe_lines, tenant_schema.modifier_lines TO ims_ledger;
GRANT UPDATE (output_item_id) ON tenant_schema.recipes TO ims_ledger;
-- What people write of items besides their tables; a category goes when it is empty.
GRANT SELECT, INSERT, DELETE, UPDATE (image) ON tenant_schema.item_photos TO tenant_group;
GRANT SELECT, INSERT, DELETE, UPDATE (rate, source) ON tenant_schema.exchange_rates TO tenant_group;
GRANT DELETE ON tenant_schema.categories TO tenant_group;

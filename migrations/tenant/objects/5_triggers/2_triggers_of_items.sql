-- Trees that hang on themselves, and what is kept of photos and rates.
DO $$
BEGIN
  CREATE TRIGGER tree BEFORE INSERT OR UPDATE ON tenant_schema.categories FOR EACH ROW
    WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION tenant_schema.keep_tree();
  CREATE TRIGGER tree BEFORE INSERT OR UPDATE ON tenant_schema.storage_locations FOR EACH ROW
    WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION tenant_schema.keep_tree();
  CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON tenant_schema.item_photos FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.audit_change('item_id');
  CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON tenant_schema.exchange_rates FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.audit_change('base/quote/valid_from');
END $$;

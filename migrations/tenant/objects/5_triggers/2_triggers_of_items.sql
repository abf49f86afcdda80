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
    EXECUTE FUNCTION tenant_schema.audit_change();
  CREATE TRIGGER keep BEFORE INSERT ON tenant_schema.exchange_rates FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.keep_rate();
  CREATE TRIGGER keep BEFORE INSERT OR UPDATE OF parent_id, is_active ON tenant_schema.categories FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.keep_category();
  CREATE TRIGGER category BEFORE INSERT OR UPDATE OF category_id, is_active ON tenant_schema.items FOR EACH ROW
    WHEN (NEW.is_active) EXECUTE FUNCTION tenant_schema.keep_categorised();
END $$;

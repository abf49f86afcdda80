-- What is kept of counts. Entries are kept whole by being append-only; each call that adds some writes one audit row.
DO $$
BEGIN
  CREATE TRIGGER stamp BEFORE UPDATE ON tenant_schema.count_sheets FOR EACH ROW EXECUTE FUNCTION tenant_schema.stamp();
  CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON tenant_schema.count_sheets FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.audit_change();
  CREATE TRIGGER audit AFTER UPDATE OR DELETE ON tenant_schema.count_areas FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.audit_change('sheet_id/location_id');
  CREATE TRIGGER audit AFTER UPDATE OR DELETE ON tenant_schema.count_lines FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.audit_change('sheet_id/location_id/item_id');
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tenant_schema.count_entries FOR EACH STATEMENT
    EXECUTE FUNCTION tenant_schema.append_only();
END $$;

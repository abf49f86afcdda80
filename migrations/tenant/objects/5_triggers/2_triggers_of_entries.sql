-- What is kept of entries that wait, of templates and photos: who did what, not the photos themselves.
DO $$
BEGIN
  CREATE TRIGGER stamp BEFORE UPDATE ON tenant_schema.approval_requests FOR EACH ROW EXECUTE FUNCTION tenant_schema.stamp();
  CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON tenant_schema.approval_requests FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.audit_change();
  CREATE TRIGGER stamp BEFORE UPDATE ON tenant_schema.entry_templates FOR EACH ROW EXECUTE FUNCTION tenant_schema.stamp();
  CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON tenant_schema.entry_templates FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.audit_change();
  CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON tenant_schema.document_photos FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.audit_change();
END $$;

-- A tenant begins with the months that come.
DO $$ BEGIN PERFORM tenant_schema.make_audit_months(); END $$;

-- Entries that wait for approval are kept by their functions alone and read through valued_requests; so are photos. Templates are
-- written by whoever may record such entries at their site.
GRANT INSERT, UPDATE (state, decided_by, decided_at, reason, version) ON tenant_schema.approval_requests TO ims_ledger;
GRANT SELECT ON tenant_schema.approval_requests TO ims_rights; -- for its view
GRANT INSERT, DELETE ON tenant_schema.document_photos TO ims_ledger;
GRANT SELECT ON tenant_schema.document_photos TO tenant_group;
GRANT SELECT, DELETE ON tenant_schema.entry_templates TO tenant_group;
GRANT INSERT (id, site_id, kind, name, lines), UPDATE (name, lines) ON tenant_schema.entry_templates TO tenant_group;

-- Counts are written by their functions alone. What was approved up to which amount, and the hash of it, is nobody's business.
GRANT INSERT ON tenant_schema.count_sheets, tenant_schema.count_areas, tenant_schema.count_lines, tenant_schema.count_entries TO ims_ledger;
GRANT UPDATE (state, counted_by, counted_at, approved_by, approved_at, approved_hash, approved_up_to, blanks, posting_id, ended_by,
  ended_at, reason, version) ON tenant_schema.count_sheets TO ims_ledger;
GRANT UPDATE (finished_by, finished_at) ON tenant_schema.count_areas TO ims_ledger;
GRANT UPDATE (recount_after, recount_by, recount_at) ON tenant_schema.count_lines TO ims_ledger;
GRANT SELECT (id, number, site_id, name, sort_name, scope, is_blind, tolerance_percent, tolerance_value, note, state, started_by,
  started_at, counted_by, counted_at, approved_by, approved_at, blanks, posting_id, ended_by, ended_at, reason, version)
  ON tenant_schema.count_sheets TO tenant_group;
GRANT SELECT ON tenant_schema.count_areas, tenant_schema.count_lines, tenant_schema.count_entries TO tenant_group;
GRANT SELECT ON tenant_schema.count_sheets TO ims_rights; -- which sites are counted blind

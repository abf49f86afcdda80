-- Everybody reads how files were read before; everybody writes their own answers.
GRANT SELECT, DELETE ON tenant_schema.import_mappings TO tenant_group;
GRANT INSERT (member_id, entity, fingerprint, columns, decimal_sign, date_order, used_at),
  UPDATE (columns, decimal_sign, date_order, used_at) ON tenant_schema.import_mappings TO tenant_group;

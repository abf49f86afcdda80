-- The bare tables, keys, checks and indexes of a tenant (migrations/tenant/tables.sql runs in its place below) in one
-- transaction. Left out: roles, functions, triggers, policies, grants, first rows.
CREATE SCHEMA tenant_schema;
{tables}

-- A voided order as the hash of the posting that voided it sees it.
CREATE FUNCTION tenant_schema.void_line(_row tenant_schema.orders) RETURNS text
LANGUAGE sql STABLE
RETURN ROW(_row.id, _row.state, _row.posting_id, _row.void_reason)::text;

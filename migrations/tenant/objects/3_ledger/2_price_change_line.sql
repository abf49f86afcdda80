-- A change of a price as the hash of its posting sees it.
CREATE FUNCTION tenant_schema.price_change_line(_row tenant_schema.price_changes) RETURNS text
LANGUAGE sql STABLE
RETURN ROW(_row.id, _row.movement_id, _row.site_id, _row.amount)::text;

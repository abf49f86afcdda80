-- The revision a desk must at least have been made for. Raised by a revision that takes away what older desks use.
CREATE FUNCTION tenant_schema.oldest_desk() RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN '0001';

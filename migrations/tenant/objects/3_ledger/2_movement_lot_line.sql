-- Of which lot a movement is, as the audit row of the posting that said so sees it.
CREATE FUNCTION tenant_schema.movement_lot_line(_row tenant_schema.movement_lots) RETURNS text
LANGUAGE sql STABLE
RETURN ROW(_row.id, _row.movement_id, _row.lot_id, _row.site_id, _row.quantity, _row.left_as)::text;

-- A movement as the hash of its posting sees it; what it has in common with its posting is in that hash already. Plain enough
-- to be merged into the statement that uses it, and the same in every time zone.
CREATE FUNCTION tenant_schema.movement_line(_row tenant_schema.stock_movements) RETURNS text
LANGUAGE sql STABLE
RETURN ROW(_row.id, _row.location_id, _row.item_id, extract(epoch FROM _row.effective_at), _row.quantity, _row.value, _row.given_value,
  _row.of_id, _row.weight, _row.entered_quantity, _row.entered_unit, _row.reason_id, _row.note, _row.order_id, _row.reverses_id)::text;

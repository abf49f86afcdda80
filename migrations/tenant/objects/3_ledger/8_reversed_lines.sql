-- The lines that undo these movements: opposite quantity and value (with its corrections), at the movement's own time.
CREATE FUNCTION tenant_schema.reversed_lines(_movements bigint[], _note text) RETURNS tenant_schema.posting_line[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT array_agg(ROW(m.item_id, m.location_id, -m.quantity, -w.value, NULL, m.reason_id, _note, -m.entered_quantity, m.entered_unit, m.effective_at, m.order_id, m.id)::tenant_schema.posting_line
    ORDER BY m.id)
  FROM tenant_schema.stock_movements m
  CROSS JOIN LATERAL (
    SELECT m.value + coalesce(sum(c.value), 0) AS value FROM tenant_schema.cost_corrections c WHERE c.movement_id = m.id) w
  WHERE m.id = ANY (_movements));

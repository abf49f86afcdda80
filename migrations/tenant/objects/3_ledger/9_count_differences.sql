-- Turns counted quantities into differences: counted minus what the system had at that place at that moment, so that trade
-- may go on during a count. Lines without a difference fall away. The cost rows must be locked.
CREATE FUNCTION tenant_schema.count_differences(_lines tenant_schema.posting_line[]) RETURNS tenant_schema.posting_line[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce(array_agg(ROW(l.item_id, l.location_id, l.quantity - h.quantity, NULL, NULL, l.reason_id, l.note,
      coalesce(l.entered_quantity, l.quantity), l.entered_unit, l.effective_at, NULL, NULL)::tenant_schema.posting_line ORDER BY l.n), '{}')
    FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
      entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
    CROSS JOIN LATERAL (
      SELECT coalesce((SELECT s.on_hand FROM tenant_schema.stock_levels s WHERE s.location_id = l.location_id AND s.item_id = l.item_id), 0)
        - coalesce((SELECT sum(m.quantity) FROM tenant_schema.stock_movements m JOIN tenant_schema.storage_locations w ON w.id = m.location_id
                    WHERE m.site_id = w.site_id AND m.location_id = l.location_id AND m.item_id = l.item_id
                      AND m.effective_at > l.effective_at), 0) AS quantity) h
    WHERE l.quantity <> h.quantity);
END $$;

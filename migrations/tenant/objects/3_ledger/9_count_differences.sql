-- Turns counted quantities into differences: counted minus what the system had at that place at that moment, so that trade
-- may go on during a count. Entries for one item at one place add up. What does not differ falls away. The cost rows must be
-- locked.
CREATE FUNCTION tenant_schema.count_differences(_site uuid, _lines tenant_schema.posting_line[]) RETURNS tenant_schema.posting_line[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce(array_agg(ROW(e.item_id, e.location_id, e.quantity - h.quantity, NULL, NULL, e.reason_id, e.note,
      e.entered_quantity, e.entered_unit, e.effective_at, NULL, NULL)::tenant_schema.posting_line ORDER BY e.n), '{}')
    FROM (
      SELECT l.item_id, l.location_id, l.effective_at, sum(l.quantity) AS quantity, min(l.n) AS n,
        (array_agg(l.reason_id ORDER BY l.n) FILTER (WHERE l.reason_id IS NOT NULL))[1] AS reason_id,
        coalesce(string_agg(nullif(l.note, ''), '; ' ORDER BY l.n), '') AS note,
        CASE WHEN min(coalesce(l.entered_unit, '')) = max(coalesce(l.entered_unit, '')) THEN sum(coalesce(l.entered_quantity, l.quantity))
             ELSE sum(l.quantity) END AS entered_quantity,
        CASE WHEN min(coalesce(l.entered_unit, '')) = max(coalesce(l.entered_unit, '')) THEN min(l.entered_unit) END AS entered_unit
      FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
        entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
      GROUP BY l.item_id, l.location_id, l.effective_at) e
    CROSS JOIN LATERAL (
      SELECT coalesce((SELECT s.on_hand FROM tenant_schema.stock_levels s WHERE s.location_id = e.location_id AND s.item_id = e.item_id), 0)
        - coalesce((SELECT sum(m.quantity) FROM tenant_schema.stock_movements m
                    WHERE m.site_id = _site AND m.item_id = e.item_id AND m.effective_at > e.effective_at
                      AND m.location_id = e.location_id), 0) AS quantity
      OFFSET 0) h -- once a line, not each time it is named
    WHERE e.quantity <> h.quantity);
END $$;

-- What a count found, line by line: what counts of its entries, added up; when the last of them was so; what the system had at that
-- place at that moment, and by how much that differs. A line that nobody counted has no quantity and stands at the end of counting.
-- `moved`: something was posted there between its first entry and its last. `over`: beyond the tolerance, at the cost of now.
CREATE FUNCTION tenant_schema.count_findings(_sheet tenant_schema.count_sheets)
RETURNS TABLE (location_id uuid, item_id uuid, entries bigint, last_entry bigint, counted numeric, first_at timestamptz, counted_at timestamptz,
  expected numeric, difference numeric, unit_cost numeric, is_over boolean, is_recounted boolean, has_moved boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
    WITH said AS (
      SELECT l.location_id, l.item_id, l.recount_after, count(e.id) AS entries, max(e.id) AS last_entry, sum(e.quantity) AS counted,
        min(e.counted_at) AS first_at, coalesce(max(e.counted_at), (_sheet).counted_at, clock_timestamp()) AS at
      FROM tenant_schema.count_lines l
      LEFT JOIN tenant_schema.count_entries e ON e.sheet_id = l.sheet_id AND e.location_id = l.location_id AND e.item_id = l.item_id
        AND e.quantity IS NOT NULL AND e.id > coalesce(l.recount_after, 0)
        AND NOT EXISTS (SELECT FROM tenant_schema.count_entries t WHERE t.takes_back = e.id)
      WHERE l.sheet_id = (_sheet).id
      GROUP BY l.location_id, l.item_id, l.recount_after
    ), later AS (
      SELECT d.location_id, d.item_id, coalesce(sum(m.quantity) FILTER (WHERE m.effective_at > d.at), 0) AS after,
        bool_or(m.effective_at <= d.at AND d.entries > 1 AND m.kind <> 'COUNT') AS moved
      FROM said d JOIN tenant_schema.stock_movements m ON m.site_id = (_sheet).site_id AND m.item_id = d.item_id
        AND m.location_id = d.location_id AND m.effective_at > coalesce(d.first_at, d.at)
      GROUP BY d.location_id, d.item_id
    ), held AS (
      SELECT d.*, coalesce(s.on_hand, 0) - coalesce(r.after, 0) AS expected, coalesce(r.moved, false) AS moved,
        coalesce(c.average_cost, 0) AS cost
      FROM said d
      LEFT JOIN tenant_schema.stock_levels s ON s.location_id = d.location_id AND s.item_id = d.item_id
      LEFT JOIN tenant_schema.stock_costs c ON c.site_id = (_sheet).site_id AND c.item_id = d.item_id
      LEFT JOIN later r ON r.location_id = d.location_id AND r.item_id = d.item_id
    )
    SELECT h.location_id, h.item_id, h.entries, h.last_entry, h.counted, h.first_at, h.at, h.expected, h.counted - h.expected, h.cost,
      coalesce(h.counted <> h.expected AND (abs(h.counted - h.expected) * 100 > (_sheet).tolerance_percent * abs(h.expected)
        OR abs(h.counted - h.expected) * h.cost > (_sheet).tolerance_value), false),
      h.recount_after IS NOT NULL, h.moved
    FROM held h;
END $$;

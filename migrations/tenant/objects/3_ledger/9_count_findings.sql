-- What a count found, line by line: what counts of its entries, added up; when the last of them was so; what the system had at that
-- place at that moment, and by how much that differs. A line that nobody counted has no quantity and stands at the end of counting.
-- `has_moved`: something was posted there between its first entry and its last. `is_over`: beyond the tolerance, at the cost of now.
CREATE FUNCTION tenant_schema.count_findings(_sheet tenant_schema.count_sheets) RETURNS tenant_schema.count_finding[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_nestloop = off AS $$ -- the rows of a sheet are younger than its statistics: lines and entries are hashed, not compared each with each
BEGIN
  RETURN ARRAY(
    WITH said AS MATERIALIZED (
      SELECT l.location_id, l.item_id, l.recount_after, count(e.id) AS entries, max(e.id) AS last_entry, sum(e.quantity) AS counted,
        min(e.counted_at) AS first_at, coalesce(max(e.counted_at), (_sheet).counted_at, clock_timestamp()) AS at
      FROM tenant_schema.count_lines l
      LEFT JOIN tenant_schema.count_entries e ON e.sheet_id = l.sheet_id AND e.location_id = l.location_id AND e.item_id = l.item_id
        AND e.quantity IS NOT NULL AND e.id > coalesce(l.recount_after, 0)
        AND NOT EXISTS (SELECT FROM tenant_schema.count_entries t WHERE t.takes_back = e.id)
      WHERE l.sheet_id = (_sheet).id
      GROUP BY l.location_id, l.item_id, l.recount_after
    ), held AS (
      SELECT d.*, coalesce((SELECT s.on_hand FROM tenant_schema.stock_levels s WHERE s.location_id = d.location_id AND s.item_id = d.item_id), 0)
          - coalesce(m.after, 0) AS expected,
        coalesce(m.moved, false) AS moved,
        coalesce((SELECT c.average_cost FROM tenant_schema.stock_costs c WHERE c.site_id = (_sheet).site_id AND c.item_id = d.item_id), 0) AS cost
      FROM said d
      CROSS JOIN LATERAL ( -- asked line by line on purpose: the card of an item is an index, however much was posted
        SELECT sum(m.quantity) FILTER (WHERE m.effective_at > d.at) AS after,
          bool_or(m.effective_at <= d.at AND m.kind <> 'COUNT') AS moved
        FROM tenant_schema.stock_movements m
        WHERE m.site_id = (_sheet).site_id AND m.item_id = d.item_id AND m.location_id = d.location_id
          AND m.effective_at > coalesce(d.first_at, d.at)) m
    )
    SELECT ROW(h.location_id, h.item_id, h.entries, h.last_entry, h.counted, h.first_at, h.at, h.expected, h.counted - h.expected, h.cost,
      coalesce(h.counted <> h.expected AND (abs(h.counted - h.expected) * 100 > (_sheet).tolerance_percent * abs(h.expected)
        OR abs(h.counted - h.expected) * h.cost > (_sheet).tolerance_value), false),
      h.recount_after IS NOT NULL, h.moved)::tenant_schema.count_finding
    FROM held h);
END $$;

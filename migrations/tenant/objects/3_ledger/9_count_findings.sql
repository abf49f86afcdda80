-- What a count found, line by line: what counts of its entries, added up; when the last of them was so; what the system had at that
-- place at that moment, and by how much that differs. A line that nobody counted has no quantity and stands at the end of counting.
-- Where entries name lots, each lot is a finding of its own, also one that the books have there and nobody named; what was counted
-- without a lot stands for all that no entry names, and where nobody did so, for what the books have of no lot.
-- `has_moved`: something was posted there between its first entry and its last. `is_over`: beyond the tolerance, at the cost of now.
--
-- A sheet is younger than the statistics of its tables: the planner takes it for one row, and compares each line with each entry.
-- So nothing here is joined to anything whose size it would have to guess: lines and entries are one heap that is sorted and
-- grouped, and everything else is asked of an index, row by row.
CREATE FUNCTION tenant_schema.count_findings(_sheet tenant_schema.count_sheets) RETURNS tenant_schema.count_finding[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _site uuid := (_sheet).site_id;
  _end timestamptz := coalesce((_sheet).counted_at, clock_timestamp());
  _by_lots uuid[] := ARRAY(SELECT i.id FROM tenant_schema.items i WHERE i.tracks_lots <> 'NO');
BEGIN
  RETURN ARRAY(
    WITH heap AS (
      SELECT l.location_id, l.item_id, l.recount_after, NULL::bigint AS id, NULL::numeric AS quantity, NULL::text AS lot,
        NULL::date AS expires_on, NULL::timestamptz AS counted_at
      FROM tenant_schema.count_lines l WHERE l.sheet_id = (_sheet).id
      UNION ALL
      SELECT e.location_id, e.item_id, NULL, e.id, e.quantity, CASE WHEN e.item_id = ANY (_by_lots) THEN e.lot END, e.expires_on, e.counted_at
      FROM tenant_schema.count_entries e WHERE e.sheet_id = (_sheet).id AND e.quantity IS NOT NULL
        AND (SELECT t.id FROM tenant_schema.count_entries t WHERE t.takes_back = e.id) IS NULL
    ), asked AS (
      SELECT h.*, max(h.recount_after) OVER (PARTITION BY h.location_id, h.item_id) AS after FROM heap h
    ), said AS (
      SELECT a.location_id, a.item_id, a.lot, a.after, max(a.expires_on) AS expires_on, count(a.id) AS entries, max(a.id) AS last_entry,
        sum(a.quantity) AS counted, min(a.counted_at) AS first_at, coalesce(max(a.counted_at), _end) AS at
      FROM asked a WHERE a.id IS NULL OR a.id > coalesce(a.after, 0)
      GROUP BY a.location_id, a.item_id, a.lot, a.after
    ), named AS MATERIALIZED (
      SELECT s.*, array_agg(s.lot) FILTER (WHERE s.lot IS NOT NULL) OVER (PARTITION BY s.location_id, s.item_id) AS lots FROM said s
    ), parts AS (
      SELECT n.location_id, n.item_id, n.lot, n.expires_on, n.after IS NOT NULL AND (n.lots IS NULL OR n.entries > 0) AS is_recounted,
        n.entries, n.last_entry, n.counted, n.first_at, n.at, n.lots, NULL::numeric AS held
      FROM named n
      UNION ALL -- lots that nobody named, where others were
      SELECT n.location_id, n.item_id, h.code, h.expires_on, false, 0, NULL, NULL, NULL, _end, n.lots, h.quantity
      FROM named n CROSS JOIN LATERAL tenant_schema.lots_held(_site, n.location_id, n.item_id, _end) h
      WHERE n.lot IS NULL AND n.entries = 0 AND n.lots IS NOT NULL AND h.quantity > 0 AND h.code <> ALL (n.lots)
    ), held AS MATERIALIZED ( -- what is expected is asked once a line, however often it is named below
      SELECT p.*, coalesce(m.moved, false) AS moved, coalesce(p.held, CASE
          WHEN p.lot IS NOT NULL THEN coalesce((SELECT h.quantity FROM tenant_schema.lots_held(_site, p.location_id, p.item_id, p.at) h
            WHERE h.code = p.lot), 0)
          ELSE coalesce((SELECT s.on_hand FROM tenant_schema.stock_levels s WHERE s.location_id = p.location_id AND s.item_id = p.item_id), 0)
            - coalesce(m.after, 0) - CASE WHEN p.lots IS NULL THEN 0 ELSE coalesce((SELECT sum(h.quantity)
              FROM tenant_schema.lots_held(_site, p.location_id, p.item_id, p.at) h WHERE p.entries = 0 OR h.code = ANY (p.lots)), 0) END
          END) AS expected,
        coalesce((SELECT c.average_cost FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = p.item_id), 0) AS cost
      FROM parts p
      CROSS JOIN LATERAL ( -- asked line by line on purpose: the card of an item is an index, however much was posted
        SELECT sum(m.quantity) FILTER (WHERE m.effective_at > p.at) AS after,
          bool_or(m.effective_at <= p.at AND m.kind <> 'COUNT') AS moved
        FROM tenant_schema.stock_movements m
        WHERE m.site_id = _site AND m.item_id = p.item_id AND m.location_id = p.location_id
          AND m.effective_at > coalesce(p.first_at, p.at)) m
    )
    SELECT ROW(h.location_id, h.item_id, h.lot, h.expires_on, h.entries, h.last_entry, h.counted, h.first_at, h.at, h.expected,
      h.counted - h.expected, h.cost,
      coalesce(h.counted <> h.expected AND (abs(h.counted - h.expected) * 100 > (_sheet).tolerance_percent * abs(h.expected)
        OR abs(h.counted - h.expected) * h.cost > (_sheet).tolerance_value), false),
      h.is_recounted, h.moved)::tenant_schema.count_finding
    FROM held h
    WHERE h.entries > 0 OR h.expected <> 0 OR h.lots IS NULL);
END $$;

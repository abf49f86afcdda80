-- Writes what movements are worth more or less than was known, as corrections that name the posting that changed it. Each says
-- for which moment it holds: that of the movement, or that of what covered it when it was short; so what stock was worth at any
-- moment follows from the lines alone. What is booked of a movement is gathered anew only where walk() could not say it in one sum, because
-- it was covered later. What was undone keeps its worth, all of it at its own time. What differs is worked out by a
-- plan for the case at hand and written by the plan for all cases: foreign keys would otherwise be planned anew for every line.
CREATE FUNCTION tenant_schema.write_corrections(_posting tenant_schema.postings, _undone bigint[], _walked bigint[], _walked_at timestamptz[],
  _worths numeric[], _booked numeric[], _up_ids bigint[], _up_ats timestamptz[], _up_values numeric[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _gathered bigint[];
  _ids bigint[]; _sites uuid[]; _items uuid[]; _causes text[]; _ats timestamptz[]; _counts timestamptz[]; _days date[]; _values numeric[];
BEGIN
  _gathered := ARRAY(SELECT w.id FROM unnest(_walked, _booked) AS w (id, booked) WHERE w.booked IS NULL) || _undone;
  WITH known AS MATERIALIZED (
    SELECT m.id, m.effective_at AS at, m.value FROM tenant_schema.stock_movements m WHERE m.id = ANY (_gathered)
    UNION ALL
    SELECT k.movement_id, k.applies_at, k.value FROM tenant_schema.cost_corrections k WHERE k.movement_id = ANY (_gathered)
  ), wanted AS (
    SELECT w.id, w.at, w.value - coalesce(w.booked, 0) AS value, false AS is_true_up
    FROM unnest(_walked, _walked_at, _worths, _booked) AS w (id, at, value, booked)
    UNION ALL
    SELECT u.id, u.at, u.value, true FROM unnest(_up_ids, _up_ats, _up_values) AS u (id, at, value)
    UNION ALL
    SELECT m.id, m.effective_at, (SELECT sum(k.value) FROM known k WHERE k.id = m.id), false
    FROM tenant_schema.stock_movements m WHERE m.id = ANY (_undone)
  ), differing AS (
    SELECT d.id, d.at, sum(d.value) AS value, bool_or(d.is_true_up) AS is_true_up
    FROM (SELECT * FROM wanted UNION ALL SELECT k.id, k.at, -k.value, false FROM known k) d
    GROUP BY d.id, d.at HAVING sum(d.value) <> 0
  ), opened AS MATERIALIZED ( -- once a site, not once a line
    SELECT s.id, s.time_zone, s.day_cutover_hour, tenant_schema.open_from(s.id) AS open_from FROM tenant_schema.sites s
  )
  SELECT array_agg(c.id), array_agg(c.site_id), array_agg(c.item_id), array_agg(c.cause), array_agg(c.at), array_agg(c.counts_at),
    array_agg(tenant_schema.business_day(c.counts_at, c.time_zone, c.day_cutover_hour)), array_agg(c.value)
    INTO _ids, _sites, _items, _causes, _ats, _counts, _days, _values
  FROM (
    SELECT d.id, m.site_id, m.item_id, d.at, greatest(d.at, o.open_from) AS counts_at, d.value, o.time_zone, o.day_cutover_hour,
      CASE WHEN d.is_true_up OR d.at <> m.effective_at THEN 'TRUE_UP' WHEN _posting.kind IN ('PRICE', 'LANDED', 'METHOD') THEN _posting.kind
           ELSE 'RECOST' END AS cause
    FROM differing d
    JOIN tenant_schema.stock_movements m ON m.id = d.id
    JOIN opened o ON o.id = m.site_id
    ORDER BY d.at, d.id) c;
  PERFORM set_config('plan_cache_mode', 'force_generic_plan', true); -- until the posting ends
  INSERT INTO tenant_schema.cost_corrections (movement_id, posting_id, site_id, item_id, cause, applies_at, effective_at, business_day,
    value, posted_at)
  SELECT c.id, _posting.id, c.site_id, c.item_id, c.cause, c.at, c.counts_at, c.day, c.value, _posting.posted_at
  FROM unnest(_ids, _sites, _items, _causes, _ats, _counts, _days, _values) AS c (id, site_id, item_id, cause, at, counts_at, day, value);
END $$;

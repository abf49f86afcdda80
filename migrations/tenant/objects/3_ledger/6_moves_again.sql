-- The movements of objects from their moments on that count, with what each brought along by now, and what the books say it is worth:
-- nothing where a part of that was known only when something covered it, see write_corrections(). A plan for the case at hand: a
-- plan for all cases would expect many, and most postings have none.
CREATE FUNCTION tenant_schema.moves_again(_objects tenant_schema.cost_object[], _undone bigint[]) RETURNS TABLE (
  o int, id bigint, at timestamptz, quantity numeric, given numeric, of_id bigint, weight numeric, doc uuid, day date, booked numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM unnest(_objects) w WHERE w.from_at < 'infinity') THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT k.n::int, m.id, m.effective_at, m.quantity::numeric,
    CASE WHEN m.given_value IS NOT NULL THEN m.given_value
      + coalesce((SELECT sum(c.amount) FROM tenant_schema.price_changes c WHERE c.movement_id = m.id), 0) END,
    m.of_id, m.weight::numeric, CASE WHEN m.kind = 'PRODUCTION' THEN m.posting_id END, m.business_day,
    CASE WHEN c.is_true_up IS NOT TRUE THEN m.value + coalesce(c.value, 0) END
  FROM unnest(_objects) WITH ORDINALITY AS k (site_id, item_id, from_at, quantity, value, cost, is_fifo, n)
  JOIN tenant_schema.stock_movements m ON m.site_id = k.site_id AND m.item_id = k.item_id AND m.effective_at >= k.from_at
  CROSS JOIN LATERAL ( -- one by one: how many there are is never known before
    SELECT sum(c.value) AS value, bool_or(c.cause = 'TRUE_UP') AS is_true_up FROM tenant_schema.cost_corrections c WHERE c.movement_id = m.id) c
  WHERE k.from_at < 'infinity' AND m.kind <> 'MOVE' AND m.reverses_id IS NULL AND m.id <> ALL (_undone)
    AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id);
END $$;

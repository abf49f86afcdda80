-- How much somebody did today, the business day at the site, of what a money limit bounds, in how many documents: waste and
-- adjustments (with all that needs the same right) by the value of their movements, production by what it made, voids and refunds by what the orders came to. Counted by when it was entered, so that
-- dating back opens no other day, and with their corrections, so that it does not find
-- a time when nothing was known to cost anything either. What was undone counts no more; an undoing counts unless it takes back one's own of today.
CREATE FUNCTION tenant_schema.used_today(_member uuid, _permission text, _site uuid, OUT amount numeric, OUT documents bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _kinds text[] := CASE _permission WHEN 'waste.record' THEN '{WASTE}' WHEN 'counts.post' THEN '{COUNT}'
    WHEN 'adjustments.record' THEN '{ADJUSTMENT,CUSTOMER_RETURN,REVALUATION}'
    WHEN 'production.record' THEN '{PRODUCTION}'
    WHEN 'transfers.send' THEN '{TRANSFER_OUT}' END;
  _since timestamptz := (SELECT (tenant_schema.business_day(clock_timestamp(), s.time_zone, s.day_cutover_hour)
    + make_interval(hours => s.day_cutover_hour)) AT TIME ZONE s.time_zone FROM tenant_schema.sites s WHERE s.id = _site);
BEGIN
  IF _permission = 'sales.void' THEN
    SELECT coalesce(sum(abs(o.net_total + o.tax_total)), 0), count(DISTINCT p.id) INTO amount, documents
    FROM tenant_schema.postings p
    JOIN tenant_schema.orders o ON o.void_posting_id = p.id OR (o.posting_id = p.id AND o.kind = 'REFUND')
    WHERE p.posted_by = _member AND p.site_id = _site AND p.posted_at >= _since AND p.kind = 'SALE' AND p.reverses_id IS NOT NULL;
  ELSE
    SELECT coalesce(sum(abs(m.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0))), 0),
      count(DISTINCT m.posting_id) INTO amount, documents
    FROM tenant_schema.stock_movements m LEFT JOIN tenant_schema.stock_movements f ON f.id = m.reverses_id
    WHERE m.posted_by = _member AND m.site_id = _site AND m.kind = ANY (_kinds) AND m.posted_at >= _since
      AND NOT (m.kind = 'PRODUCTION' AND m.value < 0) -- what was used is worth what it made
      AND m.kind IN ('WASTE', 'ADJUSTMENT', 'CUSTOMER_RETURN', 'TRANSFER_OUT', 'PRODUCTION', 'REVALUATION', 'COUNT')
      AND NOT (m.kind = 'COUNT' AND EXISTS (SELECT FROM tenant_schema.count_sheets s -- somebody else answers for what they approved
        WHERE s.posting_id = m.posting_id AND s.approved_by <> _member AND s.approved_hash IS NOT NULL))
      AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id)
      AND (f.id IS NULL OR f.posted_by <> _member OR f.posted_at < _since);
    IF _permission = 'counts.post' THEN -- and what others posted because this one had approved it
      SELECT used_today.amount + coalesce(sum(abs(m.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0))), 0),
        used_today.documents + count(DISTINCT m.posting_id) INTO amount, documents
      FROM tenant_schema.count_sheets s JOIN tenant_schema.stock_movements m ON m.posting_id = s.posting_id
      WHERE s.site_id = _site AND s.approved_by = _member AND s.ended_by <> _member AND s.approved_hash IS NOT NULL AND s.ended_at >= _since
        AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id);
    END IF;
    IF _permission = 'adjustments.record' THEN -- and by how much changes of prices changed what was received
      SELECT used_today.amount + coalesce(sum(abs(c.amount)), 0), used_today.documents + count(DISTINCT p.id) INTO amount, documents
      FROM tenant_schema.postings p JOIN tenant_schema.price_changes c ON c.posting_id = p.id
      LEFT JOIN tenant_schema.postings f ON f.id = p.reverses_id
      WHERE p.posted_by = _member AND p.site_id = _site AND p.posted_at >= _since AND p.kind IN ('PRICE', 'LANDED')
        AND NOT EXISTS (SELECT FROM tenant_schema.postings r WHERE r.reverses_id = p.id)
        AND (f.id IS NULL OR f.posted_by <> _member OR f.posted_at < _since);
    END IF;
  END IF;
END $$;

-- What was sent from one site to another, line by line, with what became of it: arrived, came back, was missing and written off, and
-- what is still under way. For those who see stock at either site; where they count blind it is hidden as other movements are, but
-- for what is still to be received. Values in the currency of the sender, for those who see its costs; what is under way is worth
-- `value_there` in the currency of the site it goes to, for those who see costs there, as its stock will be. Owned by the ledger, because
-- whoever receives need not see the sender's other movements.
CREATE VIEW tenant_schema.transfer_lines WITH (security_barrier) AS
SELECT m.id, m.posting_id AS transfer_id, m.site_id, p.to_site_id, m.item_id, m.location_id, m.effective_at, m.business_day,
  -m.quantity AS quantity, m.entered_quantity, m.entered_unit, m.note, u.id IS NOT NULL AS is_cancelled,
  x.arrived, x.back, x.missing, y.under_way, p.to_rate,
  CASE WHEN m.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN w.worth END AS value,
  CASE WHEN m.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN
    CASE WHEN y.under_way = 0 THEN 0 WHEN p.to_rate IS NULL THEN w.worth - x.back_worth - x.arrived_worth
      ELSE w.worth - x.back_worth - tenant_schema.quotient(w.worth * x.arrived, -m.quantity, 6) END END AS value_under_way,
  CASE WHEN p.to_site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN
    CASE WHEN y.under_way = 0 THEN 0 WHEN p.to_rate IS NULL THEN w.worth - x.back_worth - x.arrived_worth
      ELSE w.there - x.arrived_worth - tenant_schema.quotient(w.there * (x.back + x.missing), -m.quantity, 6) END END AS value_there
FROM tenant_schema.stock_movements m
JOIN tenant_schema.postings p ON p.id = m.posting_id
LEFT JOIN tenant_schema.stock_movements u ON u.reverses_id = m.id
CROSS JOIN LATERAL (
  SELECT v.worth, round(v.worth * coalesce(p.to_rate, 1), 6) AS there
  FROM (SELECT -m.value - coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0) AS worth) v) w
CROSS JOIN LATERAL (
  SELECT coalesce(sum(t.quantity) FILTER (WHERE t.site_id = p.to_site_id), 0) AS arrived,
    coalesce(sum(t.quantity) FILTER (WHERE t.site_id = m.site_id AND NOT t.is_missing), 0) AS back,
    coalesce(sum(t.quantity) FILTER (WHERE t.site_id = m.site_id AND t.is_missing), 0) AS missing,
    coalesce(sum(t.worth) FILTER (WHERE t.site_id = m.site_id), 0) AS back_worth,
    coalesce(sum(t.worth) FILTER (WHERE t.site_id = p.to_site_id), 0) AS arrived_worth
  FROM (
    SELECT i.site_id, i.quantity, coalesce(r.what = 'MISSING', false) AS is_missing,
      i.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = i.id), 0) AS worth
    FROM tenant_schema.stock_movements i LEFT JOIN tenant_schema.transfer_receipts r ON r.posting_id = i.posting_id
    WHERE i.of_id = m.id AND i.reverses_id IS NULL AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements v WHERE v.reverses_id = i.id)) t) x
CROSS JOIN LATERAL (
  SELECT CASE WHEN u.id IS NULL THEN -m.quantity - x.arrived - x.back - x.missing ELSE 0 END AS under_way) y
WHERE m.kind = 'TRANSFER_OUT' AND m.quantity < 0 AND m.reverses_id IS NULL
  AND (m.site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[])
    OR p.to_site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[])
    OR (p.to_site_id = ANY ((SELECT tenant_schema.scope('stock.view'))::uuid[]) AND y.under_way > 0)
    OR (m.site_id = ANY ((SELECT tenant_schema.scope('stock.view'))::uuid[]) AND m.posted_by = (SELECT tenant_schema.me())));

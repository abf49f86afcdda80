-- What moved, with what it was worth when it was entered, and what it is worth with all later corrections, for those who may see
-- costs at its site; see valued_stock.
CREATE VIEW tenant_schema.valued_movements AS
SELECT m.id, m.posting_id, m.kind, m.site_id, m.location_id, m.item_id, m.effective_at, m.business_day, m.quantity,
  CASE WHEN m.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN m.value END AS value,
  CASE WHEN m.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN m.given_value END AS given_value,
  CASE WHEN m.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN m.value + coalesce(
    (SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0) END AS worth,
  m.of_id, m.weight, m.entered_quantity, m.entered_unit, m.reason_id, m.note, m.order_id, m.reverses_id, m.posted_by, m.posted_at
FROM tenant_schema.stock_movements m;

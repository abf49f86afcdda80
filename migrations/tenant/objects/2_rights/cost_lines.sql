-- Whatever changed the value of stock, line by line: each movement, and each later correction of its cost, which counts on its own
-- day as what the movement it corrects is, and moves nothing. So plain sums by day or by time are right, whatever became known
-- later. `cause` is null for movements. With values for those who may see costs at the site; see valued_stock.
CREATE VIEW tenant_schema.cost_lines AS
SELECT m.id AS movement_id, NULL::text AS cause, m.posting_id, m.kind, m.site_id, m.item_id, m.effective_at, m.business_day, m.quantity,
  CASE WHEN m.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN m.value END AS value, m.reason_id,
  m.reverses_id IS NOT NULL AS is_undo
FROM tenant_schema.stock_movements m
UNION ALL
SELECT k.movement_id, k.cause, k.posting_id, m.kind, k.site_id, k.item_id, k.effective_at, k.business_day, 0::numeric(20, 6),
  CASE WHEN k.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN k.value END, m.reason_id, m.reverses_id IS NOT NULL
FROM tenant_schema.cost_corrections k JOIN tenant_schema.stock_movements m ON m.id = k.movement_id;

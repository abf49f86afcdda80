-- What is on hand, with what it is worth for those who may see costs at its site. Belongs to another than the table, so that
-- the policies of the table hold in it; and is no security_barrier, so that the planner sees through it.
CREATE VIEW tenant_schema.valued_stock AS
SELECT k.site_id, k.item_id, k.quantity,
  CASE WHEN k.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN k.value END AS value,
  CASE WHEN k.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN k.average_cost END AS average_cost,
  k.last_movement_at, k.last_counted_at
FROM tenant_schema.stock_costs k;

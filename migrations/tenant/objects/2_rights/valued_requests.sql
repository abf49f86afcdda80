-- Entries that wait for approval, or did, with what they are worth for those who may see costs at their site; see valued_stock.
CREATE VIEW tenant_schema.valued_requests AS
SELECT r.id, r.number, r.site_id, r.kind, r.effective_at, r.header ->> 'note' AS note, r.dishes, r.items, r.locations, r.quantities,
  CASE WHEN r.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN r.unit_costs END AS unit_costs,
  r.reasons, r.notes, r.entered_quantities, r.entered_units, r.header -> 'lots' AS lots,
  r.header -> 'production' AS production, r.header -> 'weights' AS weights,
  CASE WHEN r.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN r.header -> 'values' END AS labour,
  CASE WHEN r.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN r.amount END AS amount,
  r.state, r.asked_by, r.asked_at, r.decided_by, r.decided_at, r.reason, r.version
FROM tenant_schema.approval_requests r;

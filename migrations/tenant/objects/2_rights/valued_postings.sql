-- What was posted, with what it was worth, and is with later corrections, for those who may see costs at its site; see valued_stock. Without its hashes:
-- with them and the rest of the row anybody could try all values.
CREATE VIEW tenant_schema.valued_postings AS
SELECT p.id, p.number, p.kind, p.site_id, p.effective_at, p.business_day, p.supplier_id, p.to_site_id, p.reference, p.note, p.reverses_id,
  p.line_count, CASE WHEN p.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN p.value END AS value,
  CASE WHEN p.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN p.value + coalesce((SELECT sum(k.value)
    FROM tenant_schema.stock_movements m JOIN tenant_schema.cost_corrections k ON k.movement_id = m.id WHERE m.posting_id = p.id), 0) END AS worth,
  p.posted_by, p.posted_at, p.to_rate
FROM tenant_schema.postings p;

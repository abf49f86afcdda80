-- Transfers as they stand: where from, where to, when, by whom, and how much of it is still under way; see transfer_lines.
CREATE VIEW tenant_schema.transfers WITH (security_barrier) AS
SELECT p.id, p.number, p.site_id, p.to_site_id, p.effective_at, p.business_day, p.reference, p.note, p.posted_by, p.posted_at,
  p.to_rate, l.lines, l.waiting, l.value, l.value_under_way, l.value_there, l.is_cancelled, l.missing, l.arrived,
  (SELECT max(r.received_at) FROM tenant_schema.transfer_receipts r WHERE r.transfer_id = p.id) AS received_at
FROM tenant_schema.postings p
CROSS JOIN LATERAL (
  SELECT count(*) AS lines, count(*) FILTER (WHERE t.under_way > 0) AS waiting, sum(t.value) AS value, sum(t.value_under_way) AS value_under_way,
    sum(t.value_there) AS value_there,
    bool_and(t.is_cancelled) AS is_cancelled, count(*) FILTER (WHERE t.missing > 0) AS missing, count(*) FILTER (WHERE t.arrived > 0) AS arrived
  FROM tenant_schema.transfer_lines t WHERE t.transfer_id = p.id) l
WHERE p.kind = 'TRANSFER_OUT' AND p.reverses_id IS NULL AND l.lines > 0;

-- What was said of transfers by those who received them, posting by posting, and whether it was taken back; see transfer_lines.
CREATE VIEW tenant_schema.transfers_received WITH (security_barrier) AS
SELECT r.posting_id, r.receipt_id, r.transfer_id, r.what, r.received_by, r.received_at,
  EXISTS (SELECT FROM tenant_schema.postings u WHERE u.reverses_id = r.posting_id) AS is_undone
FROM tenant_schema.transfer_receipts r JOIN tenant_schema.postings p ON p.id = r.transfer_id
WHERE p.site_id = ANY ((SELECT tenant_schema.scope('stock.view'))::uuid[])
  OR p.to_site_id = ANY ((SELECT tenant_schema.scope('stock.view'))::uuid[]);

-- The newest two hundred movements of items with a word in their name, with the names a reader needs.
SELECT m.id, m.posting_id, m.effective_at, m.kind, m.item_id, m.quantity, m.value, m.note, m.reverses_id, p.number, i.name, i.sku,
  i.base_unit, s.name, l.name, r.name, b.display_name
FROM stock_movements m
JOIN postings p ON p.id = m.posting_id
JOIN items i ON i.id = m.item_id
JOIN sites s ON s.id = m.site_id
JOIN storage_locations l ON l.id = m.location_id
LEFT JOIN reason_codes r ON r.id = m.reason_id
LEFT JOIN members b ON b.id = m.posted_by
WHERE strpos(i.sort_name, %(words)s) > 0
ORDER BY m.effective_at DESC, m.id DESC LIMIT 201

-- An entry of a count as the audit row of its call sees it, the same in every time zone.
CREATE FUNCTION tenant_schema.count_entry_line(_row tenant_schema.count_entries) RETURNS text
LANGUAGE sql STABLE
RETURN ROW(_row.id, _row.key, _row.sheet_id, _row.location_id, _row.item_id, _row.site_id, _row.quantity, _row.typed, _row.unit, _row.note,
  extract(epoch FROM _row.counted_at), _row.takes_back, _row.entered_by, extract(epoch FROM _row.entered_at), _row.device, _row.lot, _row.expires_on - date '2000-01-01')::text;

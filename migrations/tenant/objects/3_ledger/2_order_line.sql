-- An order as the hash of the posting that recorded it sees it: what never changes afterwards, and
-- the hash of its lines. The same in every time zone and style of dates.
CREATE FUNCTION tenant_schema.order_line(_row tenant_schema.orders) RETURNS text
LANGUAGE sql STABLE
RETURN ROW(_row.id, _row.site_id, _row.number, _row.channel, extract(epoch FROM _row.placed_at), _row.business_day - date '2000-01-01',
  _row.covers, _row.kind, _row.part_of_id, _row.note,
  _row.net_total, _row.tax_total, encode(_row.items_hash, 'hex'), _row.import_id,
  _row.created_by)::text;

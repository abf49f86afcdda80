-- A line as the hash of its order sees it.
CREATE FUNCTION tenant_schema.order_item_line(_row tenant_schema.order_items) RETURNS text
LANGUAGE sql STABLE
RETURN ROW(_row.order_id, _row.line, _row.site_id, _row.business_day - date '2000-01-01', _row.menu_item_id, _row.quantity,
  _row.unit_price, _row.net_amount, _row.tax_amount, _row.modifiers, _row.note, _row.refunds_line)::text;

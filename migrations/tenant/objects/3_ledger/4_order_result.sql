-- What an entered order answers.
CREATE FUNCTION tenant_schema.order_result(_row tenant_schema.orders) RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN jsonb_build_object('id', _row.id, 'number', _row.number, 'version', _row.version, 'net', _row.net_total, 'tax', _row.tax_total);

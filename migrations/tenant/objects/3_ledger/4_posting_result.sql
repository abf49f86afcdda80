-- What a posting answers, the first time and every time it is sent again; its value to those who may see costs at its site.
CREATE FUNCTION tenant_schema.posting_result(_row tenant_schema.postings) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN jsonb_build_object('id', (_row).id, 'number', (_row).number, 'lines', (_row).line_count,
  'value', CASE WHEN (_row).site_id = ANY (tenant_schema.scope('stock.cost')) THEN (_row).value END);

-- What a posting answers, the first time and every time it is sent again.
CREATE FUNCTION tenant_schema.posting_result(_row tenant_schema.postings) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN jsonb_build_object('id', (_row).id, 'number', (_row).number, 'value', (_row).value, 'lines', (_row).line_count);

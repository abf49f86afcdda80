-- The hash of what a count found: who approves a count approves these differences and no others.
CREATE FUNCTION tenant_schema.findings_hash(_found tenant_schema.count_finding[]) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT sha256(convert_to(coalesce(string_agg(format('%s %s %L %s %s', f.location_id, f.item_id, f.lot, trim_scale(f.counted), trim_scale(f.difference)), E'\n'
    ORDER BY f.location_id, f.item_id, f.lot), ''), 'UTF8'))
  FROM unnest(_found) f WHERE f.counted IS NOT NULL
$$;

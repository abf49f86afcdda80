-- When the first open business day of a site begins: what lies before is closed for everyone.
CREATE FUNCTION tenant_schema.open_from(_site uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT coalesce((max(p.ends_on) + 1 + make_interval(hours => s.day_cutover_hour)) AT TIME ZONE s.time_zone, '-infinity')
  FROM tenant_schema.sites s LEFT JOIN tenant_schema.periods p ON p.site_id = s.id AND p.reopened_at IS NULL
  WHERE s.id = _site GROUP BY s.id);

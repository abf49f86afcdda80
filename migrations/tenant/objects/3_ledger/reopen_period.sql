-- Opens the period of a site again that was closed last, with a reason.
CREATE FUNCTION tenant_schema.reopen_period(_site uuid, _ends_on date, _reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.sites := tenant_schema.require_site(_site, 'periods.close');
  _last date;
BEGIN
  IF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this period is reopened.' USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "reason", "text": "Say why this period is reopened."}]';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('periods of tenant_schema', 0));
  SELECT max(p.ends_on) INTO _last FROM tenant_schema.periods p WHERE p.site_id = _site AND p.reopened_at IS NULL;
  IF _last IS DISTINCT FROM _ends_on OR _ends_on IS NULL THEN
    RAISE EXCEPTION 'Only the period of % that was closed last can be reopened.', _row.name USING ERRCODE = 'IM409';
  END IF;
  UPDATE tenant_schema.periods p SET reopened_by = tenant_schema.me(), reopened_at = clock_timestamp(), reason = trim(_reason)
   WHERE p.site_id = _site AND p.ends_on = _ends_on AND p.reopened_at IS NULL;
END $$;

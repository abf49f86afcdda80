-- Closes the days of a site up to one: nothing in them changes any more, for nobody. Waits for what is being posted.
CREATE FUNCTION tenant_schema.close_period(_site uuid, _day date) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.sites := tenant_schema.require_site(_site, 'periods.close');
  _last date;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('periods of tenant_schema', 0));
  SELECT max(p.ends_on) INTO _last FROM tenant_schema.periods p WHERE p.site_id = _site AND p.reopened_at IS NULL;
  IF _day IS NULL OR _day < '2000-01-01' OR _day >= tenant_schema.business_day(clock_timestamp(), _row.time_zone, _row.day_cutover_hour) THEN
    RAISE EXCEPTION 'Only days that are over can be closed.' USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "ends_on", "text": "Choose a day that is over."}]';
  ELSIF _day <= _last THEN
    RAISE EXCEPTION '%', format('%s is closed up to %s already.', _row.name, to_char(_last, 'FMDD Mon YYYY')) USING ERRCODE = 'IM409';
  END IF;
  INSERT INTO tenant_schema.periods (site_id, ends_on, closed_by, closed_at) VALUES (_site, _day, tenant_schema.me(), clock_timestamp());
END $$;

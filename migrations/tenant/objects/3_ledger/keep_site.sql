-- BEFORE UPDATE of a site: since its first posting its stock is valued in one currency, and every movement lies in the business day
-- that the site's clock said. Another clock would move what was reported, counted and closed into other days.
CREATE FUNCTION tenant_schema.keep_site() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _problems jsonb := '[]';
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('periods of tenant_schema', 0)); -- nobody posts meanwhile, see lock_costs()
  IF NOT EXISTS (SELECT FROM tenant_schema.postings p WHERE p.site_id = OLD.id) THEN
    RETURN NEW;
  END IF;
  IF NEW.currency <> OLD.currency THEN
    _problems := _problems || jsonb_build_object('field', 'currency', 'text',
      format('Stock is valued here in %s since the first posting, so the currency cannot change.', OLD.currency));
  END IF;
  IF NEW.time_zone <> OLD.time_zone THEN
    _problems := _problems || jsonb_build_object('field', 'time_zone', 'text',
      format('Days end here by the clock of %s since the first posting, so the time zone cannot change.', OLD.time_zone));
  END IF;
  IF NEW.day_cutover_hour <> OLD.day_cutover_hour THEN
    _problems := _problems || jsonb_build_object('field', 'day_cutover_hour', 'text',
      format('Days end here at %s:00 since the first posting, so that hour cannot change.', lpad(OLD.day_cutover_hour::text, 2, '0')));
  END IF;
  RAISE EXCEPTION '%', _problems #>> '{0,text}' USING ERRCODE = 'IM400', DETAIL = _problems::text;
END $$;

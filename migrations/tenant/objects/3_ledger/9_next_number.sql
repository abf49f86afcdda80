-- The number of the next entered order of a kind at a site and day: its letter, the day, and how many there were.
CREATE FUNCTION tenant_schema.next_number(_site uuid, _kind text, _day date) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _begin text := left(_kind, 1) || to_char(_day, 'YYMMDD') || '-';
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(format('number of tenant_schema %s %s', _site, _begin), 0));
  RETURN _begin || 1 + coalesce((
    SELECT max(substr(o.number, length(_begin) + 1)::int) FROM tenant_schema.orders o
    WHERE o.site_id = _site AND o.kind NOT IN ('SALE', 'REFUND', 'ADDITION') AND starts_with(o.number, _begin)
      AND substr(o.number, length(_begin) + 1) ~ '^[0-9]{1,6}$'), 0);
END $$;

-- Waits until nothing else maps what waits at a site, or voids an order of which something waits: two products of one order are
-- mapped one after the other, and nothing is added to an order that is being voided. Taken before the order itself.
CREATE FUNCTION tenant_schema.lock_unmapped(_site uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT pg_advisory_xact_lock(hashtextextended(format('unmapped of tenant_schema %s', _site), 0))
$$;

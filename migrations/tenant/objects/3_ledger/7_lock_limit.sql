-- Where the person has a money limit for this: waits until nothing else of theirs that it bounds is under way, so that two desks
-- cannot each use what is left of it. Answers whether there is a limit.
CREATE FUNCTION tenant_schema.lock_limit(_permission text, _site uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF _permission IS NULL OR tenant_schema.limit_of(_permission, _site) IS NULL THEN
    RETURN false;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(format('limit of tenant_schema %s %s %s', tenant_schema.me(), _permission, _site), 0));
  PERFORM tenant_schema.settle();
  PERFORM set_config('ims.settles_later', '', true); -- what is bounded is worth what it is worth at once
  RETURN true;
END $$;

-- Keeps everybody else of the tenant waiting who asks for the next SKU, until the transaction ends.
CREATE FUNCTION tenant_schema.lock_skus() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF tenant_schema.can('items.edit') THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('skus of tenant_schema', 0));
  END IF;
END $$;

-- BEFORE UPDATE of a site: its stock is valued in the currency of its first posting.
CREATE FUNCTION tenant_schema.keep_currency() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM tenant_schema.postings p WHERE p.site_id = OLD.id) THEN
    RAISE EXCEPTION 'Stock is valued here in % since the first posting, so the currency cannot change.', OLD.currency
      USING ERRCODE = 'IM400', DETAIL = jsonb_build_array(jsonb_build_object('field', 'currency', 'text', 'It cannot change any more.'));
  END IF;
  RETURN NEW;
END $$;

-- BEFORE INSERT or UPDATE of a modifier: what it adds to a price is a price.
CREATE FUNCTION tenant_schema.keep_modifier_price() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.price <> (CASE WHEN TG_OP = 'UPDATE' THEN OLD.price ELSE 0 END) AND tenant_schema.me() IS NOT NULL
     AND NOT tenant_schema.can('menu.price') THEN
    RAISE EXCEPTION 'Your roles do not allow you to set prices.' USING ERRCODE = 'IM403';
  END IF;
  RETURN NEW;
END $$;

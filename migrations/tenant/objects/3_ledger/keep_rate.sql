-- BEFORE INSERT of an exchange rate: it holds from a day that has come, or comes tomorrow where the day begins earlier.
CREATE FUNCTION tenant_schema.keep_rate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.valid_from > current_date + 1 THEN
    RAISE EXCEPTION 'Nobody knows yet what 1 % will be worth on %.', NEW.base, NEW.valid_from USING ERRCODE = 'IM400',
      DETAIL = jsonb_build_array(jsonb_build_object('field', 'valid_from', 'text', 'This day is still to come.'));
  END IF;
  RETURN NEW;
END $$;

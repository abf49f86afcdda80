-- BEFORE an item is added, put into a category or restored: not in one that is archived.
CREATE FUNCTION tenant_schema.keep_categorised() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _category text;
BEGIN
  SELECT c.name INTO _category FROM tenant_schema.categories c WHERE c.id = NEW.category_id AND NOT c.is_active;
  IF _category IS NOT NULL THEN
    RAISE EXCEPTION 'The category % is archived. Restore it first, or choose another for %.', _category, NEW.name
      USING ERRCODE = 'IM400',
      DETAIL = jsonb_build_array(jsonb_build_object('field', 'category_id', 'text', format('%s is archived.', _category)));
  END IF;
  RETURN NEW;
END $$;

-- BEFORE INSERT or UPDATE of a category: one that is archived holds nothing that is in use, and what is in use lies in nothing
-- that is archived.
CREATE FUNCTION tenant_schema.keep_category() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _outer text;
BEGIN
  IF NEW.is_active THEN
    SELECT c.name INTO _outer FROM tenant_schema.categories c WHERE c.id = NEW.parent_id AND NOT c.is_active;
    IF _outer IS NOT NULL THEN
      RAISE EXCEPTION '% is archived. Restore it first, or choose another place for %.', _outer, NEW.name USING ERRCODE = 'IM400',
        DETAIL = jsonb_build_array(jsonb_build_object('field', 'parent_id', 'text', format('%s is archived.', _outer)));
    END IF;
  ELSIF EXISTS (SELECT FROM tenant_schema.items i WHERE i.category_id = NEW.id AND i.is_active)
     OR EXISTS (SELECT FROM tenant_schema.categories c WHERE c.parent_id = NEW.id AND c.is_active) THEN
    RAISE EXCEPTION '% still holds items or categories. Say where they go, then archive it.', NEW.name USING ERRCODE = 'IM400';
  END IF;
  RETURN NEW;
END $$;

-- BEFORE INSERT or UPDATE of what hangs in a tree: nothing lies inside itself, whatever two people move at once.
CREATE FUNCTION tenant_schema.keep_tree() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _circle boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('tree of tenant_schema ' || TG_TABLE_NAME, 0));
  EXECUTE format('WITH RECURSIVE up AS (SELECT $1 AS id UNION
      SELECT t.parent_id FROM tenant_schema.%I t JOIN up ON up.id = t.id WHERE t.parent_id IS NOT NULL)
    SELECT EXISTS (SELECT FROM up WHERE up.id = $2)', TG_TABLE_NAME) INTO _circle USING NEW.parent_id, NEW.id;
  IF _circle THEN
    RAISE EXCEPTION '% would lie inside itself.', NEW.name USING ERRCODE = 'IM400', DETAIL = jsonb_build_array(
      jsonb_build_object('field', 'parent_id', 'text', format('%s would lie inside itself.', NEW.name)));
  END IF;
  RETURN NEW;
END $$;

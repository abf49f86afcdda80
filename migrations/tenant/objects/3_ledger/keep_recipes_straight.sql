-- AFTER lines or versions of recipes changed: nothing may be made of itself, on any day that a changed version reaches.
CREATE FUNCTION tenant_schema.keep_recipes_straight() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _recipes uuid[];
  _from date;
  _way text;
BEGIN
  IF TG_TABLE_NAME = 'recipe_lines' THEN
    SELECT array_agg(DISTINCT v.recipe_id), min(v.valid_from) INTO _recipes, _from
      FROM changed c JOIN tenant_schema.recipe_versions v ON v.id = c.version_id WHERE c.sub_recipe_id IS NOT NULL;
  ELSE
    SELECT array_agg(DISTINCT c.recipe_id), date '1900-01-01' INTO _recipes, _from FROM changed c;
  END IF;
  IF _recipes IS NULL THEN
    RETURN NULL;
  END IF;
  -- Two people could close a circle from two sides, neither seeing what the other wrote: they come one after the other.
  PERFORM pg_advisory_xact_lock(hashtextextended('recipes of tenant_schema', 0));
  _way := tenant_schema.way_round(_recipes, _from);
  IF _way IS NOT NULL THEN
    RAISE EXCEPTION 'A recipe cannot be made of itself: %.', _way USING ERRCODE = 'IM400',
      DETAIL = jsonb_build_array(jsonb_build_object('field', 'lines', 'text', format('This closes a circle: %s.', _way)));
  END IF;
  RETURN NULL;
END $$;

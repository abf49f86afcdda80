-- Refuses a recipe that is made of itself, by name.
CREATE FUNCTION tenant_schema.refuse_circle(_recipe uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'The recipe % is made of itself: take it out of its own sub-recipes first.',
    (SELECT r.name FROM tenant_schema.recipes r WHERE r.id = _recipe) USING ERRCODE = 'IM400';
END $$;

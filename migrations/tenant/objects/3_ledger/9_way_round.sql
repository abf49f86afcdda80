-- The way on which one of these recipes is made of itself on that day or a later one, in names; null when there is none.
CREATE FUNCTION tenant_schema.way_round(_recipes uuid[], _from date) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE days AS (
    SELECT _from AS day UNION SELECT v.valid_from FROM tenant_schema.recipe_versions v WHERE v.valid_from > _from
  ), walk AS (
    SELECT d.day, r.id AS here, ARRAY[r.id] AS way FROM days d CROSS JOIN unnest(_recipes) AS r (id)
    UNION ALL
    SELECT w.day, l.sub_recipe_id, w.way || l.sub_recipe_id
    FROM walk w
    CROSS JOIN LATERAL (
      SELECT x.id FROM tenant_schema.recipe_versions x
      WHERE x.recipe_id = w.here AND x.valid_from <= w.day ORDER BY x.valid_from DESC LIMIT 1) v
    JOIN tenant_schema.recipe_lines l ON l.version_id = v.id
    WHERE l.sub_recipe_id IS NOT NULL AND w.here <> ALL (w.way[:cardinality(w.way) - 1])
  ), found AS (
    SELECT w.way FROM walk w WHERE w.here = w.way[1] AND cardinality(w.way) > 1 ORDER BY cardinality(w.way), w.way LIMIT 1
  )
  SELECT string_agg(r.name, ' → ' ORDER BY s.n)
  FROM found f CROSS JOIN unnest(f.way) WITH ORDINALITY AS s (id, n) JOIN tenant_schema.recipes r ON r.id = s.id
$$;

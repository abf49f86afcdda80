-- So much of a dish as people say it: 3 × Margherita, or 1.5 l Tomato sauce of what is not made in portions.
CREATE FUNCTION tenant_schema.wasted_words(_dish uuid, _day date, _quantity numeric) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT trim_scale(_quantity)::text || CASE WHEN d.unit IN ('portion', 'each') THEN ' × ' ELSE ' ' || d.unit || ' ' END || d.name
  FROM (
    SELECT concat_ws(' ', m.name, nullif(m.size, '')) AS name, 'portion' AS unit FROM tenant_schema.menu_items m WHERE m.id = _dish
    UNION ALL
    SELECT r.name, coalesce((SELECT v.yield_unit FROM tenant_schema.recipe_versions v WHERE v.recipe_id = r.id AND v.valid_from <= _day
      ORDER BY v.valid_from DESC LIMIT 1), 'portion') FROM tenant_schema.recipes r WHERE r.id = _dish) d
$$;

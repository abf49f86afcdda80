-- Recipes and modifiers that name one item name another from now on, in its base unit; a pack that got another name does so
-- here too. Answers how many lines there were.
CREATE FUNCTION tenant_schema.merge_lines(_loser uuid, _winner uuid, _num numeric, _den numeric, _packs jsonb) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _table text;
  _count int;
  _all int := 0;
BEGIN
  FOREACH _table IN ARRAY ARRAY['recipe_lines', 'modifier_lines'] LOOP
    EXECUTE format('UPDATE tenant_schema.%I l SET item_id = $1, base_quantity = tenant_schema.quotient(l.base_quantity * $2, $3, 6),
        unit = coalesce((SELECT p ->> ''name'' FROM jsonb_array_elements($4) p WHERE p ->> ''was'' = l.unit), l.unit)
      WHERE l.item_id = $5', _table) USING _winner, _num, _den, _packs, _loser;
    GET DIAGNOSTICS _count = ROW_COUNT;
    _all := _all + _count;
  END LOOP;
  RETURN _all;
END $$;
